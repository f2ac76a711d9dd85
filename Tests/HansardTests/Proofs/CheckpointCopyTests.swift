import Foundation
import Hansard
import HansardBindings
import HansardRecords
import Synchronization
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Failures to sign, or to copy what was signed.
@Suite struct CheckpointCopyTests {
    private let fixture: StoreFixture
    private let elsewhere: String

    init() throws {
        fixture = try StoreFixture()
        elsewhere = fixture.directory.path + "/elsewhere"
    }

    private func path(_ name: String) -> String { "\(fixture.path)/\(name)" }

    /// The failures a store reported, in order.
    private final class Told: Sendable {
        let failures = Mutex<[HansardError]>([])
        var codes: [ErrorCode] { failures.withLock { $0.map(\.code) } }
    }

    private func settings(_ told: Told) -> Store.Settings {
        Store.Settings.tested.with {
            $0.checkpointDirectory = elsewhere
            $0.checkpointFailed = { failure in told.failures.withLock { $0.append(failure) } }
        }
    }

    /// Appends one event and closes the store, which signs.
    private func append(_ settings: Store.Settings) throws -> HansardError? {
        let store = try fixture.open(settings: settings)
        _ = try store.appendBlocking(Append([try event()]))
        try store.close()
        return store.checkpointFailure
    }

    private func latest() throws -> UInt64 {
        try SignedCheckpoint(String(contentsOfFile: path("checkpoints/latest"), encoding: .utf8))
            .checkpoint.size
    }

