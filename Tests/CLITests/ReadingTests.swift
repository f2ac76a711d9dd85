import Foundation
import HansardRecords
import Testing

@Suite struct ReadingTests {
    @Test func exportEqualsImport() throws {
        let workspace = try Workspace.withExcerpt()
        let excerpt = try String(contentsOfFile: Workspace.excerpt, encoding: .utf8)
        #expect(try workspace.run("export").output == excerpt)
        let lines = excerpt.split(separator: "\n").map(String.init)
        let middle = try workspace.run("export", "--from", "10", "--to", "12").output
        #expect(middle == lines[9...11].map { $0 + "\n" }.joined())
        #expect(try workspace.run("export", "--from", "1000000").output == "")
    }

    @Test func exportToAFileReplacesOnlyWhenForced() throws {
        let workspace = try Workspace.withExcerpt()
        let path = try workspace.file("taken", Data("precious".utf8))
        let refused = try workspace.run("export", "-o", path)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--force"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        #expect(try workspace.run("export", "-o", path, "--force").status == 0)
        let excerpt = try String(contentsOfFile: Workspace.excerpt, encoding: .utf8)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == excerpt)
        let names = try FileManager.default.contentsOfDirectory(atPath: workspace.directory.path)
        #expect(names.filter { $0.contains(".part-") } == [])
    }

    @Test(arguments: [[], ["--newest-first"]]) func pagesGiveEveryMessageOnce(more: [String]) throws
    {
        let workspace = try Workspace.withExcerpt()
        let sessions = try workspace.run("sessions", "--json", "--limit", "1000").records()
        let session = try #require(sessions.max { count($0) < count($1) })
        let id = try #require(session.string("id"))
        let direction = more.joined(separator: " ")
        let whole = try workspace.shell(
            "$hansard session \(id) --json --limit 1000000 \(direction)")
        var pages = ""
        var rest = ""
        repeat {
            let page = try workspace.shell(
                "$hansard session \(id) --json --limit 3 \(direction) \(rest)")
            #expect(page.status == 0)
            pages += page.output
            rest = cursor(in: page.errors)
        } while !rest.isEmpty
        #expect(pages == whole.output)
        #expect(try whole.records().count == 1 + count(session))
        #expect(try whole.records().first?.record("session") == session)
        #expect(count(session) > 6)
    }

    @Test func pagesGiveEverySessionOnce() throws {
        let workspace = try Workspace.withExcerpt()
        let whole = try workspace.shell("$hansard sessions --json --limit 100000")
        var pages = ""
        var rest = ""
        repeat {
            let page = try workspace.shell("$hansard sessions --json --limit 7 \(rest)")
            pages += page.output
            rest = cursor(in: page.errors)
        } while !rest.isEmpty
        #expect(pages == whole.output)
        let oldestFirst = try workspace.run(
            "sessions", "--json", "--limit", "100000", "--oldest-first")
        #expect(
            oldestFirst.output.split(separator: "\n").reversed()
                == whole.output.split(separator: "\n"))
    }

    @Test func readablePagesSayHowToGoOn() throws {
        let workspace = try Workspace.withExcerpt()
        let page = try workspace.run("sessions", "--limit", "2")
        let command = try #require(page.output.firstRange(of: "hansard sessions --after "))
        let line = page.output[command.lowerBound...].prefix { $0 != "\n" }
        let next = try workspace.shell(
            line.replacingOccurrences(of: "hansard sessions", with: "$hansard sessions"))
        #expect(next.status == 0)
        #expect(next.output.contains("There is more: "))
        #expect(next.output != page.output)
    }

    @Test func aCursorOfAnotherSessionIsRefused() throws {
        let workspace = try Workspace.withExcerpt()
        let ids = try workspace.run("sessions", "--json").records().filter { count($0) > 2 }
            .compactMap { $0.string("id") }
        let page = try workspace.run("session", ids[0], "--json", "--limit", "1")
        let other = try workspace.shell("$hansard session \(ids[1]) \(cursor(in: page.errors))")
        #expect(other.status == 1)
        #expect(other.errors.contains("another list"))
        #expect(try workspace.run("session", ids[0], "--after", "xyz").status == 64)
    }

    @Test func aMessageIsShownInFull() throws {
        let workspace = try Workspace.withStore()
        let long = String(repeating: "word ", count: 500) + "end"
        let lines = [Line.session("s", title: "The title"), Line.message("m", in: "s", long)]
        #expect(try workspace.run("import", "-q", workspace.file("a", lines: lines)).status == 0)
        let shown = try workspace.run("message", "m").output
        #expect(shown.contains(long))
        #expect(shown.contains("position  2"))
        #expect(shown.contains("session   s"))
        #expect(shown.contains("recorded  20"))
        let json = try #require(try workspace.run("message", "m", "--json").records().first)
        #expect(json.string("message_uuid") == "m")
        #expect(json.integer("id") == 2)
        let session = try workspace.run("session", "s").output
        #expect(
            session.hasPrefix("The title\nsession s\ncreated 2025-03-03T07:00:00Z, 1 message, "))
    }

    @Test(arguments: ["session", "message"]) func tellsWhatIsNotThere(verb: String) throws {
        let workspace = try Workspace.withStore()
        for more in ["", "--json"] {
            let run = try workspace.shell("$hansard \(verb) nobody \(more)")
            #expect(run.status == 1)
            #expect(run.output == "")
            let start = more.isEmpty ? "hansard: " : #"{"error":""#
            #expect(run.errors.hasPrefix("\(start)there is no \(verb) 'nobody'"), "\(run.errors)")
        }
    }

    private func count(_ session: Record) -> Int { Int(session.integer("messages_count") ?? 0) }

    /// The option that begins the next page; empty after the last.
    private func cursor(in errors: String) -> String {
        let words = errors.split(whereSeparator: \.isWhitespace)
        guard let index = words.firstIndex(of: "--after") else { return "" }
        return "--after \(words[index + 1])"
    }
}
