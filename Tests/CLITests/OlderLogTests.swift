import Foundation
import HansardRecords
import Testing

/// The steps of docs/OPERATIONS.md, "After an older log was put in place", and what they rely on.
@Suite struct OlderLogTests {
    /// An event with every field there is; the number is beyond what a double can hold.
    private static let full =
        #"{"stream":"deploy/1","type":"deploy.started","id":"full","expect":"none","actor":"ci","#
        + #""on_behalf_of":"ann","correlation_id":"c","causation_id":"e","metadata":{"host":"a"},"#
        + #""schema_version":3,"claims":["x","y"],"data":{"n":9007199254740993,"d":1.0}}"#

    /// The commands of a step, as the document has them.
    private static func commands(ofStep step: Int) throws -> [String] {
        let document = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/OPERATIONS.md")
        let text = try String(contentsOf: document, encoding: .utf8)
        let section = try #require(
            text.components(separatedBy: "## After an older log was put").dropFirst().first)
        let after = try #require(section.components(separatedBy: "\n\(step). ").dropFirst().first)
        let words = try #require(after.components(separatedBy: "\n\(step + 1). ").first)
        return words.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }
            .map { $0.element.replacingOccurrences(of: "\n", with: " ") }
            .filter { $0.hasPrefix("hansard ") || $0.hasPrefix("cp ") }
            .map {
                $0.replacingOccurrences(of: "--from N", with: "--from 604")
                    .replacingOccurrences(of: "--to M", with: "--to 603")
            }
    }

    /// Events 601 to 603 are in both histories; then an older log went on, with 604 and more.
    private static func rolledBack() throws -> (workspace: Workspace, place: String) {
        let workspace = try Workspace.withExcerpt()
        let place = try #require(workspace.directory.path as String?)
        _ = try workspace.file("full", lines: [full])
        _ = try workspace.file(
            "chat", lines: [Line.session("s"), Line.message("m", in: "s", "quartz")])
        let made = try workspace.shell(
            """
            set -e; cd \(place)
            $hansard append --stream note/1 --type noted --id n1 > /dev/null
            $hansard append --stream note/1 --type noted --id n2 > /dev/null
            $hansard append --stream note/2 --type noted --id n3 > /dev/null
            cp -a $store older
            for n in 4 5 6 7 8 9; do $hansard append --stream lost/1 --type lost > /dev/null; done
            rm -r $store/log; cp -a older/log $store; cp -a older record.rolled
            $hansard append --stream note/1 --type noted --id n4 --store record.rolled > /dev/null
            $hansard append --lines --store record.rolled < full > /dev/null
            $hansard import -q chat --store record.rolled
            $hansard append --stream note/2 --type noted --id n5 --lifecycle begins --store record.rolled > /dev/null
            rm -r $store/log; cp -a record.rolled/log $store; mv $store record.found
            """)
        try #require(made.status == 0, "\(made.errors)")
        return (workspace, place)
    }

    @Test func theDocumentedCommandsCarryEverything() throws {
        let (workspace, place) = try Self.rolledBack()
        let making = try Self.commands(ofStep: 5).filter { !$0.contains("restore") }
        let carrying = try Self.commands(ofStep: 6)
        try #require(making.count == 4 && carrying.count == 2, "\(making) \(carrying)")
        let again = try Self.script(making, carrying, in: place)
        let run = try workspace.shell(again)
        #expect(run.status == 0, "\(run.errors)")
        let events = try run.records()
        // Both histories, what the import of the log noted, and nothing twice.
        #expect(events.count == 603 + 1 + 5, "\(run.output.suffix(3_000)) \(run.errors)")
        for id in ["n1", "n4", "n5", "full", "m"] {
            #expect(events.filter { $0.string("id") == id }.count == 1, "\(id)")
        }
        let carried = try #require(events.first { $0.string("id") == "full" })
        let given = try Record(json: Self.full).removing("expect").setting(
            "lifecycle", to: "begins")
        for (name, value) in given {
            #expect(carried.field(name)?.isEquivalent(to: value) == true, "\(name)")
        }
        #expect(events.first { $0.string("id") == "n4" }?.integer("revision") == 2)
        #expect(events.first { $0.string("id") == "n5" }?.string("lifecycle") == "begins")
        #expect(run.errors.contains("skipped 2 events"), "\(run.errors)")
        #expect(run.errors.contains("left out 3 events"), "\(run.errors)")
    }

    /// Step 6 is done twice. No jq is needed.
    private static func script(_ making: [String], _ carrying: [String], in place: String) throws
        -> String
    {
        """
        set -e; set -o pipefail; cd \(place)
        hansard() { "$hansard" "$@"; }; jq() { echo 'jq is not needed' >&2; return 1; }
        { \(making.joined(separator: "\n"))
        \((carrying + carrying).joined(separator: "\n"))
        hansard verify --store NEW; } > said
        hansard events --json --store NEW
        """
    }

    /// The newer log is back, and the index is still that of the older one.
    @Test func anIndexOfTheOlderLogIsToldFromADamagedLog() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            set -e; cd "$store"; say() { $hansard append --type t --stream "$1" > /dev/null; }
            cp log/data.mdb older; say n/1; say n/1; cp log/data.mdb newer
            cp older log/data.mdb; rm -r index-*; say n/2 2> /dev/null; cp newer log/data.mdb; set +e
            $hansard verify --json | grep -o '"code":"corrupt_index"'; $hansard sessions
            $hansard rebuild -q && $hansard verify 2>&1 | grep -c '^sound'
            """)
        #expect(run.output == "\"code\":\"corrupt_index\"\n1\n", "\(run.output) \(run.errors)")
        #expect(run.errors.contains("log's events are sound"), "\(run.errors)")
        #expect(run.errors.contains("the index is of an older copy"), "\(run.errors)")
    }

    /// `events --json` writes such lines too, and what was appended once is there.
    @Test func linesOfEventsAreTakenAndRepeated() throws {
        let (workspace, place) = try Self.rolledBack()
        let run = try workspace.shell(
            """
            cd \(place); $hansard init --store new > /dev/null
            $hansard events --json --stream deploy/1 --store record.rolled > lines
            $hansard append --recorded --store new < lines
            $hansard append --recorded --store new < lines
            $hansard append --recorded --store new --json < lines
            $hansard log export --raw -q --store record.rolled | $hansard append --recorded --store new
            $hansard append --recorded --store new < /dev/null
            """)
        let lines = run.output.split(separator: "\n").map(String.init)
        try #require(lines.count == 5, "\(run.output) \(run.errors)")
        #expect(lines[0] == "appended 1 event")
        #expect(lines[1] == "appended 0 events, 1 was already in the log")
        let answer = try Record(json: lines[2])
        #expect(answer.integer("position") == 1 && answer.bool("repeated") == true)
        #expect(lines[3] == "appended 5 events, 1 was already in the log")
        #expect(lines[4] == "nothing to append")
        #expect(run.errors.contains("skipped 602 events"), "\(run.errors)")
    }

    /// The lines before a bad one are appended, and the line is named.
    @Test(arguments: [
        ("2s/deploy.started/message.started/", 65, "line 2: the type 'message.started' belongs"),
        ("2s/\"stream\":\"[^\"]*/\"stream\":\"nowhere/", 65, "line 2: 'nowhere' is not a stream name"),
        ("2s/ann/bob/", 3, "line 2: the id full was recorded with other content"),
        ("2s/^/{/", 65, "line 2: "),
        (
            "1i {\"hansard_log\":1,\"log_id\":\"93aef47a-0000-4000-8000-000000000000\",\"from\":1,\"to\":2,\"recorded_us\":1}",
            65, "cut off, because the export in it has no end"
        ),
    ]) func whatCannotBeAppendedIsNamed(edit: String, status: Int, message: String) throws {
        let workspace = try Workspace.withStore()
        _ = try workspace.file("full", lines: [Self.full])
        let run = try workspace.shell(
            """
            cd \(workspace.directory.path); $hansard init --store new > /dev/null
            $hansard append --stream note/1 --type noted --id one > /dev/null
            $hansard append --lines < full > /dev/null; $hansard append --lines --store new < full > /dev/null
            $hansard events --json | sed '\(edit)' > changed
            $hansard append --recorded --store new < changed > said; echo "$?"
            $hansard events --json --store new | grep -c '"id":"one"'
            """)
        #expect(run.output == "\(status)\n1\n", "\(run.output) \(run.errors)")
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(run.errors.contains("the same input may be given again"))
    }
}
