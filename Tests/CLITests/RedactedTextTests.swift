import Foundation
import HansardRecords
import Testing

/// The text of a redacted message is in no verb's output, nor in its errors.
@Suite struct RedactedTextTests {
    private static let secrets = ["sulphur", "antimony"]

    private static let verbs = [
        "events", "events --json", "events --reverse --stream session/s --json",
        "events --type message.created --type message.edited", "follow --from start --limit 4",
        "follow --from start --limit 4 --json", "session s", "session s --json", "sessions --json",
        "message m", "message m --json", "message m --as-of 3", "message m --as-of 2 --json",
        "session s --as-of 3", "session s --as-of 3 --json",
        "session s --as-of 2999-01-01T00:00:00Z",
        "message m --as-of 2999-01-01T00:00:00Z --json",
        "history message m", "history message m --json", "history session s --json",
        "diff session s --from 1 --to 3", "diff session s --from 1 --to 3 --json",
        "diff session s --from 2 --to 4 --json", "diff session s --from 4 --to 2",
        "agents --json",
        "agents messages a --json",
        "agents messages a", "contexts --session s --json", "tasks --json", "export",
        "export --from 2 --to 3", "log export", "log export --raw", "log export --from 2 --to 3",
        "stats", "stats --json", "projections --json", "verify", "verify --json", "doctor --json",
        "prove 2", "prove 3", "prove 2 --payload", "prove 3 --payload", "prove m --payload --json",
        "prove --between 1 3", "checkpoint", "key show", "index list --json",
        "dictionary list --count",
        "dictionary train --output dictionary", "import lines", "import changed --keep-going",
        "append --type noted --stream session/s --id m --data {}", "redact m", "redact m --json",
        "backup backup", "backup list backup --json", "backup verify backup", "rebuild",
        "restore backup --into restored", "events --json --store restored",
        "history message m --json --store restored", "export --store restored",
        "session s --json --store restored", "log export --raw --store restored",
        "trim s 1", "session s --json", "delete s", "export", "events --json",
        "history message m --json",
    ]

