import Hansard
import HansardChat
import HansardRecords
import Testing

/// History keeps everything, and so do views that began before.
@Suite(.serialized) struct HistoryContractTests {
    private let fixture: ContractFixture

    init() throws { fixture = try ContractFixture() }

    private func id(_ text: String) throws -> Identifier { try Identifier(text) }

    private func makeOneOfEach() throws {
        try fixture.session("s")
        try fixture.agent("a")
        for number in 0..<4 {
            try fixture.message(
                "m\(number)", in: "s", at: "2025-01-01T00:00:0\(number)Z",
                #""agent_id":"a","parts":[{"content":"text \#(number)"}]"#)
        }
        try fixture.context("c", #""session_id":"s","expires_at":"2025-06-01T00:00:00Z""#)
        try fixture.task("k", in: "s", #""agents":[{"id":"a"}],"status":"pending""#)
    }

    @Test func historyHasEveryEventInOrder() throws {
        try makeOneOfEach()
        _ = try fixture.perform(.updateAgent(id("a"), record(#"{"name":"n"}"#)))
        _ = try fixture.perform(.registerAgent(record(#"{"id":"a","name":"o"}"#)))
        _ = try fixture.perform(.updateSession(id("s"), record(#"{"title":"u"}"#)))
        _ = try fixture.perform(.editMessage(id("m3"), record(#"{"x":1}"#)))
        _ = try fixture.perform(.trimMessages(ofSession: id("s"), keeping: 2))
        _ = try fixture.perform(.redactMessage(id("m3")))
        _ = try fixture.perform(.updateContext(id("c"), record(#"{"x":1}"#)))
        _ = try fixture.perform(.extendContext(id("c"), minutes: 1))
        try fixture.setClock("2026-01-02T00:00:00Z")
        _ = try fixture.chat.removeExpiredContextsBlocking()
        _ = try fixture.perform(.updateTask(id("k"), record(#"{"status":"failed"}"#)))
        try fixture.agent("b")
        _ = try fixture.perform(.linkTask(id("k"), to: [id("b")]))
        _ = try fixture.perform(.deleteSession(id("s")))
        try fixture.session("s")
        let expected: [(RecordKind, String, [String])] = [
            (.agent, "a", ["registered", "updated", "registered"]),
            (.session, "s", ["created", "updated", "trimmed", "deleted", "created"]),
            (.message, "m3", ["created", "edited", "redacted", "session.deleted"]),
            (.message, "m0", ["created", "session.trimmed", "session.deleted"]),
            (.context, "c", ["shared", "updated", "extended", "expired"]),
            (.task, "k", ["created", "updated", "linked", "session.deleted"]),
        ]
        try fixture.everywhere { () throws in
            for (kind, name, types) in expected {
                let found = try fixture.read { try $0.history(kind, id(name)) }
                #expect(
                    found.map(\.event.type.rawValue)
                        == types.map { $0.contains(".") ? $0 : "\(kind.rawValue).\($0)" })
                #expect(zip(found, found.dropFirst()).allSatisfy { $0.position < $1.position })
            }
            for kind in RecordKind.allCases {
                #expect(try fixture.read { try $0.history(kind, id("none")).isEmpty })
            }
        }
    }

    @Test func historySaysWhoAndWhy() throws {
        let provenance = Provenance(
            actor: "alice", onBehalfOf: "bob", correlationID: try id("talk"),
            causationID: try id("cause"), eventID: try id("event"))
        _ = try fixture.chat.performBlocking(
            .createSession(record(#"{"id":"s"}"#)), as: provenance)
        _ = try fixture.chat.performBlocking(
            .createMessage(record(#"{"message_uuid":"m","session_id":"s"}"#)), as: provenance)
        try fixture.everywhere { () throws in
            for (kind, name, event) in [(RecordKind.session, "s", "event"), (.message, "m", "m")] {
                let found = try fixture.read { try $0.history(kind, id(name)).first?.event }
                let recorded = try #require(found)
                #expect(recorded.actor == "alice" && recorded.onBehalfOf == "bob")
                #expect(recorded.correlationID?.text == "talk")
                #expect(recorded.causationID?.text == "cause")
                #expect(recorded.id.text == event)
            }
        }
    }

    /// All that can be asked about what `makeOneOfEach` made, as text.
    private func everything(_ view: ReadView) throws -> [String] {
        let s = try id("s")
        var found: [String] = []
        for limit in [1, 3, 100] {
            for direction in [Direction.forwards, .backwards] {
                found += try view.messagePage(ofSession: s, limit: limit, direction).items
                    .map { try $0.json }
                found += try view.messages(ofAgent: id("a"), limit: limit, direction).items
                    .map { try $0.json }
                found += try view.sessions(limit: limit, direction).items
                    .map { "\(try $0.session.json) \($0.messagesCount ?? -1)" }
            }
        }
        let singles = try [
            view.session(s), view.agent(id("a")), view.message(id("m0")), view.message(id("m3")),
            view.context(id("c")), view.task(id("k")),
        ]
        found += try singles.map { try $0?.json ?? "none" }
        found += ["\(try view.messagesCount(ofSession: s))"]
        let lists = try [
            view.agents(), view.contexts(ofAgent: id("b")),
            view.contexts(ofAgent: id("a"), as: .source),
            view.contexts(ofSession: s), view.contexts(sharedWith: id("b"), session: s),
            view.tasks(ofAgent: id("a")), view.tasks(ofSession: s),
            view.tasks(ofSession: s, includingCompleted: true),
            view.tasks(status: "pending", limit: 9),
        ]
        found += try lists.map { try $0.map { try $0.json }.joined() }
        for (kind, name) in [
            (RecordKind.agent, "a"), (.session, "s"), (.message, "m3"), (.context, "c"),
            (.task, "k"),
        ] {
            found += try view.history(kind, id(name)).map {
                try "\($0.position) \($0.event.data.json())"
            }
        }
        return found
    }

    private func changes() throws -> [() throws -> Void] {
        let chat = fixture.chat
        return [
            {
                _ = try chat.performBlocking(
                    .editMessage(self.id("m3"), record(#"{"agent_id":"z"}"#)))
            },
            { _ = try chat.performBlocking(.redactMessage(self.id("m3"))) },
            { _ = try chat.performBlocking(.trimMessages(ofSession: self.id("s"), keeping: 1)) },
            { try self.fixture.message("late", in: "s", at: "2020-01-01T00:00:00Z") },
            { _ = try chat.performBlocking(.updateAgent(self.id("a"), record(#"{"name":"n"}"#))) },
            {
                _ = try chat.performBlocking(
                    .updateSession(self.id("s"), record(#"{"title":"u"}"#)))
            },
            { _ = try chat.performBlocking(.extendContext(self.id("c"), minutes: 1)) },
            {
                _ = try chat.performBlocking(
                    .updateContext(self.id("c"), record(#"{"target_agent_id":"y"}"#)))
            },
            {
                _ = try chat.performBlocking(
                    .updateTask(self.id("k"), record(#"{"status":"completed"}"#)))
            },
            { _ = try chat.performBlocking(.updateTask(self.id("k"), record(#"{"agents":[]}"#))) },
            { _ = try chat.performBlocking(.deleteSession(self.id("s"))) },
            { try self.fixture.session("s", #""title":"new""#) },
        ]
    }

    /// A view that began before a change goes on showing what was; one that begins after shows
    /// what is. Flushes in between make no difference.
    @Test(arguments: [false, true]) func aViewShowsTheMomentItBegan(flushing: Bool) throws {
        try makeOneOfEach()
        for (number, change) in try changes().enumerated() {
            let before = try fixture.read { view in
                let before = try everything(view)
                try change()
                if flushing { try fixture.flush() }
                #expect(try everything(view) == before, "change \(number)")
                return before
            }
            let after = try fixture.read { try everything($0) }
            #expect(after != before, "change \(number) is not seen")
        }
    }
}
