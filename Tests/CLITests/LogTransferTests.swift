import Foundation
import HansardRecords
import Testing

/// The log itself, out of one store and into another.
@Suite struct LogTransferTests {
    /// The root of a store's tree up to an event.
    private static let root = """
        root() { $hansard prove --between $2 $2 --store $1 | sed -n 4,7p | grep -A1 "^$2$" | tail -n 1; }
        lines() { $hansard events --json --through $2 --store $1; }
        """

    @Test(arguments: ["--raw", ""]) func anImportedLogIsTheSame(form: String) throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            \(Self.root)
            set -e; cd "$(dirname $store)"
            $hansard session 423d74e4-a97d-56b9-9281-ee7dc207338d > before
            $hansard append --type noted --stream note/1 --on-behalf-of x --data '{"deep":[1.5,"é",null]}' > /dev/null
            $hansard rebuild -q
            $hansard log export \(form) -o log.jsonl.zst
            $hansard log import log.jsonl.zst --into new --json
            $hansard verify -q --store new
            cmp <(lines $store 602) <(lines new 602)
            [ "$(root $store 602)" = "$(root new 602)" ] && [ -n "$(root new 602)" ]
            $hansard session 423d74e4-a97d-56b9-9281-ee7dc207338d --store new > after; cmp before after
            $hansard events --json --after 602 --store new
            """)
        #expect(run.status == 0, "\(run.errors)")
        let records = try run.output.split(separator: "\n").map { try Record(json: String($0)) }
        #expect(records.first?.field("same_tree") == .bool(true))
        #expect(records.last?.string("type") == "log.imported")
        #expect(records.last?.integer("position") == 603 && records.count == 2)
    }

    @Test func theInputAndTheOutputMayBePipes() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard log export --raw | $hansard log import -q - --into new
            cmp <($hansard export) <($hansard export --store new) && echo same
            """)
        #expect(run.output == "same\n", "\(run.errors)")
    }

    /// Each fault is named by its line, and nothing is made.
    @Test(arguments: [
        ("21d", "line 21: event 21 comes after event 19: events are missing"),
        ("20p", "line 21: event 19 comes after event 19: it is repeated"),
        ("20{h;d};21G", "line 20: event 20 comes after event 18"),
        ("$d", "cut off: it ends after event 600 of 600"),
        ("300,$d", "cut off: it ends after event 298 of 600"),
        ("1d", "line 1 does not begin an export"),
        ("1s/\"hansard_log\":1/\"hansard_log\":2/", "line 1: the export has format 2"),
        ("1s/\"from\":1/\"from\":2/", "begins with event 2"),
        ("30s/^/{/", "line 30: "),
        ("30s/\"revision\":[0-9]*/\"revision\":77/", "line 30: event 29 states revision 77"),
        ("30s/\"entity\":[0-9]*/\"entity\":1/", "line 30: event 29 states revision"),
        ("30s/\"recorded_at\":\"20/\"recorded_at\":\"19/", "line 30: event 29 was recorded earlier"),
        (
            "30s/\"id\":\"[^\"]*/\"id\":\"twice/;31s/\"id\":\"[^\"]*/\"id\":\"twice/",
            "another event already has the id twice"
        ),
        ("30s/\"type\":\"[^\"]*/\"type\":\"/", "line 30: an event type has"),
        ("590s/created_at\":\"2025/created_at\":\"2024/", "not the exported ones"),
        ("$s/\"end\":600/\"end\":601/", "the export ends with event 601"),
        ("$s/\"checksum\":\"[^\"]*\"/\"checksum\":5/", "line 602: 'checksum' is a text of 16"),
        ("$s/\"checksum\":\"[^\"]*\"/\"checksum\":null/", "line 602: 'checksum' is a text of 16"),
        ("$s/\"root\":\"[^\"]*\"/\"root\":5/", "line 602: 'root' is 32 bytes in Base64"),
        ("$a {\"end\":600}", "line 603: it is after the end"),
    ]) func aFaultIsNamed(edit: String, message: String) throws {
        try expectRefusal(of: "log export", changedBy: edit, message)
    }

    /// Imports what `export` writes, with its lines edited: no store is made of that. Answers with
    /// what was said.
    @discardableResult
    private func expectRefusal(
        of export: String, changedBy edit: String, _ message: String
    ) throws -> String {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard \(export) | sed -e '\(edit)' > changed
            $hansard log import changed --into new; echo "$?"; ls -d new*
            """)
        #expect(run.output == "65\n", "\(run.output)")
        #expect(run.errors.contains(message), "\(run.errors)")
        return run.errors
    }

    @Test func aDamagedCompressedFileIsNamed() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; $hansard log export -q -o log.zst
            { head -c 9000 log.zst; printf 'xxxx'; tail -c +9005 log.zst; } > changed.zst
            $hansard log import changed.zst --into new; echo "$?"; ls -d new*
            """)
        #expect(run.output == "65\n", "\(run.output)")
        #expect(run.errors.contains("changed.zst: ") && run.errors.contains("no new store"))
    }

    /// Beside a payload nothing may be said that it does not say, and where there is no root the
    /// checksum of the lines tells of a changed one.
    @Test(arguments: [
        ("30s/\"type\":\"[^\"]*/\"type\":\"x.y/", "line 30: 'type' differs from the one in 'payload'"),
        ("30s/\"stream\":\"[^\"]*/\"stream\":\"x\\/y/", "line 30: 'stream' differs from the one in"),
        ("30s/\"id\":\"[^\"]*/\"id\":\"x/", "line 30: 'id' differs from the one in 'payload'"),
        ("30s/\"schema_version\":1/\"schema_version\":2/", "line 30: 'schema_version' differs"),
        ("30s/}$/,\"actor\":\"me\"}/", "line 30: 'actor' differs from the one in 'payload'"),
        ("30s/}$/,\"data\":{}}/", "line 30: 'data' is given beside 'payload'"),
        ("30s/\"payload\":\"..../\"payload\":\"AAAA/", "line 30: the payload of event 29 is"),
        ("1s/\"log_id\":\"./\"log_id\":\"x/", "line 602: the lines before it are not the exported ones"),
        ("$s/\"checksum\":\"./\"checksum\":\"x/", "line 602: the lines before it are not the exported ones"),
    ]) func whatStandsBesideAPayloadIsCompared(edit: String, message: String) throws {
        let errors = try expectRefusal(of: "log export --raw", changedBy: edit, message)
        #expect(!errors.contains("hansard verify"), "\(errors)")
    }

    @Test func aChangedWordIsToldWithoutARoot() throws {
        let workspace = try Workspace.withStore()
        let lines = [
            Line.session("s"), Line.message("m", in: "s", "sulphur"),
            Line.message("n", in: "s", "quartz"),
        ]
        _ = try workspace.run("import", workspace.file("lines", lines: lines))
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard redact m > /dev/null
            $hansard log export -q -o log; tail -n 1 log | grep -c '"root":null'
            sed s/quartz/garnet/ log > changed
            $hansard log import changed --into new; echo "$?"; ls -d new*
            sed 's/,"checksum":"[^"]*"//' changed > older
            $hansard log import older --into new --json | grep -c '"same_tree":false'
            """)
        #expect(run.output == "1\n65\n1\n", "\(run.output) \(run.errors)")
        #expect(run.errors.contains("are not the exported ones: one was changed"))
    }

    /// A showing is recorded, no more; and nothing where nothing is shown.
    @Test func theRecordOfAShowingSaysWhatWasShown() throws {
        let workspace = try Workspace.withStore()
        let lines = [
            Line.session("s"), Line.message("m", in: "s", "sulphur"),
            Line.message("n", in: "s", "quartz"),
        ]
        _ = try workspace.run("import", workspace.file("lines", lines: lines))
        let run = try workspace.shell(
            """
            $hansard redact m > /dev/null; $hansard redact n > /dev/null
            $hansard log export --show-redacted --from 1 --to 2 > /dev/null
            $hansard log export --show-redacted --to 99 > /dev/null; echo "$?"
            $hansard log export --show-redacted --from 7 > /dev/null; echo "$?"
            $hansard log export --show-redacted > /dev/null
            $hansard events --type redacted.shown --json
            $hansard history message m --json | grep -c '"effect":"shown"'
            $hansard history message n --json | grep -c '"effect":"shown"'
            """)
        let output = run.output.split(separator: "\n").map(String.init)
        try #require(output.count == 6, "\(run.output) \(run.errors)")
        #expect(output[..<2] == ["1", "0"] && output[4...] == ["2", "1"], "\(run.output)")
        let shown = try output[2..<4].map { try Record(json: $0).record("data") }
        #expect(shown.map { $0?.integer("from") } == [1, 1])
        #expect(shown.map { $0?.integer("through") } == [2, 6])
        #expect(run.errors.contains("there is no event 99: the log ends at event 6"))
    }

    @Test func placesThatAreTakenAndFilesThatAreNotThere() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard log export -q -o log; $hansard log export -q -o log; echo "$?"
            $hansard log import log --into $store; echo "$?"
            $hansard log import nothing --into new; echo "$?"
            $hansard log import log --into no/such; echo "$?"
            $hansard log export --to 700 > /dev/null; echo "$?"
            $hansard log export --from 5 --to 4 > /dev/null; echo "$?"
            $hansard log export | head -n 3 > /dev/null; echo "$?"
            """)
        #expect(run.output == "1\n1\n1\n1\n1\n64\n0\n", "\(run.errors)")
        #expect(run.errors.contains("is a store already") && run.errors.contains("--force"))
        #expect(run.errors.contains("the log ends at event 600"))
    }

    /// Without redacted text the tree is another, which both sides say; with it the act is recorded.
    @Test(arguments: ["--raw", ""]) func redactedTextIsLeftOutUnlessAskedFor(form: String) throws {
        let workspace = try Workspace.withStore()
        let lines = [Line.session("s"), Line.message("m", in: "s", "sulphur")]
        _ = try workspace.run("import", workspace.file("lines", lines: lines))
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard redact m > /dev/null
            $hansard log export \(form) -o without
            $hansard log import without --into new --json
            $hansard message m --store new --show-redacted --json && echo shown
            $hansard events --stream system/redactions --store new --json; $hansard verify -q --store new || echo unsound
            $hansard events --stream system/redactions --json
            $hansard log export \(form) --show-redacted --reason 'a move' -q -o with
            $hansard log import with --into whole --json
            $hansard message m --store whole --show-redacted --json
            $hansard events --stream system/redactions --json
            """)
        let records = try run.output.split(separator: "\n").map { try Record(json: String($0)) }
        try #require(records.count == 4, "\(run.output) \(run.errors)")
        #expect(records[0].field("same_tree") == .bool(false))
        #expect(run.errors.contains("left out of 1 event"), "\(run.errors)")
        #expect(run.errors.contains("this log does not have the text"), "\(run.errors)")
        #expect(records[1].field("same_tree") == .bool(true))
        #expect(try records[2].json().contains("sulphur"))
        #expect(records[3].record("data")?.string("reason") == "a move")
        #expect(records[3].string("actor")?.hasPrefix("os-user:") == true)
        let without = try String(contentsOfFile: workspace.path("without"), encoding: .utf8)
        #expect(!without.contains("sulphur"))
        let payloads = try without.split(separator: "\n").compactMap {
            try Record(json: String($0)).string("payload").flatMap { Data(base64Encoded: $0) }
        }
        #expect(payloads.allSatisfy { $0.range(of: Data("sulphur".utf8)) == nil })
        #expect(payloads.isEmpty == form.isEmpty)
    }

    @Test(arguments: ["INT", "TERM"]) func anInterruptedImportLeavesNothing(signal: String) throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard log export > log; mkfifo pipe
            ( head -n 300 log; touch half; cat wait ) > pipe & mkfifo wait
            $hansard log import - --into new < pipe & import=$!
            until [ -e half ]; do :; done
            kill -\(signal) $import; wait $import; echo "$?"; : > wait & ls -d new*
            """)
        #expect(run.output == (signal == "INT" ? "130\n" : "143\n"), "\(run.output) \(run.errors)")
    }
}
