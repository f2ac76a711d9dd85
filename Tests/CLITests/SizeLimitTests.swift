import Foundation
import Hansard
import HansardChat
import HansardRecords
import HansardTesting
import Testing

/// Both sides of the 16 MiB an event may take, on every way in.
@Suite(.serialized) struct SizeLimitTests {
    private static let limit = 16 << 20

    /// The bytes of an event besides a text in it, by the refusal of one that is too large.
    private func envelope(_ refusal: String, textBytes: Int) throws -> Int {
        let match = try #require(
            refusal.firstMatch(of: /takes (\d+) bytes, more than the limit of 16777216/))
        return try #require(Int(match.1)) - textBytes
    }

    private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test func throughTheLibrary() async throws {
        let directory = try TemporaryDirectory()
        try Store.create(at: directory.path("store"))
        let chat = try Chat.open(directory.path("store"))
        _ = try await chat.perform(.createSession(Record(json: #"{"id":"s"}"#)))
        func create(_ id: String, _ count: Int) async throws(HansardError) {
            let record = Record.empty.setting("message_uuid", to: .string(id))
                .setting("session_id", to: "s").setting("t", to: .string(text(count)))
                .setting("created_at", to: "2025-03-03T07:00:00Z")
            _ = try await chat.perform(.createMessage(record))
        }
        let refusal = await #expect(throws: HansardError.self) { try await create("a", Self.limit) }
        let most = Self.limit - (try envelope("\(try #require(refusal))", textBytes: Self.limit))
        let above = await #expect(throws: HansardError.self) { try await create("b", most + 1) }
        #expect(above?.code == .tooLarge)
        try await create("c", most)
        try await create("d", 1)
        let found = try chat.read { view in
            try ["a", "b", "c", "d"].map {
                try view.message(Identifier($0))?.fields.string("t")?.utf8.count
            }
        }
        #expect(found == [nil, nil, most, 1])
        try chat.store.close()
    }

    @Test func throughImport() throws {
        let workspace = try Workspace.withStore()
        func run(_ count: Int) throws -> CommandRun {
            let lines = [
                Line.session("s"), Line.message("before\(count)", in: "s"),
                Line.message("m\(count)", in: "s", text(count)),
                Line.message("after\(count)", in: "s"),
            ]
            return try workspace.run(
                "import", "--keep-going", "--json", workspace.file("a", lines: lines))
        }
        let refused = try run(Self.limit)
        #expect(refused.status == 65 && refused.errors.contains("line 3"), "\(refused.errors)")
        // The id is a digit or so shorter or longer than that of the next.
        let most = Self.limit - (try envelope(refused.errors, textBytes: Self.limit))
        #expect(try run(most + 1).status == 65)
        let taken = try run(most)
        #expect(taken.status == 0, "\(taken.errors)")
        #expect(try workspace.run("message", "m\(most)").status == 0)
        for count in [Self.limit, most + 1, most] {
            #expect(try workspace.run("message", "after\(count)").status == 0)
        }
        #expect(try workspace.run("verify").status == 0)
        // It comes back.
        let exported = try workspace.file("b", Data(try workspace.run("export").output.utf8))
        let other = try Workspace.withStore()
        #expect(try other.run("import", "-q", exported).status == 0)
    }

    @Test func throughAppend() throws {
        let workspace = try Workspace.withStore()
        func event(_ count: Int) -> Data { Data(#"{"t":"\#(text(count))"}"#.utf8) }
        func run(_ count: Int) throws -> CommandRun {
            try workspace.run(
                "append", "--stream", "a/b", "--type", "t", "--id", "fixed", "--data", "-",
                input: event(count))
        }
        let refused = try run(Self.limit)
        #expect(refused.status == 65 && refused.errors.contains("Nothing was appended"))
        let most = Self.limit - (try envelope(refused.errors, textBytes: Self.limit))
        #expect(try run(most + 1).status == 65)
        let line = { (count: Int) in
            Data(#"{"stream":"a/b","type":"t","data":{"t":"\#(self.text(count))"}}"#.utf8)
        }
        let lines = Data(#"{"stream":"a/b","type":"t"}"#.utf8) + Data("\n".utf8) + line(most + 100)
        let both = try workspace.run("append", "--lines", input: lines)
        #expect(both.status == 65 && both.errors.contains("Nothing was appended"), "\(both.errors)")
        #expect(try workspace.run("stats", "--json").records().first?.integer("head") == 0)
        #expect(try run(most).status == 0)
        #expect(try workspace.run("verify").status == 0)
    }
}