    @Test func aDirectoryThatIsNotThereIsNamedAndStopsNothing() throws {
        let told = Told()
        let failure = try #require(try append(settings(told)))
        #expect(failure.code == .checkpointNotKept)
        #expect(failure.path == elsewhere, "\(failure)")
        #expect(failure.advice == .mountOrCreate(path: elsewhere), "\(failure)")
        #expect(told.codes == [.checkpointNotKept])
        #expect(try latest() == 1, "signed all the same")
        let store = try fixture.open(settings: settings(told))
        #expect(try store.inclusionProof(of: Position(1)).checkpoint.checkpoint.size == 1)
        _ = try store.rotateKey()
        #expect(store.proofState().arrival == nil)
        try store.close()
        try FileSystem.createDirectory(elsewhere)
        #expect(try append(settings(told)) == nil)
        let signed = try latest()
        let again = try fixture.open(settings: settings(told))
        #expect(
            again.proofState().arrival?.size == signed
                && again.proofState().arrival?.directory == elsewhere)
        #expect(try again.proofState().copy?.get()?.size == signed)
        try FileSystem.removeTree(elsewhere)
        let away = again.proofState()
        #expect(away.arrival?.size == signed, "known while the directory is away")
        #expect(throws: HansardError.self) { _ = try away.copy?.get() }
        try again.close()
    }

    /// However many flushes meet it; and again when it comes back.
    @Test func aFailureIsToldOnceUntilItIsMended() throws {
        let told = Told()
        let store = try fixture.open(settings: settings(told))
        let keeper = try #require(store.indexWriter.signer)
        func flush() throws {
            _ = try store.appendBlocking(Append([try event()]))
            try store.indexWriter.flush()
            keeper.indexFlushed(store.index)
        }
        for _ in 0..<3 { try flush() }
        #expect(told.codes == [.checkpointNotKept])
        try FileSystem.createDirectory(elsewhere)
        try flush()
        #expect(told.codes == [.checkpointNotKept] && store.checkpointFailure == nil)
        try FileSystem.removeTree(elsewhere)
        for _ in 0..<2 { try flush() }
        #expect(told.codes == [.checkpointNotKept, .checkpointNotKept])
        try FileSystem.removeFile(path("keys/signing.key"))
        for _ in 0..<2 { try flush() }
        #expect(told.codes == [.checkpointNotKept, .checkpointNotKept, .keyUnusable])
        try store.close()
        #expect(told.codes.count == 3)
    }

    @Test func whatIsInTheWayOfADirectoryIsSaid() throws {
        try Data().write(to: URL(fileURLWithPath: elsewhere))
        #expect(CheckpointCopy.unusable(elsewhere, nil).advice == .nameCheckpointDirectory)
        try FileSystem.removeFile(elsewhere)
        try FileSystem.createDirectory(elsewhere)
        for code in [EACCES, EROFS] {
            let error = SystemError(code: code, call: "open", path: elsewhere)
            #expect(
                CheckpointCopy.unusable(elsewhere, error).advice
                    == .makeAccessible(path: elsewhere, user: geteuid()))
        }
        let full = SystemError(code: ENOSPC, call: "write", path: elsewhere)
        #expect(CheckpointCopy.unusable(elsewhere, full).advice == .freeSpace(path: elsewhere))
    }

    /// Moving the file away must not clear the alarm that it raises.
    @Test(arguments: ["latest", "keys", ""]) func aLatestCheckpointThatIsMissingIsSaid(part: String)
        throws
    {
        let told = Told()
        let settings = Store.Settings.tested.with { settings in
            settings.checkpointFailed = { failure in told.failures.withLock { $0.append(failure) } }
        }
        #expect(try append(settings) == nil)
        try FileManager.default.removeItem(atPath: path("checkpoints/latest"))
        if part == "" { try FileManager.default.removeItem(atPath: path("checkpoints")) }
        if part == "keys" { try FileManager.default.removeItem(atPath: path("checkpoints/keys")) }
        let expected: ErrorCode = part == "keys" ? .keyUnusable : .checkpointMissing
        #expect(try append(settings)?.code == expected)
        #expect(told.codes == [expected])
        let store = try fixture.open(settings: settings)
        #expect(try store.positions() == 2, "appends go on")
        #expect(code { _ = try store.checkpoint() } == expected)
        if part != "keys" {
            #expect(code { _ = try store.latestCheckpoint() } == expected)
            #expect(
                try Verifier.problems(store).contains {
                    $0.contains("checkpoints/latest is missing")
                })
        }
        let signed = try store.checkpointAnew(actor: "os-user:anna")
        #expect(signed.checkpoint.size == 3, "that it was lost is an event")
        let recorded = try #require(try store.read { try $0.event(at: Position(3)) }).event
        #expect(
            OperatorAct(recorded) == .checkpointLost(head: Position(2))
                && recorded.actor == "os-user:anna")
        #expect(code { _ = try store.checkpointAnew() } == .invalidArgument, "it is there now")
        try store.close()
        #expect(try append(settings) == nil)
        let sound = try fixture.open(settings: settings)
        #expect(try Verifier.problems(sound) == [])
        try sound.close()
    }

    @Test func aKeyThatIsThereIsNotLost() throws {
        let store = try fixture.open()
        #expect(code { _ = try store.rotateKey(isLost: true) } == .invalidArgument)
        try setKeyMode(0o640)
        #expect(
            code { _ = try store.rotateKey(isLost: true) } == .keyUnusable,
            "chmod makes it one that signs")
        #expect(try store.signingKeys().count == 1 && store.positions() == 0)
        try Data("damaged\n".utf8).write(to: URL(fileURLWithPath: path("keys/signing.key")))
        try setKeyMode(0o600)
        _ = try store.rotateKey(isLost: true)
        #expect(try store.signingKeys().count == 2)
        try store.close()
    }

    private func setKeyMode(_ mode: Int) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: path("keys/signing.key"))
    }

    /// A checkpoint that says nothing about this log is no alarm; one that does is.
    @Test func onlyACheckpointOfThisLogAndKeyCounts() throws {
        _ = try append(.tested)
        let other = try StoreFixture()
        let store = try fixture.open()
        let files = CheckpointFiles(directory: fixture.path, logID: store.log.id)
        let stranger = try NoteSigner(newFor: files.origin)
        let fork = Checkpoint(origin: files.origin, size: 1, root: .emptyRoot)
        let given = fixture.directory.path + "/given"
        func problems(_ signed: SignedCheckpoint) throws -> [String] {
            try FileSystem.replaceFile(given, with: Array(signed.note.note.utf8).span, mode: 0o644)
            return try Verifier.problems(store, checkpoints: [given])
        }
        let theirs = try #require(
            try CheckpointFiles(directory: other.path, logID: other.open().log.id).readLatest())
        let failure = #expect(throws: HansardError.self) { _ = try problems(theirs) }
        #expect(failure?.code == .otherLog && failure?.advice == .nameItsStore)
        #expect(failure?.path == given)
        #expect(
            code { _ = try problems(SignedCheckpoint(signing: fork, with: [stranger])) }
                == .untrustedKey)
        #expect(
            try problems(SignedCheckpoint(signing: fork, with: [try files.signer()])).count == 1)
        #expect(try problems(try #require(try files.readLatest())) == [])
        try store.close()
    }
}

extension Verifier {
    /// Its findings, in words.
    fileprivate static func problems(_ store: Store, checkpoints: [String] = []) throws -> [String]
    {
        var verifier = Verifier(store)
        verifier.checkpointFiles = checkpoints
        return try verifier.run().problems.map { "\($0)" }
    }
}
