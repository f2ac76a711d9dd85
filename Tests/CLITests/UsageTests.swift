import Foundation
import HansardRecords
import Testing

/// Command lines that can't mean anything, whatever is in the store: one status for all verbs.
@Suite struct UsageTests {
    private static let commands = [
        "init --if-missing=yes", "import --limit 3", "export --from abc", "export --from 0",
        "export --from -1", "export --to x", "export --from 5 --to 4", "export --force",
        "append", "append --stream ab --type t", "append --stream a/b --type ''",
        "append --stream a/b --type t --expect some", "append --stream a/b --type t --data x",
        "append --stream a/b --type t --metadata '[]'", "append --stream a/b --type t --id ''",
        "append --stream a/b --type t --lifecycle dies", "append --stream session/b --type t",
        "append --lines --id x", "sessions --limit -1", "sessions --limit 0", "sessions --limit x",
        "sessions --after nonsense", "sessions --as-of nonsense", "sessions --as-of 0",
        "session", "session ''", "session s --limit 0", "session s --after nonsense",
        "session s --as-of 2025-13-01", "session $(printf '%0300d' 7)", "message", "message ''",
        "message m --as-of nonsense", "message m --reason x", "message '' --show-redacted",
        "message m --as-of 1 --show-redacted", "agents list --as-of x",
        "agents messages a --as-of 0",
        "message m --as-of 999999999999999999999",
        "agents show ''", "agents show a --as-of x", "agents messages a --limit -1",
        "agents messages a --after x", "agents messages ''", "contexts --limit 0",
        "contexts --session ''",
        "contexts --target ''", "contexts show ''",
        "contexts remove-expired --batch-size 0", "contexts remove-expired --batch-size 1001",
        "tasks --limit -1", "tasks --status nonsense", "tasks --session s --status pending",
        "tasks --after x", "tasks --session ''", "tasks --agent ''",
        "tasks --session s --as-of 1 --after x", "tasks show ''", "events --after abc",
        "events --after -1", "events --through 0", "events --after 5 --through 5",
        "events --since nonsense", "events --until 2025", "events --limit 0", "events --stream ab",
        "events --type ''", "events --agent ''", "follow --from abc", "follow --from 0",
        "follow --limit -1", "follow --stream ab", "history", "history thing x",
        "history session ''", "history session s --as-of nonsense", "diff session s",
        "diff session s --from abc", "diff session s --from 1 --to nonsense",
        "diff session '' --from 1", "trim s", "trim s --keep -1", "trim s --keep x",
        "trim '' --keep 1", "redact", "redact ''", "delete", "delete '' --yes",
        "projections --limit 1", "stats --since 1", "verify --checkpoint", "doctor now",
        "checkpoint now", "prove", "prove 0", "prove ''", "prove 1 --between 1 2",
        "prove --between 5 4", "prove --between x", "key rotate now", "rebuild --keep -1",
        "rebuild --keep x", "index use x", "index drop", "index compact --keep -1",
        "dictionary train --bytes 1", "dictionary train --bytes x", "dictionary list now",
        "backup", "backup $store/b --keep 1", "backup $store/b --full --keep 0",
        "backup $store/b --watch --full", "backup prune $store/b --keep -1", "backup list",
        "restore $store/b", "restore $store/b --into ''",
        "restore $store/b --into $store/n --to-position 0",
        "restore $store/b --into $store/n --to-time nonsense", "check-proof", "nonsense",
        "sessions --nonsense",
    ]

    /// Said before the store is looked at: there is none here.
    @Test func endWith64() throws {
        let workspace = try Workspace()
        for command in Self.commands {
            let run = try workspace.shell("$hansard \(command)")
            #expect(run.status == 64, "\(command): \(run.status) \(run.errors)")
            #expect(run.output == "", "\(command): \(run.output)")
            #expect(run.errors.hasPrefix("hansard: "), "\(command): \(run.errors)")
            #expect(!run.errors.contains("rror: "), "\(command): \(run.errors)")
        }
    }

