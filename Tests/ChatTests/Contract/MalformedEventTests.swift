import Hansard
import HansardProjections
import HansardRecords
import HansardTesting
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// Events whose data are not what their type promises, as a program that appends by itself could
/// write them, are passed over: no unit stops, no read of anything else fails or changes.
@Suite(.serialized) struct MalformedEventTests {
    private let fixture: ContractFixture

    init() throws {
        fixture = try ContractFixture()
        for session in ["s", "victim"] {
            try fixture.session(session)
            for number in 0..<3 {
                try fixture.message("\(session)\(number)", in: session, #""agent_id":"a""#)
            }
        }
        try fixture.agent("a")
        try fixture.context("c", #""session_id":"s","expires_at":"2025-01-01T00:00:00Z""#)
        try fixture.task("k", in: "s", #""agents":[{"id":"a"}]"#)
    }

    private static let types = [
        "agent.registered", "agent.updated", "session.created", "session.updated",
        "session.trimmed",
        "session.deleted", "message.created", "message.edited", "message.redacted",
        "context.shared",
        "context.updated", "context.extended", "context.expired", "task.created", "task.updated",
        "task.linked", "no.such.type",
    ]

    static let data = [
        "{}", #"{"id":7,"created_at":7,"session_id":[],"message_uuid":{}}"#,
        #"{"created_at":"soon","expires_at":"later","updated_at":1,"redacted_at":"x"}"#,
        #"{"message_position":-1,"changes":[],"original":7}"#,
        #"{"message_position":9223372036854775807,"changes":{"agent_id":"a"},"original":{}}"#,
        #"{"message_position":18446744073709551615,"changes":{},"original":{"created_at":"x"}}"#,
        #"{"newest_hidden":{},"through":1,"max_messages":"x"}"#,
        #"{"newest_hidden":{"created_at":"x","position":1},"through":1}"#,
        #"{"newest_hidden":{"created_at":"2025-01-01T00:00:00Z","position":-1},"through":0}"#,
        #"{"agents":"a","status":7,"context_metadata":1,"target_agent_id":""}"#,
        #"{"agents":[1,null,{},{"id":7}],"status":"none","source_agent_id":1}"#,
        #"{"created_at":"2025-01-01T00:00:00Z","agents":[[]],"agent_id":null}"#,
    ]

    /// The gateway's view of the untouched records, as text.
    private func bystanders() throws -> [String] {
        try fixture.read { view in
            let (s, a) = try (Identifier("victim"), Identifier("a"))
            var found = try view.messagePage(ofSession: s, limit: 9).items.map { try $0.json }
            found += try view.messages(ofAgent: a, limit: 99).items.map { try $0.json }
                .filter { $0.contains("victim") }
            found += [try view.session(s)?.json ?? "none"]
            return found
        }
    }

    private func askEverything() throws {
        try fixture.read { view throws in
            for text in ["s", "victim", "a", "c", "k", "new"] {
                let id = try Identifier(text)
                for kind in RecordKind.allCases { _ = try view.history(kind, id) }
                _ = try (view.session(id), view.agent(id), view.context(id), view.task(id))
                _ = try view.contexts(ofAgent: id) + view.contexts(ofSession: id)
                _ = try view.tasks(ofAgent: id) + view.tasks(ofSession: id)
                _ = try view.messagePage(ofSession: id, limit: 99)
                _ = try view.messages(ofAgent: id, limit: 99)
            }
            _ = try (view.agents(), view.tasks(limit: 99), view.sessions(limit: 99))
            for position in 1...view.position.rawValue {
                if let event = try view.event(at: Position(position)) {
                    _ = try (view.message(event.event.id), view.shown(event))
                }
            }
        }
    }

    @Test(arguments: data) func anyDataOnAnyStreamIsPassedOver(json: String) throws {
        let before = try bystanders()
        var appends: [Append] = []
        for category in ["session", "agent", "context", "task"] {
            let ids = ["session": "s", "agent": "a", "context": "c", "task": "k"]
            for id in [ids[category] ?? "", "new"] {
                for type in Self.types {
                    let stream = try StreamName(category: category, id: Identifier(id))
                    appends.append(
                        Append([
                            Event(type: EventType(type), stream: stream, data: try record(json))
                        ]))
                }
            }
        }
        for answer in try fixture.chat.store.appendBlocking(appends) { _ = try answer.get() }
        try fixture.everywhere { () throws in
            try askEverything()
            #expect(try bystanders() == before)
            let units = try fixture.chat.store.statistics().units
            #expect(units.allSatisfy { $0.stop == nil })
        }
        _ = try fixture.perform(.trimMessages(ofSession: Identifier("s"), keeping: 1))
        _ = try fixture.chat.removeExpiredContextsBlocking()
        try askEverything()
        _ = try fixture.perform(.deleteSession(Identifier("s")))
        try askEverything()
    }

    /// A message of no usable time is in no list, and no reason to fail.
    @Test func aMessageOfNoTimeIsPassedOver() throws {
        let stream = ChatEvents.stream(session: try Identifier("s"))
        for (id, time) in [("odd", #""soon""#), ("null", "null"), ("number", "7")] {
            let event = Event(
                id: try Identifier(id), type: ChatEventTypes.messageCreated, stream: stream,
                data: try record(
                    #"{"message_uuid":"\#(id)","session_id":"s","created_at":\#(time)}"#))
            _ = try fixture.chat.store.appendBlocking(Append([event]))
        }
        _ = try fixture.perform(.trimMessages(ofSession: Identifier("s"), keeping: 1))
        try fixture.everywhere { () throws in
            #expect(try fixture.messages(of: "s") == ["s2"])
            for id in ["odd", "null", "number"] {
                #expect(try fixture.read { try $0.message(Identifier(id)) } != nil)
                let code = code {
                    _ = try fixture.read {
                        try $0.messagePage(ofSession: Identifier("s"), limit: 9, cursor: id)
                    }
                }
                #expect(code?.errorClass == .request)
            }
        }
    }

    /// An edit that names an agent nobody has heard of as the one before gives it no other's list.
    @Test func anEditsOriginalAgentTakesNoOnesList() throws {
        let message = try #require(
            try fixture.read { try $0.event(withID: Identifier("s0")) })
        let stream = ChatEvents.stream(session: try Identifier("s"))
        let before = try bystanders()
        let data = try record(
            #"{"message_uuid":"s0","message_position":\#(message.position.rawValue),"#
                + #""changes":{"agent_id":"b"},"original":{"agent_id":"unheard","#
                + #""created_at":"2020-01-01T00:00:00Z"}}"#)
        _ = try fixture.chat.store.appendBlocking(
            Append([Event(type: ChatEventTypes.messageEdited, stream: stream, data: data)]))
        #expect(try bystanders() == before)
        let unheard = try fixture.read {
            try $0.messages(ofAgent: Identifier("unheard"), limit: 9).items
        }
        #expect(unheard.isEmpty)
    }
}
