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

        let session = try Record(json: #"{"title":"First","created_at":"2026-01-01T10:00:00Z"}"#)
        _ = try await chat.store.append(ChatEvents.sessionCreated(Identifier("s1"), session))

        let message = try Record(
            json: """
                {"message_uuid":"m1","session_id":"s1","type":"user","created_at":"2026-01-01T10:00:01Z",
                 "parts":[{"type":"text","content":"hello"}]}
                """)
        let appended = try await chat.store.append(ChatEvents.messageCreated(message))
        #expect(appended.first == Position(2))

        let page = try chat.store.read { try $0.messages(ofSession: Identifier("s1"), limit: 50) }
        let first = try #require(page?.items.first)
        #expect(first.position == Position(2))
        #expect(try first.fields.json().contains(#""content":"hello""#))
        try chat.store.close()
    }
}
