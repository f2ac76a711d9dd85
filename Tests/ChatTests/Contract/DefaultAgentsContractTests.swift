import Hansard
import HansardChat
import HansardRecords
import Testing

@Suite(.serialized) struct DefaultAgentsContractTests {
    private let fixture: ContractFixture

    init() throws { fixture = try ContractFixture() }

    private func ids() throws -> [String] { try fixture.read { try $0.agents().ids } }

    @Test func theyAreRegisteredWhenThereIsNoAgent() throws {
        try fixture.chat.registerDefaultAgentsBlocking()
        try fixture.everywhere { () throws in
            #expect(try ids() == ["chloe", "phil_connors"])
            try fixture.chat.registerDefaultAgentsBlocking()
            #expect(try fixture.eventsCount == 2)
        }
    }

    @Test func theyAreNotRegisteredBesideAnother() async throws {
        try fixture.agent("other")
        try await fixture.chat.registerDefaultAgents()
        #expect(try ids() == ["other"])
    }

    @Test func repeatingLeavesWhatWasMadeOfThem() async throws {
        try await fixture.chat.registerDefaultAgents()
        let changes = try record(#"{"name":"Renamed"}"#)
        _ = try fixture.perform(.updateAgent(Identifier("chloe"), changes))
        try await fixture.chat.registerDefaultAgents()
        #expect(try ids() == ["chloe", "phil_connors"])
        let name = try fixture.read { try $0.agent(Identifier("chloe"))?.fields.string("name") }
        #expect(name == "Renamed")
    }

    /// Several processes may start at once: two cards, not four.
    @Test func startingAtOnceRegistersEachOnce() async throws {
        let chat = fixture.chat
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await chat.registerDefaultAgents() } }
            try await group.waitForAll()
        }
        #expect(try ids() == ["chloe", "phil_connors"])
        #expect(try fixture.eventsCount == 2)
    }
}
