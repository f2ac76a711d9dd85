import Hansard
import HansardChat
import HansardTesting
import Records
import Testing

/// The example of README.md, as it stands there.
@Suite struct ReadmeExampleTests {
    @Test func theExampleWorks() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/record"
        try Store.create(at: path)
        let chat = try Chat.open(path)

        let session = try Record(json: #"{"id":"s1","title":"First"}"#)
        _ = try await chat.perform(.createSession(session))

        let message = try Record(
            json: """
                {"session_id":"s1","type":"user","parts":[{"type":"text","content":"hello"}]}
                """)
        let stored = try await chat.perform(.createMessage(message))
        #expect(stored.position == Position(2))

        let page = try chat.read { try $0.messages(ofSession: Identifier("s1"), limit: 50) }
        let first = try #require(page?.items.first)
        #expect(first.position == Position(2))
        #expect(try first.fields.json().contains(#""content":"hello""#))
        try chat.store.close()
    }
}
