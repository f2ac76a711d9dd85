import Foundation
import HansardRecords
import Testing

@Suite struct ImportTests {
    /// Ids are any text of 1 to 255 bytes.
    @Test func idsWithANUL() throws {
        let workspace = try Workspace.withStore()
        let lines = [Line.session(#"s\u0000"#), Line.message(#"a\u0000b"#, in: #"s\u0000"#)]
        let path = try workspace.file("a", lines: lines)
        #expect(try workspace.run("import", "-q", path).status == 0)
        #expect(try workspace.run("export").output == lines.map { $0 + "\n" }.joined())
        let own = #"{"stream":"a/b\u0000","type":"t","id":"a\u0000","claims":["\u0000"]}"#
        let appended = try workspace.run("append", "--lines", "--json", input: Data(own.utf8))
        #expect(appended.status == 0, "\(appended.errors)")
        #expect(try appended.records().first?.string("id") == "a\u{0}")
        #expect(try workspace.run("verify").status == 0)
    }

    @Test func importingTwiceAddsNothing() throws {
        let workspace = try Workspace.withStore()
        let first = try #require(
            try workspace.run("import", "--json", Workspace.excerpt).records().first)
        let again = try workspace.run("import", "--json", Workspace.excerpt)
        let second = try #require(try again.records().first)
        #expect(again.status == 0)
        #expect(first.integer("added") == first.integer("lines"))
        #expect(first.integer("already_there") == 0)
        #expect(second.integer("added") == 0)
        #expect(second.integer("already_there") == first.integer("added"))
        #expect(try head(workspace) == first.integer("added"))
    }

    @Test func readsCompressedFilesAndStandardInput() throws {
        let lines = try Data(contentsOf: URL(fileURLWithPath: Workspace.excerpt))
        let workspace = try Workspace.withExcerpt()
        #expect(try workspace.run("export", "--output", workspace.path("a.jsonl.zst")).status == 0)
        let compressed = try Data(contentsOf: URL(fileURLWithPath: workspace.path("a.jsonl.zst")))
        #expect(compressed.count < lines.count / 2)

        for input in [lines, compressed] {
            let other = try Workspace.withStore()
            #expect(try other.run("import", input: input).status == 0)
            #expect(try Data(other.run("export").output.utf8) == lines)
        }
        let other = try Workspace.withStore()
        #expect(try other.run("import", workspace.path("a.jsonl.zst")).status == 0)
        #expect(try Data(other.run("export").output.utf8) == lines)
    }

    @Test func readsSeveralFilesInOrder() throws {
        let workspace = try Workspace.withStore()
        let first = try workspace.file("a.jsonl", lines: [Line.session("s")])
        let second = try workspace.file("b.jsonl", lines: [Line.message("m", in: "s")])
        let run = try workspace.run("import", first, second)
        #expect(run.status == 0)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("added 2, already there 0, failed 0 in "))
    }

    @Test func quietSaysNothing() throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.run("import", "--quiet", Workspace.excerpt)
        #expect(run.status == 0)
        #expect(run.output + run.errors == "")
    }

    @Test func tellsOfAMissingFile() throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.run("import", workspace.path("nothing.jsonl"))
        #expect(run.status == 65)
        #expect(run.errors.contains("nothing.jsonl"))
        #expect(run.errors.contains("No such file"))
    }

    @Test func interruptedItStopsAndGoesOnWhenRunAgain() throws {
        let workspace = try Workspace.withStore()
        let excerpt = try Data(contentsOf: URL(fileURLWithPath: Workspace.excerpt))
        let process = workspace.process("import", "--keep-going")
        let (input, errors) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        // The input stays open: only the signal ends the import. Enough to have the first lines
        // imported, among them one that is reported, which tells that signals are looked after.
        try input.fileHandleForWriting.write(contentsOf: Data("no JSON\n".utf8))
        for _ in 0..<12 { try input.fileHandleForWriting.write(contentsOf: excerpt) }
        try input.fileHandleForWriting.write(contentsOf: Data(#"{"op":"create_ses"#.utf8))
        var said = errors.fileHandleForReading.availableData
        process.interrupt()
        process.waitUntilExit()
        said += try errors.fileHandleForReading.readToEnd() ?? Data()
        try input.fileHandleForWriting.close()

        let text = String(decoding: said, as: UTF8.self)
        #expect(process.terminationStatus == 130)
        #expect(text.contains("standard input: line 1, column 1: "))
        #expect(text.contains("hansard: interrupted: "))
        #expect(text.contains("run the same import again"))
        #expect(try workspace.run("verify").status == 0)
        #expect(try workspace.run("import", Workspace.excerpt).status == 0)
        #expect(try Data(workspace.run("export").output.utf8) == excerpt)
    }
}

/// The store's last position, as `stats` tells it.
func head(_ workspace: Workspace) throws -> Int64? {
    try workspace.run("stats", "--json").records().first?.integer("head")
}
