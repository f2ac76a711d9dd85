import Foundation
import HansardRecords
import Testing

@Suite struct OutputTests {
    @Test func everyVerbsJSONIsJSON() throws {
        let workspace = try Workspace.withExcerpt()
        let id = try #require(
            try workspace.run("sessions", "--json", "--limit", "1").records().first?.string("id"))
        let message = try #require(try workspace.run("session", id, "--json").records().last)
        let uuid = try #require(message.string("message_uuid"))
        for verb in [
            "sessions", "session \(id)", "message \(uuid)", "stats", "verify",
            "import $store/../nothing",
            "init --if-missing", "export -o $store/../out",
        ] {
            _ = try workspace.file("nothing", Data())
            let run = try workspace.shell("$hansard \(verb) --json")
            #expect(run.status == 0, "\(verb): \(run.errors)")
            #expect(try !run.records().isEmpty)
        }
    }

    @Test func theStoreIsFoundInTheEnvironmentOrNamed() throws {
        let workspace = try Workspace.withStore()
        #expect(try workspace.shell("HANSARD_STORE= $hansard stats --store $store").status == 0)
        #expect(try workspace.shell("HANSARD_STORE= $hansard --store $store stats").status == 0)
        #expect(
            try workspace.shell("HANSARD_STORE=/nowhere $hansard stats --store $store").status == 0)
        let unnamed = try workspace.shell("HANSARD_STORE= $hansard stats")
        #expect(unnamed.status == 64)
        #expect(unnamed.errors.contains("--store DIR"))
        #expect(unnamed.errors.contains("HANSARD_STORE"))
    }

    @Test func noEscapeCodesInAPipe() throws {
        let workspace = try Workspace.withExcerpt()
        let id = try #require(
            try workspace.run("sessions", "--json", "--limit", "1").records().first?.string("id"))
        for verb in ["sessions", "session \(id)", "stats", "verify", "import \(Workspace.excerpt)"]
        {
            let run = try workspace.shell("$hansard \(verb)")
            #expect(run.status == 0)
            #expect(!(run.output + run.errors).contains("\u{1B}"), "\(verb)")
        }
    }

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "needs script(1)"))
    func coloursOnATerminalUnlessNotWanted() throws {
        let workspace = try Workspace.withExcerpt()
        let terminal = "TERM=xterm script -qec '$hansard sessions' /dev/null"
        #expect(try workspace.shell(terminal).output.contains("\u{1B}[2m"))
        #expect(try !workspace.shell("NO_COLOR=1 \(terminal)").output.contains("\u{1B}"))
    }

    @Test func escapeSequencesOfMessagesDoNotReachTheTerminal() throws {
        let workspace = try Workspace.withStore()
        let bad = #"a\u001b]0;owned\u0007b\u009b31mc\u202ed\r\ne\u0000f"#
        let lines = [
            Line.session("s", title: #"t\u001b[2J"#), Line.message("m", in: "s", bad),
            #"{"op":"\u001b[31mred"}"#,
        ]
        let imported = try workspace.run("import", workspace.file("a", lines: lines))
        #expect(imported.status == 65)
        #expect(!imported.errors.contains("\u{1B}"))
        for verb in ["sessions", "session s", "message m"] {
            let shown = try workspace.shell("$hansard \(verb)").output
            for scalar: Unicode.Scalar in ["\u{1B}", "\u{07}", "\u{9B}", "\u{202E}", "\u{0}", "\r"]
            {
                #expect(!shown.unicodeScalars.contains(scalar), "\(verb)")
            }
        }
        #expect(try workspace.run("session", "s").output.contains("a␛]0;owned␇b�31mc�d"))
        let json = try workspace.run("message", "m", "--json").output
        #expect(json.contains(#""content":"a\u001b]0;owned\u0007b"#))
        #expect(try workspace.run("message", "\u{1B}[31m").errors.contains("␛[31m"))
    }

    @Test func aBrokenPipeEndsQuietly() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell("set -o pipefail; $hansard export | head -n 1 | wc -l")
        #expect(run.status == 0)
        #expect(run.output.trimmingCharacters(in: .whitespacesAndNewlines) == "1")
        #expect(run.errors == "")
        #expect(try workspace.run("verify").status == 0)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
    func outputThatCannotBeWrittenIsAFailure() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell("$hansard export > /dev/full")
        #expect(run.status == 1)
        #expect(run.errors.contains("No space left"))
    }

    @Test func usageErrorsAndHelp() throws {
        let workspace = try Workspace.withStore()
        for arguments in [
            "frobnicate", "sessions --limit 0", "sessions --limit x", "session", "export --from 0",
        ] {
            let run = try workspace.shell("$hansard \(arguments)")
            #expect(run.status == 64, "\(arguments)")
            #expect(run.output == "")
            #expect(run.errors.hasPrefix("hansard: "))
        }
        for verb in [
            "init", "import", "export", "sessions", "session", "message", "stats", "verify",
        ] {
            let help = try workspace.run("help", verb)
            #expect(help.status == 0)
            #expect(help.output.contains("EXAMPLES\n  hansard \(verb)"))
            #expect(help.errors == "")
        }
        #expect(try workspace.run("--help").output.contains("EXIT STATUS"))
        #expect(
            try workspace.run("--generate-completion-script", "bash").output.contains("hansard"))
    }
}