    /// The error a run ends with is an object where JSON was asked for.
    @Test func withJSONTheErrorIsAnObject() throws {
        let workspace = try Workspace.withStore()
        let cases: [(String, status: Int64, code: String?)] = [
            ("sessions --nonsense", 64, nil), ("sessions --limit 0", 64, nil),
            ("tasks --session s --status pending", 64, nil), ("session s", 1, "not_found"),
            ("sessions --store $store/none", 1, "not_a_store"),
            ("sessions --as-of 9", 1, "invalid_argument"),
            ("append --stream a/b --type t --expect 5", 3, "wrong_expected_revision"),
            ("verify --checkpoint $store/checkpoints/keys", 65, "invalid_proof"),
            ("log import /dev/null --into $store/new", 65, "damaged_export"),
        ]
        for (command, status, code) in cases {
            let run = try workspace.shell("$hansard \(command) --json")
            let lines = run.errors.split(separator: "\n")
            #expect(run.status == Int32(status) && run.output == "" && lines.count == 1, "\(run)")
            let error = try Record(json: run.errors)
            #expect(error.integer("status") == status && error.string("code") == code, "\(run)")
            #expect(error.string("error")?.isEmpty == false)
            #expect(code != nil || error.isNull("code"))
            #expect(!run.errors.contains("Usage"))
        }
    }

    /// The unknown word is named, with what was meant and where the verbs are listed.
    @Test(arguments: [
        ("bogus", "there is no verb 'bogus'. 'hansard --help' lists the verbs"),
        (
            "sesions --limit 3",
            "there is no verb 'sesions'. Did you mean 'sessions'? 'hansard --help' lists"
        ),
        ("--store x bogus y", "there is no verb 'bogus'. 'hansard --help'"),
        (
            "log exprot",
            "there is no verb 'log exprot'. Did you mean 'export'? 'hansard log --help' lists"
        ),
        ("index", "hansard index"), ("stats bogus", "Unexpected argument 'bogus'"),
        ("agents list bogus", "Unexpected argument 'bogus'"),
    ]) func anUnknownVerbIsNamed(command: String, said: String) throws {
        let workspace = try Workspace()
        let run = try workspace.shell("$hansard \(command)")
        #expect((run.output + run.errors).contains(said), "\(run.errors)")
        #expect(run.status == (command == "index" ? 0 : 64))
        if command == "index" { return }
        let json = try workspace.shell("$hansard \(command) --json")
        let error = try Record(json: json.errors)
        #expect(
            json.status == 64 && error.string("error")?.contains(said) == true, "\(json.errors)")
    }

    /// A missing thing has one code, with every verb that looks for it.
    @Test(arguments: [
        "session s", "message m", "agents show a", "contexts show c", "tasks show t",
        "history session s",
        "diff session s --from 1", "trim s --keep 1", "redact m", "delete s --yes",
        "message m --show-redacted",
        "session gone", "message gone-1", "session here --as-of 2", "events --after 99",
        "events --through 99",
        "follow --from 99", "export --from 99", "export --to 99", "log export --to 99",
    ]) func whatIsNotThereHasACode(command: String) throws {
        let workspace = try Workspace.withStore()
        let lines = [
            Line.session("gone"), Line.message("gone-1", in: "gone"), Line.session("here"),
        ]
        _ = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        try #require(try workspace.run("delete", "gone", "--yes").status == 0)
        let run = try workspace.shell("$hansard \(command) --json")
        let error = try #require(
            try run.errors.split(separator: "\n").last.map { try Record(json: String($0)) })
        #expect(run.status == 1 && run.output == "", "\(run)")
        #expect(
            error.string("code") == "not_found" && error.integer("status") == 1, "\(run.errors)")
    }

    /// Without codes of the program's own, and naming what is wrong.
    @Test(arguments: [
        ("session ''", "identifier cannot be empty"), ("events --stream ab", "not a stream name"),
        ("tasks --status x", "in_progress"), ("sessions --after x", "not a cursor"),
        ("sessions --limit -1", "--limit must be 1 or more, not -1"),
        ("trim s --keep -1", "--keep must be 0 or more, not -1"),
        ("history thing x", "See 'hansard help history'"),
        ("agents show ''", "See 'hansard help agents show'"),
        ("append --stream a/b --type t --id ''", "--id: an identifier cannot be empty"),
        ("message $(printf '%0300d' 7)", "at most 255 bytes"),
    ]) func saysWhatIsWrong(command: String, said: String) throws {
        let run = try Workspace().shell("$hansard \(command)")
        #expect(run.errors.contains(said), "\(run.errors)")
        #expect(!run.errors.contains("invalid"), "\(run.errors)")
    }
}
