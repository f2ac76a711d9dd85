import Foundation
import Hansard
import HansardRecords
import HansardTesting
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// Whatever a record is like, its line of an export is one that an import takes.
@Suite(.serialized) struct LineTests {
    private func copied(_ fixture: ContractFixture) async throws -> ContractFixture {
        let copy = try ContractFixture {
            $0.eventBytesMax = fixture.chat.store.settings.eventBytesMax
        }
        let text = try export(fixture)
        let report = try await importing(text, into: copy)
        #expect(report.added == text.split(separator: "\n").count && report.failed == 0)
        #expect(try export(copy) == text)
        return copy
    }

    /// Fields with names that mean something in a line, and one that does not.
    private static let names = [
        "op", "$record", "$provenance", "event_id", "changes", "context_id", "task_id", "free",
    ]
    private static let fields = names.map { #""\#($0)":["\#($0)"]"# }.joined(separator: ",")

    @Test func fieldsOfAnyNameComeBack() async throws {
        let fixture = try ContractFixture()
        let more = Self.fields
        for command in [
            ChatCommand<ChatRecord>.registerAgent(try record(#"{"id":"a","agent_id":1,\#(more)}"#)),
            .createSession(try record(#"{"id":"s","session_id":{},\#(more)}"#)),
            .createMessage(
                try record(#"{"message_uuid":"m","session_id":"s","id":"own",\#(more)}"#)),
            .shareContext(try contextRecord("c", more)),
            .createTask(try record(#"{"id":"t","session_id":"s",\#(more)}"#)),
        ] { _ = try fixture.perform(command) }
        for command in [
            ChatCommand<ChatRecord?>.updateAgent(try Identifier("a"), try record("{\(more)}")),
            .updateSession(try Identifier("s"), try record("{\(more)}")),
            .editMessage(try Identifier("m"), try record("{\(more)}")),
            .updateContext(try Identifier("c"), try record("{\(more)}")),
            .updateTask(try Identifier("t"), try record("{\(more)}")),
        ] { #expect(try fixture.perform(command) != nil) }
        let copy = try await copied(fixture)
        for name in Self.names {
            #expect(
                try copy.read { try $0.message(Identifier("m"))?.fields.contains(name) } == true)
        }
        #expect(try fixture.json == copy.json)
        let again = try await importing(export(fixture), into: copy)
        #expect(again.added == 0 && again.repeated == 10)
    }

    @Test func aLineWithBothFormsIsRefused() async throws {
        let fixture = try ContractFixture()
        for (line, code) in [
            (
                #"{"op":"create_session","session_id":"s","$record":{},"title":"t"}"#,
                ErrorCode.invalidArgument
            ),
            (#"{"op":"create_session","session_id":"s","$record":1}"#, .wrongType),
            (#"{"op":"create_session","session_id":"s","$provenance":1}"#, .wrongType),
            (
                #"{"op":"delete_session","session_id":"s","$provenance":{"by":"x"}}"#,
                .invalidArgument
            ),
            (#"{"op":"delete_session","session_id":"s","$provenance":{"actor":1}}"#, .wrongType),
        ] {
            let failure = await #expect(throws: ImportFailure.self) {
                _ = try await importing(line + "\n", into: fixture)
            }
            #expect(failure?.error.code == code, "\(line)")
        }
        #expect(try fixture.eventsCount == 0)
    }

    /// A message that came between what the trim looked at and the trim is not hidden.
    @Test func aTrimHidesWhatItHid() async throws {
        let fixture = try ContractFixture()
        try fixture.session("s")
        for number in 1...4 {
            try fixture.message("m\(number)", in: "s", at: "2026-01-01T00:00:0\(number)Z")
        }
        let session = try Identifier("s")
        let trim = ChatEvents.change(
            EventType("session.trimmed"), ChatEvents.stream(session: session), Position(1),
            RecordDraft(
                try record(
                    """
                    {"max_messages":2,"newest_hidden":{"created_at":"2026-01-01T00:00:02Z",
                     "position":3},"through":5}
                    """)))
        try fixture.message("late", in: "s", at: "2026-01-01T00:00:00Z")
        _ = try fixture.perform(.updateSession(session, record(#"{"title":"x"}"#)))
        _ = try fixture.chat.store.appendBlocking(trim)
        #expect(try fixture.messages(of: "s") == ["late", "m3", "m4"])
        // Positions are others there.
        let copy = try ContractFixture()
        try copy.agent("before")
        let report = try await importing(export(fixture), into: copy)
        #expect(report.added == 8)
        #expect(try copy.messages(of: "s") == ["late", "m3", "m4"])
    }

    @Test func aTrimOfMessagesThatAreNotThereIsRefused() async throws {
        let fixture = try ContractFixture()
        try fixture.session("s")
        try fixture.message("m", in: "s")
        let line =
            #"{"op":"trim_session_messages","session_id":"s","max_messages":0,"#
            + #""newest_hidden":"m","through":"other"}"#
        let failure = await #expect(throws: ImportFailure.self) {
            _ = try await importing(line + "\n", into: fixture)
        }
        #expect(failure?.error.code == .notFound)
        #expect(try fixture.messages(of: "s") == ["m"])
    }

    @Test(arguments: [true, false]) func whoDidItIsTakenWhereAllowed(isTaken: Bool) async throws {
        let fixture = try ContractFixture()
        try fixture.session("before")
        let text = """
            {"op":"create_session","session_id":"s","$provenance":{"actor":"ann"},\
            "created_at":"2026-01-01T00:00:00Z"}
            {"op":"delete_session","session_id":"s","$provenance":{"actor":"ann"}}

            """
        #expect(try await importing(text, into: fixture, takesProvenance: isTaken).added == 2)
        let actors = try (2...3).map { position in
            try fixture.read { try $0.event(at: Position(UInt64(position)))?.event.actor }
        }
        #expect(actors == (isTaken ? ["ann", "ann"] : [nil, nil]))
    }

    /// A record of as many levels as there may be, one more than a line has room for.
    @Test func theDeepestRecordsComeBack() async throws {
        let fixture = try ContractFixture()
        func deep(_ levels: Int) -> String {
            String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1)
        }
        try fixture.session("s", #""op":\#(deep(64))"#)
        try fixture.message("m", in: "s", #""x":\#(deep(64))"#)
        _ = try fixture.perform(.updateSession(Identifier("s"), record(#"{"x":\#(deep(64))}"#)))
        _ = try fixture.perform(.editMessage(Identifier("m"), record(#"{"x":\#(deep(63))}"#)))
        let tooDeep = try record(#"{"x":\#(deep(64))}"#)
        #expect(
            try fixture.refusal { _ = try fixture.perform(.editMessage(Identifier("m"), tooDeep)) }?
                .errorClass
                == .request)
        #expect(try await copied(fixture).json == fixture.json)
        for line in [
            #"{"op":"create_session","session_id":"t","changes":{"x":\#(deep(64))}}"#,
            #"{"op":"share_context","context_id":"c","source_agent_id":"a","target_agent_id":"b","#
                + #""created_at":"2026-01-01T00:00:00Z","changes":{"x":\#(deep(64))}}"#,
        ] {
            let failure = await #expect(throws: ImportFailure.self) {
                _ = try await importing(line + "\n", into: fixture)
            }
            #expect(failure?.error.code == .tooDeep)
        }
    }

    /// JSON takes six bytes for some that are packed in one.
    @Test(arguments: [#""\u0000""#, "false"]) func theLargestRecordsComeBack(
        value: String
    ) async throws {
        let fixture = try ContractFixture { $0.eventBytesMax = 100_000 }
        try fixture.session("s")
        let field =
            value == "false"
            ? "[" + Array(repeating: value, count: 99_000).joined(separator: ",") + "]"
            : "\"" + String(repeating: #"\u0000"#, count: 99_000) + "\""
        try fixture.message("m", in: "s", #""x":\#(field)"#)
        #expect(try await copied(fixture).json == fixture.json)
    }
}

extension ContractFixture {
    /// Everything there is, as JSON.
    fileprivate var json: [String] {
        get throws {
            try read { view in
                try [
                    view.agent(Identifier("a"))?.json, view.session(Identifier("s"))?.json,
                    view.message(Identifier("m"))?.json, view.context(Identifier("c"))?.json,
                    view.task(Identifier("t"))?.json,
                ].compactMap { $0 }
            }
        }
    }
}
