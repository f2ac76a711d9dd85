import HansardBindings
import HansardRecords
import Testing

@testable import HansardEngine

/// Errors of the layers below as errors of the store, and their rendering.
@Suite struct ErrorTests {
    private static func wrapped(_ error: any Error) -> HansardError {
        .wrapping(error, doing: "testing")
    }

    @Test func anErrorOfARecordKeepsItsCode() {
        let error = Self.wrapped(RecordError(.tooDeep, "too many levels", byteOffset: 7))
        #expect(error.code == .tooDeep && error.code.errorClass == .request)
        #expect(error.advice == nil && error.underlying == nil)
        #expect(error.what == "byte 7: too many levels")
    }

    /// The advice is a value, and `what` does not repeat it.
    @Test func anErrorOfARecordKeepsItsAdvice() {
        let error = Self.wrapped(
            RecordError(.duplicateKey, "twice", advice: .keepOne, line: 2, field: "a"))
        #expect(error.advice == .correct(.keepOne))
        #expect(error.what == "line 2, the field 'a': twice")
        #expect("\(error)" == "line 2, the field 'a': twice: keep one of them")
    }

    /// A fault in the log's own bytes is no request: its advice is not the writer's.
    @Test func adviceForTheWriterIsNotGivenToTheReader() throws {
        let damaged: [UInt8] = [0x9d, 0xa1, 0x74]
        let error = try #require(
            #expect(throws: HansardError.self) {
                try EventPayload.unpack(damaged.span, position: 4)
            })
        #expect(error.code == .corruptEvent && error.position == Position(4))
        for advice in RecordAdvice.allCases { #expect(!error.what.contains(advice.description)) }
    }

    @Test func anErrorOfTheStoreIsNotWrapped() {
        let inner = HansardError(.full, "no room", advice: .freeSpace(path: "/a"), path: "/a")
        let error = Self.wrapped(inner)
        #expect(error.code == .full && error.what == inner.what && error.advice == inner.advice)
    }

    static let lower: [(error: any Error, code: ErrorCode, advice: Advice?)] = [
        (LMDBError(code: .corrupted, call: "c", path: "/a"), .damagedFile, .verify),
        (LMDBError(code: .mapFull, call: "c", path: "/a"), .full, .freeSpace(path: nil)),
        (
            LMDBError(code: .permissionDenied, call: "c", path: "/a"), .noPermission,
            .checkPermissions
        ),
        (LMDBError(code: .noSuchFile, call: "c", path: "/a"), .notAStore, .nameStore),
        (LMDBError(code: .inputOutput, call: "c", path: "/a"), .system, nil),
        (SystemError(code: 28, call: "c", path: "/a"), .full, .freeSpace(path: nil)),
        (SystemError(code: 13, call: "c", path: "/a"), .noPermission, .checkPermissions),
        (SystemError(code: 2, call: "c", path: "/a"), .notAStore, nil),
        (SystemError(code: 5, call: "c", path: "/a"), .system, nil),
    ]

    /// The code without wrapping is the same, and the path is kept.
    @Test(arguments: lower.indices) func errorsBelowHaveCodesAndAdvice(number: Int) {
        let (cause, code, advice) = Self.lower[number]
        let error = Self.wrapped(cause)
        #expect(error.code == code && ErrorCode(of: cause) == code)
        #expect(error.advice == advice && error.path == "/a")
        #expect(error.underlying != nil)
    }

    @Test func theTextIsWhatHappenedThenAdviceThenCause() {
        struct Cause: Error, CustomStringConvertible { let description = "cause" }
        let plain = HansardError(.system, "it failed")
        #expect("\(plain)" == "it failed")
        let whole = HansardError(.system, "it failed", advice: .retry, underlying: Cause())
        #expect("\(whole)" == "it failed: \(Advice.retry) (cause)")
        #expect(whole.text { _ in "wait" } == "it failed: wait (cause)")
    }

    /// Fields that are given replace the error's own; the others stay.
    @Test func contextIsAdded() {
        let error = HansardError(.corruptEvent, "a", advice: .verify, position: Position(1))
        let more = error.with(what: "b", position: Position(2), path: "/p")
        #expect(more.code == .corruptEvent && more.advice == .verify)
        #expect(more.what == "b" && more.position == Position(2) && more.path == "/p")
    }

    @Test func aGroupGoesOnAfterErrorsOfOneAppendAlone() {
        for code in [
            ErrorCode.invalidArgument, .tooDeep, .idConflict, .wrongExpectedRevision, .newerEvent,
            .upcastFailed,
        ] { #expect(HansardError(code, "").isTheAppendsOwn, "\(code)") }
        for code in [
            ErrorCode.full, .system, .busy, .corruptEvent, .unknownOutcome, .internalError,
        ] { #expect(!HansardError(code, "").isTheAppendsOwn, "\(code)") }
    }
}
