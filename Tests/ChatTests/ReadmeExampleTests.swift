import Foundation
import Hansard
import HansardChat
import HansardRecords
import HansardTesting
import Testing

/// The example of README.md, as it stands there.
@Suite struct ReadmeExampleTests {
    @Test func theExampleWorksAsOftenAsItIsRun() async throws {
        let directory = try TemporaryDirectory()
        for _ in 1...3 { try await run(at: directory.path("record")) }
    }

    private func run(at path: String) async throws {
        try Store.createIfMissing(at: path)
        let chat = try Chat.open(path)

        let session = try Record(json: #"{"id":"s1","title":"First"}"#)
        _ = try await chat.perform(.createSession(session))

        let message = try Record(
            json: """
                {"message_uuid":"m1","session_id":"s1","type":"user","parts":[{"type":"text","content":"hello"}]}
                """)
        let stored = try await chat.perform(.createMessage(message))
        #expect(stored.position == Position(2))

        let page = try chat.read { try $0.messages(ofSession: Identifier("s1"), limit: 50) }
        let first = try #require(page?.items.first)
        #expect(first.position == Position(2) && page?.items.count == 1)
        #expect(try first.fields.json().contains(#""content":"hello""#))
        try chat.store.close()
    }

    /// Line by line, but for what prints.
    @Test func itStandsInTheReadme() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let test = try String(contentsOfFile: #filePath, encoding: .utf8)
        let lines = Set(test.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
        let snippet = readme.components(separatedBy: "```swift\n")[1]
            .components(separatedBy: "```")[0].components(separatedBy: "let path = ")[1]
        let code = snippet.split(separator: "\n").dropFirst().filter {
            !$0.contains("print(") && !$0.hasPrefix("let message = ") && !$0.hasPrefix("import")
        }
        #expect(code.count > 6)
        for line in code {
            let line = line.trimmingCharacters(in: .whitespaces)
            #expect(lines.contains(line), "\(line)")
        }
    }
}