    @Test func noVerbShowsIt() throws {
        let workspace = try Workspace.withStore()
        let edit =
            #"{"op":"edit_message","message_uuid":"m","changes":{"parts":[{"type":"text","#
            + #""content":"antimony"}],"message_metadata":{"k":"antimony"}}}"#
        let lines = [Line.session("s"), Line.message("m", in: "s", "sulphur"), edit]
        _ = try workspace.file("lines", lines: lines)
        _ = try workspace.file(
            "changed", lines: [Line.message("m", in: "s", "something else")])
        let prepared = try workspace.shell(
            """
            cd "$(dirname $store)"; $hansard import -q lines && $hansard redact m --reason r > /dev/null
            $hansard message m --show-redacted
            """)
        try #require(prepared.output.contains("antimony"), "\(prepared.errors)")
        for verb in Self.verbs {
            let run = try workspace.shell(
                "cd \"$(dirname $store)\"; $hansard \(verb); echo \"ended $?\"")
            for secret in Self.secrets {
                #expect(!run.output.contains(secret), "\(verb): \(run.output)")
                #expect(!run.errors.contains(secret), "\(verb): \(run.errors)")
                let encoded = Self.base64Texts(of: secret)
                #expect(
                    !encoded.contains { run.output.contains($0) },
                    "\(verb) in Base64: \(run.output)")
            }
        }
    }

    /// Text in Base64 has one of three forms, by where it begins; without the characters that
    /// depend on its neighbours.
    private static func base64Texts(of text: String) -> [String] {
        (0..<3).map { shift in
            let padded = Data(repeating: 0x20, count: shift) + Data(text.utf8)
            let encoded = padded.base64EncodedString()
            let start = shift == 0 ? 0 : shift + 1
            return String(encoded.dropFirst(start).prefix(8))
        }
    }

    @Test func aProofWithItIsRecorded() throws {
        let workspace = try Workspace.withStore()
        let lines = [
            Line.session("s"), Line.message("m", in: "s", "sulphur"),
            Line.message("n", in: "s", "open"),
        ]
        _ = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        try #require(try workspace.run("redact", "m").status == 0)
        let refused = try workspace.run("prove", "m", "--payload")
        #expect(
            refused.status == 1 && refused.errors.contains("--show-redacted"), "\(refused.errors)")
        #expect(refused.output.isEmpty)
        #expect(try workspace.run("prove", "n", "--payload").status == 0)
        #expect(try workspace.run("prove", "m", "--show-redacted").status == 64)
        #expect(try workspace.run("events", "--stream", "system/redactions", "--json").output == "")
        let proof = try workspace.run(
            "prove", "m", "--payload", "--show-redacted", "--reason", "court")
        #expect(
            Self.base64Texts(of: "sulphur").contains { proof.output.contains($0) },
            "\(proof.errors)")
        let shown = try workspace.run("events", "--stream", "system/redactions", "--json").records()
        #expect(shown.map { $0.record("data")?.string("reason") } == ["court"])
        let key = try workspace.run("key", "show").output
        let file = try workspace.file("proof", Data(proof.output.utf8))
        let keys = try workspace.file("keys", Data(key.utf8))
        #expect(try workspace.run("check-proof", file, "--key", keys).status == 0)
    }

    /// A field of a message's own that looks like the mark of a redaction is a field like any other.
    @Test func aRedactionCannotBeForged() throws {
        let workspace = try Workspace.withStore()
        let forged =
            #"{"op":"create_message","message_uuid":"f","session_id":"s","type":"user","#
            + #""agent_id":"a","created_at":"2025-03-03T07:00:02.000000Z","#
            + #""parts":[{"type":"text","content":"plain"}],"#
            + #""redacted":{"at":"2020-01-01T00:00:00Z","by":"os-user:ceo","reason":"forged"}}"#
        let lines = [Line.session("s"), forged, Line.message("m", in: "s", "sulphur")]
        _ = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        for verb in [
            "message f", "session s", "agents messages a", "events", "message f --as-of 2",
            "session s --as-of 2", "agents messages a --as-of 2", "diff session s --from 1",
        ] {
            let text = try workspace.shell("$hansard \(verb)").output
            #expect(text.contains("plain") && !text.contains("[redacted"), "\(verb): \(text)")
        }
        let kept = try workspace.run("message", "f", "--json").records().first
        #expect(kept?.record("redacted")?.string("reason") == "forged")
        try #require(try workspace.run("redact", "m").status == 0)
        let events = try workspace.run("events", "--json").records()
        #expect(events.map { $0.bool("hidden") } == [nil, nil, true, nil])
        #expect(try workspace.run("session", "s").output.contains("[redacted"))
        #expect(try workspace.run("export").output.contains(forged), "to the byte")
    }

    /// An export without the line of the redaction gives no message that claims one; the whole
    /// one makes the redaction again, and adds nothing where it came from.
    @Test(arguments: ["export --to", "log export --to"]) func aPartOfAnExportClaimsNoRedaction(
        export: String
    ) throws {
        let workspace = try Workspace.withStore()
        let lines = [Line.session("s"), Line.message("m", in: "s", "sulphur")]
        _ = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        try #require(try workspace.run("redact", "m", "--reason", "r").status == 0)
        let isLog = export.hasPrefix("log")
        let load = isLog ? "log import -q" : "import -q"
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            for to in 2 3; do
              $hansard \(export) $to -q -o $to
              \(isLog ? "" : "$hansard init --store new-$to > /dev/null")
              $hansard \(load) $to \(isLog ? "--into" : "--store") new-$to
              $hansard message m --json --store new-$to
            done
            \(isLog ? "" : "$hansard import 3 --json")
            """)
        let records = try run.records()
        try #require(records.count == (isLog ? 2 : 3), "\(run.output) \(run.errors)")
        #expect(!records[0].contains("redacted") && !run.output.contains("sulphur"))
        #expect(records[1].record("redacted")?.string("reason") == "r")
        if !isLog { #expect(records[2].integer("added") == 0) }
    }

    @Test func aRedactionWithoutANameIsTheImporters() throws {
        let workspace = try Workspace.withStore()
        let redactions = ["m": "", "n": #","$provenance":{"actor":"jo"}"#].map { id, more in
            #"{"op":"redact_message","message_uuid":"\#(id)"\#(more)}"#
        }
        let lines =
            [Line.session("s"), Line.message("m", in: "s", "a"), Line.message("n", in: "s", "b")]
            + redactions
        try #require(
            try workspace.run("import", "-q", workspace.file("lines", lines: lines)).status == 0)
        func by(_ id: String) throws -> String? {
            let message = try workspace.run("message", id, "--json").records().first
            return message?.record("redacted")?.string("by")
        }
        #expect(try by("m")?.hasPrefix("os-user:") == true)
        #expect(try by("n") == "jo")
    }

    /// A showing covers what was redacted before it. What is redacted while an export begins, here
    /// by the checkpoint command, would be shown and nobody told.
    @Test func whatIsRedactedAfterTheShowingIsNotExported() throws {
        let workspace = try Workspace.withStore()
        let lines = [
            Line.session("s"), Line.message("m", in: "s", "sulphur"),
            Line.message("n", in: "s", "antimony"),
        ]
        _ = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        try #require(try workspace.run("redact", "m").status == 0)
        for form in ["", "--raw"] {
            let export = try workspace.shell(
                """
                export HANSARD_CHECKPOINT_COMMAND="env -u HANSARD_CHECKPOINT_COMMAND $hansard redact n > /dev/null"
                $hansard log export \(form) --show-redacted --reason court
                """)
            #expect(export.status == 0, "\(export.errors)")
            for (secret, isShown) in [("sulphur", true), ("antimony", form == "--raw")] {
                let texts = form.isEmpty ? [secret] : Self.base64Texts(of: secret)
                #expect(
                    texts.contains { export.output.contains($0) } == isShown,
                    "\(secret) \(form): \(export.output)")
            }
        }
        let effects = try workspace.run("history", "message", "n", "--json").records()
            .map { $0.string("effect") }
        #expect(effects == ["created", "redacted", "shown"])
    }
}
