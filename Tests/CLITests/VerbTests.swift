import Foundation
import HansardRecords
import Testing

private let newVerbs = ["append", "events", "follow", "projections", "doctor"]
private let readingVerbs = [
    "events", "projections", "stats", "doctor", "follow --limit 3 --from start",
]

/// The common behaviour of all verbs for operators.
@Suite struct VerbTests {
    @Test(arguments: newVerbs) func helpHasExamples(verb: String) throws {
        let help = try Workspace().run("help", verb)
        #expect(help.status == 0 && help.errors == "")
        #expect(help.output.contains("EXAMPLES\n  hansard \(verb)"))
        #expect(help.output.contains("--json"))
    }

    @Test(arguments: readingVerbs) func jsonIsJSON(verb: String) throws {
        let run = try Workspace.withExcerpt().shell("$hansard \(verb) --json")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try !run.records().isEmpty)
    }

    @Test(arguments: ["events", "projections", "follow"]) func whatIsNoStore(verb: String) throws {
        let run = try Workspace().run(verb)
        #expect(run.status == 1)
        #expect(run.output == "" && run.errors.contains("hansard init"))
    }

    @Test(arguments: ["append --lines", "events", "follow", "projections", "doctor"])
    func unknownOptionsAreNamed(verb: String) throws {
        let run = try Workspace.withStore().shell("$hansard \(verb) --frobnicate")
        #expect(run.status == 64)
        #expect(run.errors.contains("--frobnicate"))
    }

    @Test(arguments: readingVerbs) func noEscapeCodesInAPipe(verb: String) throws {
        let run = try Workspace.withExcerpt().shell("TERM=xterm-256color $hansard \(verb)")
        #expect(run.status == 0)
        #expect(!(run.output + run.errors).contains("\u{1B}"))
    }

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "needs script(1)"),
        arguments: readingVerbs)
    func coloursOnATerminalUnlessNotWanted(verb: String) throws {
        let workspace = try Workspace.withExcerpt()
        func shown(_ environment: String) throws -> String {
            try workspace.shell("\(environment) script -qec '$hansard \(verb)' /dev/null").output
        }
        #expect(try shown("TERM=xterm").contains("\u{1B}[2m"))
        #expect(try !shown("TERM=xterm NO_COLOR=1").contains("\u{1B}"))
        #expect(try !shown("TERM=dumb").contains("\u{1B}"))
    }

    @Test func theTableFitsTheTerminal() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else { return }
        let workspace = try Workspace.withExcerpt()
        for columns in [80, 100, 200] {
            let run = try workspace.shell(
                "NO_COLOR=1 script -qec 'stty cols \(columns); $hansard events' /dev/null")
            let lines = run.output.replacingOccurrences(of: "\r", with: "").split(separator: "\n")
            #expect(lines.count == 601)
            // Of ASCII, so that a character is a column; the table's own tests have the others.
            let long = lines.filter { $0.utf8.count == $0.count && $0.count > columns }
            #expect(long.isEmpty, "\(columns): \(long.first ?? "")")
        }
    }

    @Test func versionsOfEverything() throws {
        let run = try Workspace().run("--version")
        #expect(run.status == 0 && run.errors == "")
        for name in ["hansard ", "log format 1", "LMDB ", "zstd ", "MessagePack "] {
            #expect(run.output.contains(name), "\(run.output)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completions(shell: String) throws {
        let workspace = try Workspace()
        let run = try workspace.run("--generate-completion-script", shell)
        #expect(run.status == 0)
        for word in newVerbs + ["store", "stream"] { #expect(run.output.contains(word)) }
        let path = try workspace.file("completions", Data(run.output.utf8))
        if shell == "bash" { #expect(try workspace.shell("bash -n \(path)").errors == "") }
    }

    @Test func theHelpListsEveryStatus() throws {
        let help = try Workspace().run("--help").output
        for status in ["0 ", "1 ", "2 ", "3 ", "64 ", "65 ", "130 "] {
            #expect(help.contains("\n  \(status)"), "\(status)")
        }
        #expect(help.contains("--generate-completion-script"))
    }

    /// The pipe is full when the interruption comes, so that it comes in the middle.
    @Test func interruptedEventsEndWithAWholeLine() throws {
        let workspace = try Workspace.withExcerpt()
        let process = workspace.process("events", "--json")
        try expectWholeLines(of: process, fewerThan: 600)
    }

    @Test func statsTellCompressionAndMapUse() throws {
        let workspace = try Workspace.withExcerpt()
        let stats = try #require(try workspace.run("stats", "--json").records().first)
        guard case .double(let ratio)? = stats.field("compression_ratio") else {
            Issue.record("no ratio")
            return
        }
        #expect(ratio > 2 && ratio < 10)
        let log = try #require(stats.record("log"))
        let (used, all) = (log.integer("map_used_bytes") ?? 0, log.integer("map_bytes") ?? 0)
        #expect(used > 0 && used < all)
        let text = try workspace.run("stats").output
        #expect(text.contains("compression   \(String(format: "%.2f", ratio))×"))
        let empty = try #require(
            try Workspace.withStore().run("stats", "--json").records().first)
        #expect(empty.isNull("compression_ratio"))
    }
}
