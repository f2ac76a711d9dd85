import Hansard
import HansardRecords
import HansardTesting
import Synchronization
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// A clock that stands still until it is set.
final class ManualClock: Sendable {
    private let microseconds: Mutex<Int64>

    init(_ instant: Instant) { microseconds = Mutex(instant.microsecondsSinceUnixEpoch) }

    var reading: Instant { .microseconds(microseconds.withLock { $0 }) }
    func set(_ instant: Instant) {
        microseconds.withLock { $0 = instant.microsecondsSinceUnixEpoch }
    }
}

/// A chat store with a clock that stands still, for the tests of the gateway's contract.
///
/// An open store holds two terabytes of address space, and a process has room for some sixty: so
/// the suites run their tests one after the other, beside other suites.
final class ContractFixture {
    /// The clock's first time, as the store writes it.
    static let start = "2026-01-01T00:00:00.000000+00:00"

    private let directory: TemporaryDirectory
    private let settings: Store.Settings
    private let clock: ManualClock
    private(set) var chat: Chat

    init(_ change: (inout Store.Settings) -> Void = { _ in }) throws {
        let clock = ManualClock(try Instant(Self.start))
        var settings = Store.Settings()
        settings.flushAge = .seconds(3_600)
        settings.compressionLevel = 1
        settings.clock = { clock.reading }
        change(&settings)
        directory = try TemporaryDirectory()
        try Store.create(at: directory.path("store"))
        self.clock = clock
        self.settings = settings
        chat = try Chat.open(directory.path("store"), settings: settings)
    }

    deinit { try? chat.store.close() }

    func setClock(_ time: String) throws { clock.set(try Instant(time)) }

    func perform<Answer: Sendable>(_ command: ChatCommand<Answer>) throws -> Answer {
        try chat.performBlocking(command)
    }

    func read<Result>(_ body: (ReadView) throws -> Result) throws -> Result {
        try chat.read(body)
    }

    func flush() throws { try chat.store.indexWriter.flush() }

    func reopen() throws {
        try chat.store.close()
        chat = try Chat.open(directory.path("store"), settings: settings)
    }

    /// Checks something while it stands in the tail, when it stands in the index, and after the
    /// store was opened again.
    func everywhere(_ check: () throws -> Void) throws {
        try check()
        try flush()
        try check()
        try reopen()
        try check()
    }

    var eventsCount: UInt64 { get throws { try read { $0.position.rawValue } } }

    /// The error that is thrown, after checking that nothing was written.
    func refusal(_ body: () throws -> Void) throws -> ErrorCode? {
        let before = try eventsCount
        let code = code(body)
        #expect(try eventsCount == before, "something was written")
        return code
    }

    // MARK: Short forms

    func session(_ id: String, _ fields: String = #""title":"t""#) throws {
        _ = try perform(.createSession(record(#"{"id":"\#(id)",\#(fields)}"#)))
    }

    func agent(_ id: String) throws {
        _ = try perform(.registerAgent(record(#"{"id":"\#(id)","name":"\#(id)"}"#)))
    }

    func message(
        _ id: String, in session: String, at time: String? = nil,
        _ fields: String = #""type":"user""#
    ) throws {
        let time = time.map { #","created_at":"\#($0)""# } ?? ""
        _ = try perform(
            .createMessage(
                record(
                    #"{"message_uuid":"\#(id)","session_id":"\#(session)"\#(time),\#(fields)}"#)))
    }

    func context(_ id: String, _ fields: String) throws {
        _ = try perform(.shareContext(contextRecord(id, fields)))
    }

    func task(_ id: String, in session: String, _ fields: String = #""title":"t""#) throws {
        _ = try perform(
            .createTask(record(#"{"id":"\#(id)","session_id":"\#(session)",\#(fields)}"#)))
    }

    /// The ids of a session's visible messages, oldest first, as every way to list them agrees.
    func messages(of session: String) throws -> [String] {
        let page = try read {
            try $0.messagePage(ofSession: Identifier(session), limit: 1_000, .forwards)
        }
        let backwards = try read {
            try $0.messagePage(ofSession: Identifier(session), limit: 1_000)
        }
        let ids = page.items.map { $0.fields.string("message_uuid") ?? "" }
        #expect(page.total == ids.count)
        #expect(backwards.items.reversed().map(\.fields) == page.items.map(\.fields))
        for (id, item) in zip(ids, page.items) {
            #expect(try read { try $0.message(Identifier(id))?.fields } == item.fields)
        }
        return ids
    }
}

func record(_ json: String) throws -> Record { try Record(json: json) }

func contextRecord(_ id: String, _ fields: String = "") throws -> Record {
    let fields = fields.isEmpty ? "" : "," + fields
    return try record(
        #"{"id":"\#(id)","source_agent_id":"a","target_agent_id":"b"\#(fields)}"#)
}

extension ChatRecord {
    /// The fields as JSON, which shows their order, nulls and the types of numbers.
    var json: String { get throws { try fields.json() } }
}

extension [ChatRecord] {
    var ids: [String] { map { $0.fields.string("id") ?? "" } }
}

extension ReadView {
    /// The types of the events `history` has.
    func historyTypes(_ kind: RecordKind, _ id: String) throws -> [String] {
        try history(kind, Identifier(id)).map(\.event.type.rawValue)
    }
}

/// Texts that must come back to the byte.
let oddTexts = [
    "", "\0", "a\0b", "é", "e\u{301}", "😀", "\u{2028}\u{FEFF}", "\"\\/\u{8}\u{c}\n\r\t",
    "\u{10FFFF}",
    "0b9c1f6e-8a55-4f3e-9d6f-3f0f8b1a2c3d", "0B9C1F6E-8A55-4F3E-9D6F-3F0F8B1A2C3D",
    "2025-03-03T07:00:20.189781Z", "2025-03-03T07:00:20.189781+00:00", "2025-03-03T07:00:20.189781",
]

/// Fields no gateway knows, at several levels, in no order, with every type of number.
let oddFields =
    #""z":{"y":[1,1.0,-0.0,0,null,true,{"b":null,"a":[]}],"e\u0301":1,"é":2},"#
    + #""big":18446744073709551615,"small":-9223372036854775808,"tiny":5e-324,"nul":"a\u0000b""#

/// `oddFields` as they are written back.
let oddFieldsBack =
    #""z":{"y":[1,1.0,-0.0,0,null,true,{"b":null,"a":[]}],"e\#u{301}":1,"é":2},"#
    + #""big":18446744073709551615,"small":-9223372036854775808,"tiny":5e-324,"nul":"a\u0000b""#

/// Ids that are hard to tell apart, in the order of their bytes.
let oddIDs = [
    "\0", " ", "/", "a", "a\0", "a ", "a/", "a/a", "aa", "aaa", "chloe", "e\u{301}",
    "intercode-bash/gpt-4", String(repeating: "x", count: 254), String(repeating: "x", count: 255),
    "é",
]
