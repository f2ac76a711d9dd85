import Foundation
import HansardRecords
import Testing

/// `history` has what others did to a record, readable and as JSON, now and up to a moment.
@Suite struct HistoryVerbTests {
    private let workspace: Workspace

    init() throws {
        workspace = try Workspace.withStore()
        let lines = [
            Line.session("s"), Line.message("m1", in: "s", "one"),
            Line.message("m2", in: "s", "two"),
        ]
        _ = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        let prepared = try workspace.shell(
            """
            $hansard redact m1 --reason r > /dev/null && $hansard message m1 --show-redacted --reason 'case 17' &&
            $hansard log export --show-redacted --reason 'for the court' --output "$(dirname $store)/log" &&
            $hansard trim s --keep 1 --on-behalf-of Ada && $hansard delete s --yes
            """)
        try #require(prepared.status == 0, "\(prepared.errors)")
    }

    /// For whom and why, on every verb that changes something or shows what is hidden.
    @Test func whyIsToldToo() throws {
        let other = try Workspace.withStore()
        let lines = [Line.session("s"), Line.message("m1", in: "s"), Line.message("m2", in: "s")]
        _ = try other.run("import", "-q", other.file("lines", lines: lines))
        let why = "--on-behalf-of Ada --correlation case-17 --causation m1"
        let done = try other.shell(
            """
            $hansard redact m1 --reason r \(why) && $hansard message m1 --show-redacted \(why) &&
            $hansard log export -q --show-redacted \(why) --output "$(dirname $store)/log" &&
            $hansard trim s --keep 1 --reason retention \(why) &&
            $hansard delete s --yes --reason 'asked for' \(why)
            """)
        try #require(done.status == 0, "\(done.errors)")
        let text = try other.run("history", "message", "m1").output
        let facts = "on behalf of Ada, correlation case-17, caused by m1"
        #expect(text.components(separatedBy: facts).count - 1 == 5, "\(text)")
        for reason in ["reason: r\n", "reason: retention", "reason: asked for"] {
            #expect(text.contains(reason), "\(text)")
        }
        for line in try other.run("history", "message", "m1", "--json").records().dropFirst() {
            let event = line.record("event")
            #expect(event?.string("correlation_id") == "case-17")
            #expect(event?.string("causation_id") == "m1" && event?.string("on_behalf_of") == "Ada")
        }
        for verb in [
            "trim s --keep 1 --correlation ''", "message m1 --causation x", "log export --reason x",
        ] {
            let run = try other.shell("$hansard \(verb)")
            let option = verb.components(separatedBy: " --").last?.split(separator: " ").first
            #expect(run.status == 64 && run.errors.contains("--\(option ?? "")"), "\(run.errors)")
        }
    }

    private func effects(_ arguments: String) throws -> [String] {
        let run = try workspace.shell("$hansard history \(arguments) --json")
        #expect(run.status == 0, "\(run.errors)")
        return try run.output.split(separator: "\n").map {
            try Record(json: String($0)).string("effect") ?? "none"
        }
    }

    @Test func aMessagesHistoryIsWhole() throws {
        let all = ["created", "redacted", "shown", "shown", "hidden", "removed"]
        #expect(try effects("message m1") == all)
        #expect(try effects("message m2") == ["created", "removed"])
        for end in 1...4 {
            #expect(try effects("message m1 --as-of \(end + 3)") == Array(all.prefix(end + 1)))
        }
    }

    /// An edit whose words are gone reads as one that had some, and the redaction says what it took.
    @Test func whatARedactionTookOutIsNamed() throws {
        let workspace = try Workspace.withStore()
        let edit =
            #"{"op":"edit_message","message_uuid":"m","changes":{"parts":[{"type":"text","#
            + #""content":"antimony"}],"role":"x","sulphur":"salt"}}"#
        let lines = [Line.session("s"), Line.message("m", in: "s", "sulphur"), edit]
        _ = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        try #require(try workspace.run("redact", "m", "--reason", "r").status == 0)
        for options in ["", "--as-of 3"] {
            let json = try workspace.shell("$hansard history message m --json \(options)").records()
            let takenOut = json.map { entry -> [String] in
                guard case .array(let changes)? = entry.field("changes") else { return [] }
                return changes.map(\.description).filter { $0.contains(#""redacted":true"#) }
            }
            let parts = #"{"field":"parts","redacted":true}"#
            let others = #"{"field":"*","redacted":true}"#
            let all = [[parts], [parts, others], [parts, others]]
            #expect(takenOut == (options.isEmpty ? all : Array(all.prefix(2))))
            #expect(json.prefix(2).allSatisfy { $0.record("event")?.bool("hidden") == true })
            #expect(try json[1].json().contains(#"{"field":"role","after":"x"}"#))
        }
        let text = try workspace.run("history", "message", "m").output
        #expect(text.components(separatedBy: "parts: removed by the redaction").count == 4)
        #expect(text.components(separatedBy: "other fields: removed by the redaction").count == 3)
        #expect(text.components(separatedBy: #""reason":"r""#).count == 2, "only where it was done")
        #expect(!text.contains("sulphur") && !text.contains("antimony") && !text.contains("salt"))
    }

    @Test func itIsReadable() throws {
        let text = try workspace.run("history", "message", "m1").output
        for part in [
            "message.created", "message.redacted", "redacted.shown", "reason: case 17",
            "showed its text", "showed the text of every redacted message", "session.trimmed",
            "on behalf of Ada, kept the newest 1 message",
            "hid it with the older messages of session s",
            "session.deleted", "removed it with its session s",
        ] { #expect(text.contains(part), "\(part) is not in \(text)") }
        let session = try workspace.run("history", "session", "s").output
        #expect(!session.contains("hid it") && !session.contains("removed it"))
    }
}
