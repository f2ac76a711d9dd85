import Hansard
import HansardBindings
import HansardRecords
import Testing

@testable import HansardChat
@testable import HansardEngine

@Suite(.serialized) struct ImportFailureTests {
    private let fixture: ChatFixture

    init() throws { fixture = try ChatFixture { $0.eventBytesMax = 300_000 } }

    /// A bad line, the code of its failure, and the column where one is known.
    static let bad: [(line: String, code: ErrorCode, column: Int?)] = [
        ("{\"op\":", .invalidJSON, 7), ("[]", .wrongType, 1), ("nonsense", .wrongType, 1),
        (#"{"op":"create_session"} x"#, .invalidJSON, 25),
        (#"{"a":1,"a":2}"#, .duplicateKey, 8), ("\u{1}", .wrongType, 1),
        ("\0\0\0", .wrongType, 1),
        ("{}", .invalidArgument, nil), (#"{"op":"drop"}"#, .invalidArgument, nil),
        (#"{"op":7}"#, .wrongType, nil),
        (#"{"op":"create_session","created_at":"\#(time)"}"#, .invalidArgument, nil),
        (#"{"op":"create_session","session_id":"x"}"#, .invalidArgument, nil),
        (
            #"{"op":"create_session","session_id":"","created_at":"\#(time)"}"#, .invalidIdentifier,
            nil
        ),
        (#"{"op":"create_session","session_id":"x","created_at":"soon"}"#, .invalidTime, nil),
        (#"{"op":"create_session","session_id":"x","created_at":7}"#, .wrongType, nil),
        (
            #"{"op":"create_session","session_id":"x","title":7,"created_at":"\#(time)"}"#,
            .wrongType, nil
        ),
        (#"{"op":"register_agent","agent_id":"x","created_at":7}"#, .wrongType, nil),
        (#"{"op":"register_agent","agent_id":"x","created_at":null}"#, .invalidArgument, nil),
        (#"{"op":"register_agent","created_at":"\#(time)"}"#, .invalidArgument, nil),
        (
            #"{"op":"create_session","session_id":"x","id":"y","created_at":"\#(time)"}"#,
            .invalidArgument, nil
        ),
        (
            #"{"op":"share_context","context_id":"x","id":"y","source_agent_id":"a","target_agent_id":"b"}"#,
            .invalidArgument, nil
        ),
        (#"{"op":"update_session","session_id":"s1","changes":7}"#, .wrongType, nil),
        (#"{"op":"update_session","session_id":"s1"}"#, .invalidArgument, nil),
        (#"{"op":"update_session","session_id":"no","changes":{}}"#, .notFound, nil),
        (#"{"op":"trim_session_messages","session_id":"s1","max_messages":"1"}"#, .wrongType, nil),
        (#"{"op":"link_task_agents","task_id":"t","agents":7}"#, .wrongType, nil),
        (
            #"{"op":"create_task","task_id":"t","session_id":"s1","status":"lost"}"#,
            .invalidArgument,
            nil
        ),
        (#"{"op":"create_task","task_id":"t","session_id":"s1","status":7}"#, .wrongType, nil),
        (#"{"op":"create_task","task_id":"t","session_id":"s1","agents":[7]}"#, .wrongType, nil),
        (
            #"{"op":"create_task","task_id":"t","session_id":"s1","agents":[""]}"#,
            .invalidIdentifier,
            nil
        ),
        (Lines.message("new", in: "nowhere"), .wrongExpectedRevision, nil),
        (Lines.message("m1", in: "s1", text: "other"), .idConflict, nil),
        (Lines.session("s1", title: "other"), .idConflict, nil),
        (
            Lines.message("big", in: "s1", text: String(repeating: "x", count: 400_000)), .tooLarge,
            nil
        ),
        (Lines.agent("big", name: String(repeating: "x", count: 400_000)), .tooLarge, nil),
        (
            Lines.message("huge", in: "s1", text: String(repeating: "x", count: 900_000)),
            .tooLarge, nil
        ),
    ]
    private static let time = "2025-01-01T00:00:00Z"

    private func input(_ bad: String) -> String {
        [Lines.session("s1"), Lines.message("m1", in: "s1"), bad, Lines.message("m2", in: "s1")]
            .joined(separator: "\n") + "\n"
    }

    @Test(arguments: bad.indices) func goingOnPassesOverTheLine(number: Int) async throws {
        let (line, code, column) = Self.bad[number]
        let (report, failures) = try await fixture.importing(input(line), keepingGoing: true)
        #expect([report.lines, report.added, report.failed] == [4, 3, 1], "\(line.prefix(60))")
        #expect(failures.count == 1)
        let failure = try #require(failures.first)
        #expect(failure.line == 3 && failure.column == column, "\(failure)")
        #expect(failure.error.code == code, "\(failure)")
        #expect(try fixture.positions == 3)
        let again = try await fixture.importing(input(line), keepingGoing: true).report
        #expect([again.added, again.repeated, again.failed] == [0, 3, 1])
    }

    /// Stopping leaves every line before the bad one, and says which that was.
    @Test(arguments: bad.indices) func stoppingKeepsTheLinesBefore(number: Int) async throws {
        let (line, code, column) = Self.bad[number]
        let failure = await #expect(throws: ImportFailure.self) {
            try await fixture.importing(input(line))
        }
        #expect(failure?.line == 3 && failure?.column == column, "\(line.prefix(60))")
        #expect(failure?.error.code == code, "\(line.prefix(60))")
        #expect(try fixture.read { try $0.message(Identifier("m1")) } != nil)
        #expect(try fixture.positions >= 2)
    }

    /// The fields that are known of a conflict come with it.
    @Test func aFailureHasTheFieldsOfItsError() async throws {
        let lines = [
            Lines.session("s1", title: "other"), Lines.message("m1", in: "s1", text: "other"),
            Lines.message("new", in: "nowhere"), #"{"op":"update_session","a":1,"a":2}"#,
        ]
        _ = try await fixture.importing(input(lines[0]), keepingGoing: true)
        let errors = try await fixture.importing(
            lines.joined(separator: "\n"), keepingGoing: true
        ).failures.sorted { $0.line < $1.line }.map(\.error)
        try #require(errors.count == 4)
        #expect(errors[0].position == Position(1) && errors[0].advice == .useNewID)
        #expect(errors[1].position == Position(2) && errors[1].advice == .useNewID)
        let session = ChatEvents.stream(session: try Identifier("s1"))
        #expect(errors[1].stream == session)
        #expect(errors[2].stream == ChatEvents.stream(session: try Identifier("nowhere")))
        #expect(errors[3].advice == .correct(.keepOne))
    }

    /// The text for people: the place, the fault, and the advice.
    @Test func aFailureInWords() {
        let error = HansardError(.duplicateKey, "twice", advice: .correct(.keepOne))
        #expect("\(ImportFailure(line: 3, error))" == "line 3: twice: keep one of them")
        #expect(
            ImportFailure(line: 3, column: 8, error).text { _ in "drop it" }
                == "line 3, column 8: twice: drop it")
    }

    /// Only some codes can be a line's fault; any other ends the import, even if lines are passed
    /// over.
    @Test func aFaultOfTheStoreIsNoFaultOfTheLine() async throws {
        let faults: Set<ErrorCode> = [
            .invalidArgument, .invalidJSON, .invalidText, .duplicateKey, .numberOutOfRange,
            .tooDeep,
            .tooLarge, .invalidRecord, .invalidIdentifier, .invalidTime, .wrongType, .notFound,
            .gone,
            .wrongExpectedRevision, .idConflict,
        ]
        for code in ErrorCode.all {
            #expect(code.isAboutTheLine == faults.contains(code), "\(code)")
        }
        let text = Lines.session("s1")
        try fixture.chat.store.close()
        let error = await #expect(throws: HansardError.self) {
            try await fixture.importing(text, keepingGoing: true)
        }
        #expect(error?.code == .closed)
    }

    /// A line that the store can't take in ends the import, after all lines before it.
    @Test(arguments: [ErrorCode.generationChanged, .notAStore]) func aBrokenStoreEndsTheImport(
        code: ErrorCode
    ) async throws {
        var options = Importer.Options()
        options.keepsGoing = true
        options.onFailure = { Issue.record("\($0)") }
        var run = ImportRun(chat: fixture.chat, options: options)
        var encoder = ImportEncoder(store: fixture.chat.store, takesProvenance: true)
        let line = Array(Lines.session("s1").utf8)
        let lines = encoder.encode(LineChunk(firstLine: 1, bytes: line))
        let broken = ImportLine(number: 2, content: .broken(HansardError(code, "")))
        do {
            try await run.submit(lines + [broken])
            Issue.record("the line was passed over")
        } catch let error as HansardError {
            #expect(error.code == code)
        }
        #expect(run.report.added == 1 && run.report.failed == 0)
    }

    @Test func aFileThatCannotBeReadIsNamed() async throws {
        let missing = #expect(throws: HansardError.self) {
            _ = try ImportSource(path: "/no/such").size
        }
        #expect(missing?.code == .notFound && missing?.path == "/no/such")
        #expect(missing?.advice == .checkFile(path: "/no/such"))
        // A directory opens, and then can't be read.
        let path = fixture.path
        let failed = await #expect(throws: HansardError.self) {
            try await Importer(into: fixture.chat).run(ImportSource(path: path))
        }
        #expect(failed?.code == .system && failed?.path == path)
    }

    /// The class of a failed call is that of its `errno`.
    @Test(arguments: [
        (Int32(2), ErrorCode.notFound), (13, .noPermission), (28, .full), (5, .system),
    ]) func aFailedReadKeepsItsClass(number: Int32, code: ErrorCode) {
        let cause = SystemError(code: number, call: "read", path: "/a")
        let error = HansardError.unreadableInput(cause)
        #expect(error.code == code && error.path == "/a")
        #expect(error.underlying as? SystemError == cause)
        let nameless = HansardError.unreadableInput(SystemError(code: number, call: "read"))
        #expect(nameless.code == code && nameless.path == nil && nameless.advice == nil)
    }
}
