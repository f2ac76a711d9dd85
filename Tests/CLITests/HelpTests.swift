import ArgumentParser
import Foundation
import Hansard
import Testing

@testable import HansardCLI

/// A verb as it is written, `index list`, with the examples of its help.
private struct Verb: CustomTestStringConvertible {
    let words: [String]
    let command: any ParsableCommand.Type

    var testDescription: String { words.joined(separator: " ") }

    /// The lines below the heading EXAMPLES, as they are in the help.
    var exampleLines: [String] {
        let lines = command.configuration.discussion.split(separator: "\n")
        guard let heading = lines.firstIndex(of: "EXAMPLES") else { return [] }
        return lines[(heading + 1)...].prefix { $0.hasPrefix("  ") }.map(String.init)
    }

    /// Commands such as `hansard session ID | head`; one may take several lines.
    var examples: [String] {
        exampleLines.reduce(into: []) { examples, line in
            let text = String(line.dropFirst(2))
            if examples.last?.hasSuffix("\\") == true {
                examples[examples.count - 1] += "\n" + text
            } else {
                examples.append(text)
            }
        }
    }

    /// The help as a terminal of 80 columns shows it.
    var help: String { HansardCommand.helpMessage(for: command, columns: 80) }

    /// The help without line breaks in its prose.
    var unwrappedHelp: String { HansardCommand.helpMessage(for: command, columns: 10_000) }

    /// The sentences of the help, without examples and without the names in front of them.
    var sentences: [String] {
        let examples = Set(exampleLines)
        return unwrappedHelp.split(separator: "\n").map(String.init).filter {
            !examples.contains($0) && !$0.hasPrefix("USAGE: ")
        }.flatMap { line in
            let text = line.components(separatedBy: "  ").last ?? line
            return text.replacing(#/([.?!]) /#) { "\($0.output.1)\n" }.split(separator: "\n")
                .map(String.init)
        }
    }

    /// A verb and all below it.
    static func all(_ command: any ParsableCommand.Type, _ words: [String] = []) -> [Verb] {
        [Verb(words: words, command: command)]
            + command.configuration.subcommands.flatMap {
                all($0, words + [$0.configuration.commandName ?? ""])
            }
    }
}

@Suite struct HelpTests {
    private let verbs = Verb.all(HansardCommand.self)

    @Test func everyVerbHasExamplesThatAreNotWrapped() throws {
        #expect(verbs.count > 40)
        for verb in verbs {
            #expect(!verb.examples.isEmpty, "\(verb.testDescription) has no examples")
            let lines = Set(verb.help.split(separator: "\n").map(String.init))
            // Tables too: what is indented is not prose.
            for line in verb.command.configuration.discussion.split(separator: "\n")
            where line.hasPrefix(" ") {
                #expect(lines.contains(String(line)), "\(verb.testDescription): \(line)")
            }
            let name = (["hansard"] + verb.words).joined(separator: " ")
            #expect(
                verb.examples.contains { $0.contains(name) }, "\(verb.testDescription): of others")
        }
    }

    @Test func everySentenceHasAtMost25Words() {
        var count = 0
        for verb in verbs {
            for sentence in verb.sentences {
                count += 1
                let words = sentence.split(separator: " ").count
                #expect(words <= 25, "\(verb.testDescription), \(words) words: \(sentence)")
            }
        }
        #expect(count > 1_000)
    }

    /// The options of external checkpoints are in the help of verbs that append or look there; all
    /// verbs that open a store take them.
    @Test func verbsThatAppendHaveOptionsOfCheckpoints() throws {
        let telling = verbs.filter { verb in
            verb.help.contains("  --checkpoint-dir <dir>")
                && verb.help.contains("  --checkpoint-command <")
        }
        #expect(
            Set(telling.map(\.testDescription)) == [
                "append", "checkpoint", "contexts remove-expired", "delete", "dictionary train",
                "doctor", "import", "index compact", "key rotate", "log export", "message", "prove",
                "rebuild", "redact", "stats", "trim",
            ])
        let before = try HansardCommand.parseAsRoot(
            ["--store", "a", "--checkpoint-dir", "b", "checkpoint", "--checkpoint-command", "c"])
        let store = try #require((before as? CheckpointCommand)?.store)
        #expect(try store.path() == "a")
        #expect(store.settings.checkpointDirectory == "b" && store.settings.checkpointCommand == "c")
        let reading = try HansardCommand.parseAsRoot(["sessions", "--checkpoint-dir", "b"])
        #expect((reading as? SessionsCommand)?.store.settings.checkpointDirectory == "b")
    }

    @Test(arguments: [["help", "session"], ["session", "--help"], ["session", "-h"]])
    func theProgramPrintsThemSo(words: [String]) throws {
        let workspace = try Workspace()
        let help = try workspace.shell("$hansard \(words.joined(separator: " "))")
        #expect(help.status == 0 && help.errors == "")
        for verb in verbs where verb.words == ["session"] {
            for line in verb.exampleLines { #expect(help.output.contains("\n\(line)\n")) }
        }
    }

    /// The shell takes each apart; what `hansard` is given then is a command line it takes.
    @Test func everyExampleIsACommandLine() throws {
        let workspace = try Workspace()
        let script = """
            cd "$(dirname "$store")"; mkdir -p .zsh/completions; touch events.jsonl run.json
            hansard() { printf '%s\\n' "$@" > "$(mktemp calls/XXXXXX)"; }
            jq() { :; }; zstdcat() { :; }; head() { :; }; ssh() { shift; "$@"; }; export HOME="$PWD" KEY=k
            """
        let calls = URL(filePath: workspace.path("calls"))
        for example in Set(verbs.flatMap(\.examples)) {
            // A file for each call, for those of a pipe run at once.
            try? FileManager.default.removeItem(at: calls)
            try FileManager.default.createDirectory(at: calls, withIntermediateDirectories: true)
            let run = try workspace.shell("\(script)\n\(example)")
            #expect(run.status == 0 && run.errors == "", "\(example): \(run.errors)")
            let files = try FileManager.default.contentsOfDirectory(
                at: calls, includingPropertiesForKeys: nil)
            #expect(files.isEmpty != example.contains("hansard "), "\(example)")
            for file in files {
                let words = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                    .map(String.init)
                #expect(throws: Never.self, "\(example)") {
                    if words.first != "help" { _ = try HansardCommand.parseAsRoot(words) }
                }
            }
        }
    }

    /// On the store the README makes.
    @Test(arguments: [
        "sessions", "session", "agents", "agents list", "agents show", "agents messages", "events",
        "history", "diff", "diff session", "stats", "projections", "index list", "key show",
        "dictionary list", "export", "tasks", "trim", "delete",
    ]) func theExamplesOfWhatReadsRun(verb: String) throws {
        let workspace = try Workspace.withExcerpt()
        let all = verbs.filter { $0.words.joined(separator: " ") == verb }.flatMap(\.examples)
        // These name what the excerpt has none of.
        let absent = ["tasks show", "--from 88813", "record.jsonl.zst"]
        for example in all where !absent.contains(where: example.contains) {
            let run = try workspace.shell(
                """
                set -o pipefail; cd "$(dirname "$store")"; hansard() { "$hansard" "$@"; }
                command -v jq > /dev/null || jq() { cat > /dev/null; }
                \(example)
                """)
            #expect(run.status == 0, "\(example): \(run.errors)")
        }
    }
}
