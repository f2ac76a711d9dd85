import ExampleProjections
import Hansard
import HansardChat
import HansardProjections
import HansardRecords
import Testing

/// The example in Projections/Examples, as the README there uses it.
@Suite struct ExampleProjectionTests {
    @Test func countsTheWordsOfEachAgent() async throws {
        let fixture = try ChatFixture()
        try fixture.chat.store.close()
        let words = ProjectionUnit(name: "words", version: 1, projections: [WordsPerAgent()])
        let store = try Store.open(fixture.path + "/store", units: ChatUnits.all + [words])
        let chat = Chat(store: store)
        let session = try Identifier("s")
        _ = try await chat.perform(.createSession(.empty.setting("id", to: session)))
        for (agent, text) in [("a", "one two"), ("b", "three"), ("a", "four  five\nsix")] {
            let message = try Record([
                ("session_id", "s"), ("agent_id", .string(agent)),
                ("parts", [["type": "text", "content": .string(text)]]),
            ])
            _ = try await chat.perform(.createMessage(message))
        }
        let counts = try store.read { view in
            try ["a", "b", "c"].map { try view.words(ofAgent: Identifier($0)) }
        }
        #expect(counts == [5, 1, 0])
    }
}
