import Foundation
import HansardRecords
import Testing

@Suite struct EventsTests {
    @Test func everyEventWithItsEnvelope() throws {
        let workspace = try Workspace.withExcerpt()
        let events = try workspace.run("events", "--json").records()
        #expect(events.map { $0.integer("position") } == (1...600).map { Int64($0) })
        let first = try #require(events.first)
        #expect(first.string("type") == "agent.registered")
        #expect(first.string("stream") == "agent/multiwoz-clerk")
        #expect(first.string("lifecycle") == "begins")
        #expect(first.integer("entity") == 1)
        #expect(first.integer("revision") == 0 && first.integer("schema_version") == 1)
        let recorded = try #require(first.string("recorded_at"))
        #expect(recorded.hasSuffix("Z") && recorded.count == 27)
        for absent in ["clock_at", "actor", "causation_id", "claims", "metadata"] {
            #expect(!first.contains(absent))
        }
        let message = try #require(events.last)
        #expect(message.string("id") == message.record("data")?.string("message_uuid"))
        #expect(!message.contains("lifecycle"))
        let reversed = try workspace.run("events", "--json", "--reverse").records()
        #expect(reversed == events.reversed())
    }

    @Test func optionsNarrowDownWhatIsPrinted() throws {
        let workspace = try Workspace.withExcerpt()
        let all = try workspace.run("events", "--json").records()
        let session = try #require(all.last?.string("stream"))
        func expectSame(_ options: String, _ isIncluded: (Record) -> Bool) throws {
            let run = try workspace.shell("$hansard events --json \(options)")
            #expect(run.status == 0)
            let expected = all.filter(isIncluded)
            #expect(!expected.isEmpty)
            #expect(try run.records() == expected, "\(options)")
        }
        try expectSame("--stream \(session)") { $0.string("stream") == session }
        try expectSame("--stream \(session) --type session.created") {
            $0.string("stream") == session && $0.string("type") == "session.created"
        }
        try expectSame("--type agent.registered --type session.created") {
            $0.string("type") != "message.created"
        }
        try expectSame("--agent env/bash") {
            $0.string("stream") == "agent/env/bash"
                || $0.record("data")?.string("agent_id") == "env/bash"
        }
        try expectSame("--after 10 --through 12") {
            (11...12).contains($0.integer("position") ?? 0)
        }
        try expectSame("--limit 3") { ($0.integer("position") ?? 0) <= 3 }
        let moment = try #require(all[299].string("recorded_at"))
        try expectSame("--since \(moment)") { ($0.string("recorded_at") ?? "") >= moment }
        try expectSame("--until \(moment)") { ($0.string("recorded_at") ?? "") <= moment }
        try expectSame("--since 2025-03-03") { _ in true }
        #expect(try workspace.shell("$hansard events --json --actor nobody").output == "")
        #expect(try workspace.shell("$hansard events --stream a/b").output == "no events\n")
    }

    @Test func aTableForPeople() throws {
        let workspace = try Workspace.withExcerpt()
        let lines = try workspace.run("events", "--limit", "5").output.split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines[0].hasPrefix("RECORDED (UTC)       POSITION  TYPE  "))
        #expect(lines[1].contains("         1  agent.registered    agent/multiwoz-clerk  "))
        #expect(lines[1].hasSuffix("Cambridge information desk"))
    }

    @Test func nothingInTheDataSteersTheTerminal() throws {
        let workspace = try Workspace.withStore()
        let bad = #"a\u001b]0;owned\u0007b\u009b31mc\u202ed\r\ne\u0000f"#
        let lines = [Line.session("s\\u001b[2J", title: bad)]
        #expect(try workspace.run("import", "-q", workspace.file("a", lines: lines)).status == 0)
        let shown = try workspace.run("events").output
        for scalar: Unicode.Scalar in ["\u{1B}", "\u{07}", "\u{9B}", "\u{202E}", "\u{0}", "\r"] {
            #expect(!shown.unicodeScalars.contains(scalar))
        }
        #expect(shown.contains("session/s␛[2J") && shown.contains("a␛]0;owned␇b"))
        #expect(try workspace.run("events", "--json").records().count == 1)
    }

    @Test(arguments: [
        "--stream nothing", "--stream /x", "--stream a/", "--type ''", "--agent ''", "--limit 0",
        "--limit -1", "--after -1", "--after x", "--since yesterday", "--until 2025-02-30",
        "--after 5 --through 5",
    ]) func optionsThatMakeNoSense(options: String) throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.shell("$hansard events \(options)")
        #expect(run.status == 64)
        #expect(run.output == "" && run.errors.hasPrefix("hansard: "))
    }

    @Test func aBrokenPipeEndsQuietly() throws {
        let workspace = try Workspace.withExcerpt()
        for more in ["", "--json"] {
            let run = try workspace.shell(
                "set -o pipefail; $hansard events \(more) | head -n 1 | wc -l")
            #expect(run.status == 0)
            #expect(run.output.trimmingCharacters(in: .whitespacesAndNewlines) == "1")
            #expect(run.errors == "")
        }
    }

    /// A missing event that was asked for is reported, not left out.
    @Test func aPositionBeyondTheHeadIsRefused() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            for verb in 'events --through' 'events --after' 'export --to' 'log export --to' \
                'export --from' 'log export --from' 'follow --from'; do
                $hansard $verb 999 > output; echo "$? $(wc -c < output)"
            done
            $hansard events --after 600; $hansard export --from 601; echo "$?"
            """)
        let refused = Array(repeating: "1 0", count: 7)
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines == refused + ["no events", "0"], "\(run.output) \(run.errors)")
        let told = run.errors.components(separatedBy: "there is no event 999: the log ends at")
        #expect(told.count == 8)
    }
}
