import Foundation
import HansardRecords
import Testing

/// A line between two good ones that can't be imported, and what is said of it.
struct BadLine: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: Data
    /// After the line's number.
    let said: [String]

    init(_ name: String, _ line: String, says said: String...) {
        self.init(name, Data(line.utf8), said)
    }

    init(_ name: String, _ bytes: Data, _ said: [String]) {
        testDescription = name
        self.bytes = bytes
        self.said = said
    }

    private static let time = #""created_at":"2025-03-03T07:00:00Z""#
    private static func message(_ fields: String) -> String {
        #"{"op":"create_message",\#(fields)}"#
    }

    static let all = [
        BadLine("no JSON", #"{"op":"create_session",oops}"#, says: ", column 24: "),
        BadLine("cut off JSON", #"{"op":"create_session""#, says: ", column 23: "),
        BadLine("not an object", "[1]", says: ", column 1: ", "object"),
        BadLine(
            "unknown op", #"{"op":"drop_session"}"#, says: "unknown op 'drop_session'",
            "create_session"),
        BadLine("op missing", #"{"session_id":"a"}"#, says: "'op' is missing"),
        BadLine(
            "field missing", message(#""message_uuid":"x",\#(time)"#),
            says: "'session_id' is missing"),
        BadLine(
            "wrong type", message(#""message_uuid":"x","session_id":"s","parts":"text",\#(time)"#),
            says: "'parts' must be a list"),
        BadLine(
            "id of wrong type", message(#""message_uuid":7,"session_id":"s",\#(time)"#),
            says: "message_uuid", "text"),
        BadLine(
            "no such session", Line.message("x", in: "elsewhere"),
            says: "session/elsewhere does not exist"),
        BadLine(
            "same id, other content", Line.message("before", in: "s", "other words"),
            says: "before", "other content"),
        BadLine(
            "session with other content", Line.session("s", title: "another"), says: "session s",
            "other content"),
        BadLine(
            "invalid UTF-8",
            Data(#"{"op":"create_session","title":"a"#.utf8) + Data([0xFF]) + Data(#""}"#.utf8),
            [", column 34: ", "UTF-8"]),
        BadLine(
            "raw NUL", Data(#"{"op":"create_session","title":""#.utf8) + Data([0]),
            [", column 33: "]),
        BadLine(
            "long id", Line.message(String(repeating: "x", count: 10_000), in: "s"),
            says: "255 bytes", "10000"),
        BadLine("empty id", Line.session(""), says: "empty"),
        BadLine(
            "no time", message(#""message_uuid":"x","session_id":"s","created_at":"yesterday""#),
            says: "created_at", "time"),
        BadLine(
            "impossible time",
            message(#""message_uuid":"x","session_id":"s","created_at":"2025-02-30T00:00:00Z""#),
            says: "created_at"),
    ]
}

@Suite struct BadInputTests {
    private func input(_ bad: BadLine) -> Data {
        let before = [Line.session("s"), Line.message("before", in: "s")]
        let after = [Line.message("after", in: "s")]
        return Data(before.map { $0 + "\n" }.joined().utf8) + bad.bytes + Data("\n".utf8)
            + Data(after.map { $0 + "\n" }.joined().utf8)
    }

    private func expectMentions(_ bad: BadLine, _ errors: String) {
        #expect(errors.contains("hansard: standard input: line 3"), "\(errors)")
        for said in bad.said { #expect(errors.contains(said), "\(errors)") }
    }

    @Test(arguments: BadLine.all) func stopsAndKeepsWhatWasBefore(bad: BadLine) throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.run("import", input: input(bad))
        #expect(run.status == 65)
        expectMentions(bad, run.errors)
        #expect(run.errors.contains("--keep-going"))
        #expect(try workspace.run("message", "before").status == 0)
        #expect(try workspace.run("verify").status == 0)
    }

    @Test(arguments: BadLine.all) func keepsGoing(bad: BadLine) throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.run("import", "--keep-going", "--json", input: input(bad))
        #expect(run.status == 65)
        expectMentions(bad, run.errors)
        let summary = try #require(try run.records().first)
        #expect(summary.integer("added") == 3)
        #expect(summary.integer("failed") == 1)
        #expect(try workspace.run("message", "after").status == 0)
        #expect(try workspace.run("verify").status == 0)
    }

    /// With `--json` a refused line has the fields of any other error, and its place.
    @Test func aRefusedLineIsDataWithJSON() throws {
        let workspace = try Workspace.withStore()
        let first = try workspace.file(
            "first", lines: [Line.session("s"), Line.message("m", in: "s")])
        #expect(try workspace.run("import", "-q", first).status == 0)
        let twice = #"{"op":"create_session","a":1,"a":2}"#
        let path = try workspace.file("second", lines: ["", twice])
        let run = try workspace.run("import", "--json", path)
        let error = try Record(json: run.errors)
        #expect(run.status == 65 && error.integer("status") == 65)
        #expect(error.string("code") == "duplicate_key" && error.string("class") == "request")
        #expect(error.integer("line") == 2 && error.integer("column") == 30)
        #expect(error.string("advice") == "keep one of them" && error.string("path") == path)
        #expect(error.string("what")?.contains("keep one") == false)
        #expect(error.string("error")?.contains("keep one of them") == true)

        let other = Data(Line.message("m", in: "s", "other words").utf8)
        let conflict = try workspace.run("import", "--json", input: other)
        let fields = try Record(json: conflict.errors)
        #expect(fields.string("code") == "id_conflict" && fields.integer("line") == 1)
        #expect(fields.integer("position") == 2 && fields.string("stream") == "session/s")
        #expect(!fields.contains("path") && !fields.contains("column"))
        #expect(fields.string("advice") == "use a new id for a new fact")
    }

    /// A file that can't be opened or read is no line's fault.
    @Test func anUnreadableFileIsDataWithJSON() throws {
        let workspace = try Workspace.withStore()
        for (path, code, status) in [
            (workspace.path("none"), "not_found", Int32(65)),
            (workspace.path("directory"), "system", 1),
        ] {
            let made = try workspace.shell("mkdir -p $(dirname $store)/directory")
            #expect(made.status == 0)
            let run = try workspace.run("import", "--json", path)
            let error = try Record(json: run.errors)
            #expect(run.status == status && error.string("code") == code, "\(run.errors)")
            #expect(error.string("path") == path && !error.contains("line"))
        }
    }

    @Test func aLineOfAHundredMegabytes() throws {
        let workspace = try Workspace.withStore()
        let text = String(repeating: "x", count: 100_000_000)
        let bad = BadLine("long", Line.message("x", in: "s", text), says: "16777216", "bytes")
        let run = try workspace.run("import", "--keep-going", "--json", input: input(bad))
        #expect(run.status == 65)
        expectMentions(bad, run.errors)
        let summary = try #require(try run.records().first)
        #expect(summary.integer("added") == 3)
        let peak = try #require(summary.integer("anonymous_peak_bytes"))
        #expect(peak < 160 << 20)
    }

    @Test func aRecordTooLargeForTheStore() throws {
        let workspace = try Workspace.withStore()
        let text = String(repeating: "x", count: 20_000_000)
        let bad = BadLine("large", Line.message("x", in: "s", text), says: "16777216", "bytes")
        let run = try workspace.run("import", input: input(bad))
        #expect(run.status == 65)
        expectMentions(bad, run.errors)
        #expect(try workspace.run("verify").status == 0)
    }

    @Test func aTruncatedFile() throws {
        let workspace = try Workspace.withExcerpt()
        #expect(try workspace.run("export", "-q", "-o", workspace.path("a.zst")).status == 0)
        let whole = try Data(contentsOf: URL(fileURLWithPath: workspace.path("a.zst")))
        let part = try workspace.file("part.zst", whole.prefix(whole.count * 9 / 10))
        let other = try Workspace.withStore()
        let run = try other.run("import", part)
        #expect(run.status == 65)
        #expect(run.errors.contains("cut off"))
        #expect(run.errors.contains("part.zst"))
        #expect(try other.run("verify").status == 0)
        let imported = try other.run("export").output
        let excerpt = try String(contentsOfFile: Workspace.excerpt, encoding: .utf8)
        #expect(excerpt.hasPrefix(imported) && imported.hasSuffix("\n"))
        #expect(try other.run("import", "-q", workspace.path("a.zst")).status == 0)
        #expect(try other.run("export").output == excerpt)
    }

    @Test func aDamagedFile() throws {
        let workspace = try Workspace.withExcerpt()
        #expect(try workspace.run("export", "-q", "-o", workspace.path("a.zst")).status == 0)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: workspace.path("a.zst")))
        bytes[bytes.count - 2] ^= 0xFF  // In the checksum at the end.
        let other = try Workspace.withStore()
        let run = try other.run("import", try workspace.file("bad.zst", bytes))
        #expect(run.status == 65)
        #expect(run.errors.contains("damaged"))
        #expect(try other.run("verify").status == 0)
    }

    @Test func nothingIsImportedFromNothing() throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.run("import", input: Data("\n  \n".utf8))
        #expect(run.status == 0)
        #expect(try head(workspace) == 0)
        #expect(try workspace.run("sessions").output == "no sessions\n")
        #expect(try workspace.run("export").output == "")
    }
}
