import Hansard
import HansardChat
import HansardRecords
import Testing

@Suite(.serialized) struct AgentContractTests {
    private let fixture: ContractFixture

    init() throws { fixture = try ContractFixture() }

    private func card(_ id: String) throws -> String? {
        try fixture.read { try $0.agent(Identifier(id))?.json }
    }

    private func events(_ id: String) throws -> Int {
        try fixture.read { try $0.history(.agent, Identifier(id)).count }
    }

    private func register(_ json: String) throws -> String {
        try fixture.perform(.registerAgent(record(json))).json
    }

    /// As given, in the given order, then what the store filled in, then null for the rest.
    @Test func aCardComesBackWithEveryField() throws {
        let answer = try register(#"{"name":"C","id":"a/b","color":null,\#(oddFields)}"#)
        let expected =
            #"{"name":"C","id":"a/b","color":null,\#(oddFieldsBack),"#
            + #""created_at":"\#(ContractFixture.start)","description":null,"icon_path":null,"#
            + #""is_active":null,"capabilities":null,"config":null,"updated_at":null}"#
        #expect(try Array(answer.utf8) == Array(record(expected).json().utf8))
        try fixture.everywhere { () throws in
            #expect(try card("a/b").map { Array($0.utf8) } == Array(answer.utf8))
            #expect(try fixture.read { try $0.agents().map { try $0.json } } == [answer])
        }
    }

    @Test func everyFieldGivenComesBack() throws {
        let given =
            #"{"id":"chloe","name":"Chloe","description":"d","color":"red","icon_path":"/i","#
            + #""is_active":false,"capabilities":["chat",1],"config":{"k":1.0},"#
            + #""created_at":"2025-01-01 00:00:00","updated_at":"2025-01-01T00:00:00.1Z"}"#
        #expect(try register(given) == given)
        try fixture.everywhere { () throws in #expect(try card("chloe") == given) }
    }

    @Test func anUnknownAgentIsNone() throws {
        try fixture.agent("ab")
        for id in ["a", "abc", "ab/", "AB"] { #expect(try card(id) == nil) }
        let none = try fixture.perform(.updateAgent(Identifier("a"), record(#"{"name":"x"}"#)))
        #expect(none == nil)
        #expect(try fixture.eventsCount == 1)
    }

    @Test func aMissingIdBecomesAUUID() throws {
        let one = try fixture.perform(.registerAgent(record(#"{"name":"n"}"#)))
        let two = try fixture.perform(.registerAgent(record(#"{"id":null,"name":"n"}"#)))
        let ids = [one, two].ids
        #expect(Set(ids).count == 2 && ids.allSatisfy { $0.utf8.count == 36 })
        #expect(try fixture.read { try $0.agents().ids } == ids.sorted())
    }

    @Test func cardsAreListedById() throws {
        for id in oddIDs.shuffled() {
            let name = try Record([("id", .string(id)), ("name", .string("name of " + id))])
            _ = try fixture.perform(.registerAgent(name))
        }
        try fixture.everywhere { () throws in
            let cards = try fixture.read { try $0.agents() }
            #expect(cards.ids.map { Array($0.utf8) } == oddIDs.map { Array($0.utf8) })
            for id in oddIDs {
                let agent = try fixture.read { try $0.agent(Identifier(id)) }
                #expect(agent?.fields.field("name") == .string("name of " + id))
            }
        }
    }

    /// Registering again replaces the card; an event each time its content differs.
    @Test func aBackToAIsThreeEvents() throws {
        let cards = ["A", "B", "A"].map { #"{"id":"x","name":"\#($0)","only\#($0)":1}"# }
        for (number, card) in cards.enumerated() {
            for _ in 0..<3 { _ = try register(card) }
            #expect(try events("x") == number + 1)
        }
        try fixture.everywhere { () throws in
            let fields = try #require(try fixture.read { try $0.agent(Identifier("x"))?.fields })
            #expect(fields.string("name") == "A")
            #expect(fields.contains("onlyA") && !fields.contains("onlyB"))
            let names = try fixture.read {
                try $0.history(.agent, Identifier("x")).map { $0.event.data.string("name") }
            }
            #expect(names == ["A", "B", "A"])
        }
    }

    @Test func aCardIsComparedWithoutOrderAndFilledTimes() throws {
        let answer = try register(#"{"id":"x","name":"n","config":{"a":1,"b":2}}"#)
        try fixture.setClock("2026-02-01T00:00:00Z")
        #expect(try register(#"{"config":{"b":2,"a":1},"name":"n","id":"x"}"#) == answer)
        #expect(try register(answer) == answer, "the card as it was answered is the same card")
        #expect(try events("x") == 1)
        for (number, other) in [
            #"{"id":"x","name":"n","config":{"a":1.0,"b":2}}"#,
            #"{"id":"x","name":"n","config":{"a":1}}"#,
            #"{"id":"x","name":"n","config":{"a":1},"created_at":"2020-01-01T00:00:00Z"}"#,
            #"{"id":"x","name":"n","config":{"a":1},"unknown":null}"#,
        ].enumerated() {
            _ = try register(other)
            #expect(try events("x") == number + 2, "\(other)")
        }
    }

    /// A replacement without `created_at` keeps the first one, and says when it was made.
    @Test func aReplacementKeepsWhenTheAgentWasCreated() throws {
        _ = try register(#"{"id":"x","name":"A"}"#)
        try fixture.setClock("2026-02-01T00:00:00Z")
        _ = try register(#"{"id":"x","name":"B"}"#)
        let card = try #require(try fixture.read { try $0.agent(Identifier("x"))?.fields })
        #expect(card.string("created_at") == ContractFixture.start)
        #expect(card.string("updated_at") == "2026-02-01T00:00:00.000000+00:00")
    }

    /// An update counts as content: the card from before it is another one.
    @Test func registeringAfterAnUpdateIsCompared() throws {
        _ = try register(#"{"id":"x","name":"A"}"#)
        _ = try fixture.perform(.updateAgent(Identifier("x"), record(#"{"name":"B"}"#)))
        _ = try register(#"{"id":"x","name":"B"}"#)
        #expect(try events("x") == 2)
        _ = try register(#"{"id":"x","name":"A"}"#)
        #expect(try events("x") == 3)
        try fixture.everywhere { () throws in
            let name = try fixture.read { try $0.agent(Identifier("x"))?.fields.string("name") }
            #expect(name == "A")
        }
    }

    @Test func anUpdateMergesTopLevelFields() throws {
        _ = try register(#"{"id":"x","name":"A","config":{"a":1,"b":2},"u":1}"#)
        try fixture.setClock("2026-03-01T00:00:00Z")
        let changes = try record(#"{"config":{"b":3},"new":null,"name":null,"id":"x"}"#)
        let answer = try #require(try fixture.perform(.updateAgent(Identifier("x"), changes)))
        try fixture.everywhere { () throws in
            let card = try #require(try card("x"))
            #expect(try card == answer.json)
            #expect(
                card.hasPrefix(
                    #"{"id":"x","name":null,"config":{"b":3},"u":1,"created_at":"#
                        + #""\#(ContractFixture.start)","new":null,"#))
            #expect(card.contains(#""updated_at":"2026-03-01T00:00:00.000000+00:00""#))
        }
        let own = try record(#"{"updated_at":"2025-05-05T05:05:05"}"#)
        let given = try fixture.perform(.updateAgent(Identifier("x"), own))
        #expect(given?.fields.string("updated_at") == "2025-05-05T05:05:05")
    }

    @Test func anUpdateCanNotChangeWhichAgentItIs() throws {
        _ = try register(#"{"id":"x","created_at":"2025-01-01T12:00:00Z"}"#)
        for changes in [
            #"{"id":"y"}"#, #"{"id":null}"#, #"{"created_at":"2025-01-01T12:00:01Z"}"#,
            #"{"created_at":null}"#, #"{"created_at":"soon"}"#,
        ] {
            let code = try fixture.refusal {
                _ = try fixture.perform(.updateAgent(Identifier("x"), record(changes)))
            }
            #expect(code?.errorClass == .request, "\(changes)")
        }
        let same = #"{"id":"x","created_at":"2025-01-01T14:00:00+02:00","name":"n"}"#
        let card = try fixture.perform(.updateAgent(Identifier("x"), record(same)))
        #expect(card?.fields.string("created_at") == "2025-01-01T12:00:00Z")
        #expect(card?.fields.string("name") == "n")
    }

    static let bad = [
        #"{"id":7}"#, #"{"id":""}"#, #"{"id":"x","name":7}"#, #"{"id":"x","is_active":1}"#,
        #"{"id":"x","capabilities":{}}"#, #"{"id":"x","config":[]}"#, #"{"id":"x","color":[]}"#,
        #"{"id":"x","created_at":"2025-01-01"}"#, #"{"id":"x","updated_at":1}"#,
        #"{"id":"x","description":false}"#, #"{"id":"x","icon_path":0}"#,
        #"{"id":"\#(String(repeating: "x", count: 256))"}"#,
    ]

    @Test(arguments: bad) func aBadCardIsRefused(json: String) throws {
        let code = try fixture.refusal { _ = try register(json) }
        #expect(code?.errorClass == .request)
        try fixture.agent("x")
        let update = try fixture.refusal {
            _ = try fixture.perform(.updateAgent(Identifier("x"), record(json)))
        }
        #expect(update?.errorClass == .request)
    }

    @Test func asynchronousCallersGetTheSame() async throws {
        let chat = fixture.chat
        let card = try await chat.perform(.registerAgent(record(#"{"id":"x","name":"A"}"#)))
        #expect(card.fields.string("name") == "A")
        let updated = try await chat.perform(
            .updateAgent(Identifier("x"), record(#"{"name":"B"}"#)))
        #expect(updated?.fields.string("name") == "B")
        #expect(try chat.read { try $0.agents().map { try $0.json } } == [try updated?.json])
    }

    /// Callers that register at once: the last card is one of theirs, and each event differs from
    /// the one before it.
    @Test func registrationsAtOnceLeaveNoRepetition() async throws {
        let chat = fixture.chat
        await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    let card = try record(#"{"id":"x","name":"\#(number % 3)"}"#)
                    _ = try await chat.perform(.registerAgent(card))
                }
            }
            while let result = await group.nextResult() {
                if case .failure(let error) = result { Issue.record(error) }
            }
        }
        let names = try chat.read {
            try $0.history(.agent, Identifier("x")).map { $0.event.data.string("name") }
        }
        #expect(zip(names, names.dropFirst()).allSatisfy { $0 != $1 })
        #expect(Set(names).count == 3)
    }
}
