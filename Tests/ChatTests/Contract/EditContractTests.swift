import Hansard
import HansardChat
import HansardRecords
import Testing

/// Messages that are edited or redacted.
@Suite(.serialized) struct EditContractTests {
    private let fixture: ContractFixture
    private let id: Identifier

    init() throws {
        fixture = try ContractFixture()
        id = try Identifier("m")
        try fixture.session("s")
        try fixture.message(
            "m", in: "s", at: "2025-01-01T00:00:00Z",
            #""type":"user","role":null,"agent_id":"a","parts":[{"type":"text","content":"secret"}],"#
                + #""in_reply_to":"r","note":"secret""#)
    }

    private func edit(_ json: String) throws -> ChatRecord? {
        try fixture.perform(.editMessage(id, record(json)))
    }

    private func message() throws -> String? { try fixture.read { try $0.message(id)?.json } }

    private func ids(ofAgent agent: String) throws -> [String] {
        try fixture.read {
            try $0.messages(ofAgent: Identifier(agent), limit: 100).items
                .compactMap { $0.fields.string("message_uuid") }
        }
    }

    @Test func anEditMergesTopLevelFields() throws {
        try fixture.setClock("2026-02-01T00:00:00Z")
        let answer = try edit(#"{"parts":[],"new":{"x":1.0},"role":"observer"}"#)?.json
        let expected =
            #"{"message_uuid":"m","session_id":"s","created_at":"2025-01-01T00:00:00Z","#
            + #""type":"user","role":"observer","agent_id":"a","parts":[],"in_reply_to":"r","#
            + #""note":"secret","new":{"x":1.0},"updated_at":"2026-02-01T00:00:00.000000+00:00","id":2}"#
        #expect(answer == expected)
        try fixture.everywhere { () throws in
            #expect(try message() == expected)
            #expect(try fixture.messages(of: "s") == ["m"])
        }
        let unknown = try fixture.perform(.editMessage(Identifier("x"), record("{}")))
        #expect(unknown == nil)
    }

    @Test func aChangedAgentMovesTheMessage() throws {
        try fixture.message("n", in: "s", at: "2025-01-01T00:00:00Z", #""agent_id":"b""#)
        for (agent, lists) in [
            (#""b""#, [[], ["n", "m"], []]), (#""c""#, [[], ["n"], ["m"]]),
            ("null", [[], ["n"], []]), (#""a""#, [["m"], ["n"], []]),
            (#""a""#, [["m"], ["n"], []]),
        ] {
            _ = try edit(#"{"agent_id":\#(agent)}"#)
            try fixture.everywhere { () throws in
                #expect(try ["a", "b", "c"].map { try ids(ofAgent: $0) } == lists)
                #expect(try message()?.contains(#""agent_id":\#(agent)"#) == true)
            }
        }
    }

    @Test func anEditCanNotChangeWhichMessageItIs() throws {
        for changes in [
            #"{"message_uuid":"n"}"#, #"{"session_id":"t"}"#, #"{"id":3}"#, #"{"id":"2"}"#,
            #"{"created_at":"2025-01-01T00:00:01Z"}"#, #"{"message_uuid":null}"#,
            #"{"agent_id":""}"#, #"{"parts":{}}"#, #"{"type":1}"#, #"{"updated_at":"x"}"#,
            #"{"context_refs":1}"#, #"{"message_metadata":[]}"#,
        ] {
            #expect(try fixture.refusal { _ = try edit(changes) }?.errorClass == .request, "\(changes)")
        }
        let same =
            #"{"message_uuid":"m","session_id":"s","id":2,"created_at":"2025-01-01T00:00:00+00:00","#
            + #""type":"agent"}"#
        let edited = try edit(same)
        #expect(edited?.fields.string("type") == "agent")
        #expect(edited?.fields.string("created_at") == "2025-01-01T00:00:00Z")
    }

    @Test func theOriginalAgainIsARetry() throws {
        _ = try edit(#"{"note":"changed"}"#)
        try fixture.message(
            "m", in: "s", at: "2025-01-01T00:00:00Z",
            #""type":"user","role":null,"agent_id":"a","parts":[{"type":"text","content":"secret"}],"#
                + #""in_reply_to":"r","note":"secret""#)
        #expect(try fixture.eventsCount == 3)
        #expect(try message()?.contains("changed") == true)
    }

    // MARK: Redaction

    private func redact(_ reason: String? = nil) throws -> ChatRecord? {
        try fixture.chat.performBlocking(
            .redactMessage(id, reason: reason), as: Provenance(actor: "alice"))
    }

    @Test func aRedactedMessageSaysNothing() throws {
        _ = try edit(#"{"note":"secret too","parts":[{"content":"secret again"}]}"#)
        try fixture.setClock("2026-02-01T00:00:00Z")
        let answer = try #require(try redact("asked for"))
        try fixture.everywhere { () throws in
            let json = try #require(try message())
            #expect(try json == answer.json)
            #expect(!json.contains("secret"))
            #expect(
                json.contains(
                    #""parts":[],"redacted":{"at":"2026-02-01T00:00:00.000000+00:00","by":"alice","#
                        + #""reason":"asked for"}"#))
            for kept in [
                #""message_uuid":"m""#, #""session_id":"s""#, #""agent_id":"a""#, #""type":"user""#,
                #""in_reply_to":"r""#, #""created_at":"2025-01-01T00:00:00Z""#, #""id":2"#,
            ] { #expect(json.contains(kept), "\(kept)") }
            #expect(try fixture.messages(of: "s") == ["m"])
            #expect(try ids(ofAgent: "a") == ["m"])
            try fixture.read { view throws in
                let listed = try view.messages(ofAgent: Identifier("a"), limit: 1).items
                #expect(try listed.map { try $0.json } == [json])
                let history = try view.history(.message, id)
                #expect(
                    history.map(\.event.type.rawValue)
                        == ["message.created", "message.edited", "message.redacted"])
                #expect(try history.allSatisfy { try !$0.event.data.json().contains("secret") })
            }
        }
    }

    @Test func redactingAgainChangesNothing() throws {
        let first = try redact("one")
        let again = try redact("two")
        #expect(first?.fields == again?.fields)
        #expect(try fixture.eventsCount == 3)
        #expect(try fixture.refusal { _ = try edit(#"{"note":"x"}"#) } == .gone)
        let unknown = try fixture.perform(.redactMessage(Identifier("unknown")))
        #expect(unknown == nil)
    }

    /// The fields of an edit that stay are as the edit made them.
    @Test func aMovedMessageStaysMovedWhenRedacted() throws {
        _ = try edit(#"{"agent_id":"b","type":"agent"}"#)
        let answer = try redact()
        #expect(answer?.fields.string("agent_id") == "b")
        #expect(answer?.fields.string("type") == "agent")
        try fixture.everywhere { () throws in
            #expect(try ids(ofAgent: "b") == ["m"])
            #expect(try ids(ofAgent: "a") == [])
            #expect(try fixture.read { try $0.message(id)?.fields } == answer?.fields)
        }
    }

    @Test func aTrimmedMessageCanBeRedacted() throws {
        _ = try fixture.perform(.trimMessages(ofSession: Identifier("s"), keeping: 0))
        #expect(try redact()?.json.contains("secret") == false)
        #expect(try message() == nil)
        let history = try fixture.read { try $0.history(.message, id) }
        #expect(try history.allSatisfy { try !$0.event.data.json().contains("secret") })
    }

    @Test func aDeletedSessionsMessageIsNoneToEditButCanBeRedacted() throws {
        _ = try fixture.perform(.deleteSession(Identifier("s")))
        #expect(try edit(#"{"x":1}"#) == nil)
        try fixture.session("s")
        #expect(try edit(#"{"x":1}"#) == nil)
        #expect(try redact()?.json.contains("secret") == false)
        let history = try fixture.chat.read { try $0.history(.message, id) }
        let types = ["message.created", "session.deleted", "message.redacted"]
        #expect(history.map(\.event.type.rawValue) == types)
        #expect(try !history.contains { try $0.event.data.json().contains("secret") })
    }

    @Test func asynchronousCallersGetTheSame() async throws {
        let chat = fixture.chat
        let edited = try await chat.perform(.editMessage(id, record(#"{"x":1}"#)))
        #expect(edited?.fields.integer("x") == 1)
        let redacted = try await chat.perform(.redactMessage(id, reason: "r"))
        #expect(try redacted?.json.contains("secret") == false)
        #expect(try message() == (try redacted?.json))
    }
}
