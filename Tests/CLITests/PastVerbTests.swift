import Hansard
import Records
import Testing

/// What verbs tell of the past, and of messages that can't be read any more.
@Suite struct PastVerbTests {
    private let workspace: Workspace

    /// Events 1 to 4: a session, two messages of agent a and one of b.
    init() throws {
        workspace = try Workspace.withStore()
        func message(_ id: String, _ agent: String, _ second: Int) -> String {
            #"{"op":"create_message","message_uuid":"\#(id)","session_id":"s","type":"user","#
                + #""agent_id":"\#(agent)","#
                + #""created_at":"2025-03-03T07:00:0\#(second)Z","#
                + #""parts":[{"type":"text","content":"words of \#(id)"}]}"#
        }
        try load([
            Line.session("s"), message("m", "a", 1), message("n", "a", 2), message("o", "b", 3),
        ])
    }

    private func load(_ lines: [String]) throws {
        let run = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        try #require(run.status == 0, "\(run.errors)")
    }

    private func ids(_ arguments: String) throws -> [String?] {
        let run = try workspace.shell("$hansard \(arguments) --json")
        return try run.records().map { $0.string("message_uuid") ?? $0.string("id") }
    }

    @Test func anAgentsMessagesAreReadAsTheyWere() throws {
        try load([#"{"op":"edit_message","message_uuid":"n","changes":{"agent_id":"b"}}"#])
        #expect(try workspace.run("trim", "s", "--keep", "1").status == 0)
        #expect(try ids("agents messages a") == [])
        #expect(try ids("agents messages a --as-of 5") == ["m"])
        #expect(try ids("agents messages b --as-of 5") == ["o", "n"])
        #expect(try ids("agents messages a --as-of 4") == ["n", "m"])
        #expect(try ids("agents messages a --as-of 4 --oldest-first") == ["m", "n"])
        #expect(try ids("agents messages b --as-of 4") == ["o"])
        #expect(try ids("agents messages a --as-of 2") == ["m"])
        let page = try workspace.shell("$hansard agents messages a --as-of 4 --limit 1")
        #expect(
            (page.output + page.errors).contains("--as-of 4"), "the next page is of the same moment"
        )
    }

    /// Records nest 64 levels; what a line says around them is not counted.
    @Test func theDeepestRecordsArePrinted() throws {
        let deep = String(repeating: #"{"a":"#, count: 63) + "1" + String(repeating: "}", count: 63)
        try load([
            #"{"op":"create_session","session_id":"deep","title":"t","session_metadata":\#(deep),"#
                + #""created_at":"2025-03-03T07:00:00Z"}"#,
            #"{"op":"create_message","message_uuid":"d","session_id":"deep","type":"user","#
                + #""message_metadata":\#(deep),"created_at":"2025-03-03T07:00:00Z"}"#,
        ])
        for verb in [
            "session deep", "message d", "events --stream session/deep", "history session deep",
            "history message d", "diff session deep --from 4", "diff session deep --from 5",
        ] {
            let run = try workspace.shell("$hansard \(verb) --json")
            #expect(run.status == 0 && run.output.contains(deep), "\(verb): \(run.errors)")
        }
        let proof = try workspace.shell(
            """
            $hansard prove 6 --payload > "$store/../proof" && $hansard key show > "$store/../key" &&
            $hansard check-proof "$store/../proof" --key "$store/../key" --json
            """)
        #expect(proof.status == 0 && proof.output.contains(deep), "\(proof.errors)")
    }

    @Test func agentsAreListedAsTheyWere() throws {
        try load([
            #"{"op":"register_agent","agent_id":"a","name":"first","#
                + #""created_at":"2025-03-03T08:00:00Z"}"#,
            #"{"op":"register_agent","agent_id":"c","name":"later","#
                + #""created_at":"2025-03-03T08:00:00Z"}"#,
        ])
        let head = try #require(
            try workspace.run("stats", "--json").records().first?.integer("head"))
        #expect(try ids("agents") == ["a", "c"])
        #expect(try ids("agents list --as-of \(head)") == ["a", "c"])
        #expect(try ids("agents list --as-of \(head - 1)") == ["a"])
        #expect(try ids("agents list --as-of 4") == [])
    }

    @Test func aTrimmedMessageSaysSo() throws {
        #expect(try workspace.run("trim", "s", "--keep", "1").status == 0)
        let run = try workspace.run("message", "m")
        #expect(run.status == 1 && run.errors.contains("was trimmed at 20"), "\(run.errors)")
        #expect(run.errors.contains("as event 5"))
        #expect(run.errors.contains("hansard history message m"))
        #expect(run.errors.contains("--as-of 4"))
        #expect(try workspace.run("message", "m", "--as-of", "4").output.contains("words of m"))
        #expect(try workspace.run("history", "message", "m").status == 0)
        let early = try workspace.run("message", "o", "--as-of", "3")
        #expect(early.errors.contains("there was no message 'o' yet"), "\(early.errors)")
        #expect(try workspace.run("message", "x").errors.contains("there is no message 'x'"))
    }

    /// Its session's deletion came when it could not be read any more.
    @Test func aTrimmedMessageOfADeletedSessionNamesTheTrim() throws {
        #expect(try workspace.run("trim", "s", "--keep", "1").status == 0)
        #expect(try workspace.run("delete", "s", "--yes").status == 0)
        let run = try workspace.run("message", "m")
        #expect(run.status == 1 && run.errors.contains("as event 5"), "\(run.errors)")
        #expect(run.errors.contains("--as-of 4"), "\(run.errors)")
        #expect(try workspace.run("message", "m", "--as-of", "4").output.contains("words of m"))
        let kept = try workspace.run("message", "o")
        #expect(kept.errors.contains("deleted with its session"), "\(kept.errors)")
    }

    @Test func aMessageOfADeletedSessionSaysSo() throws {
        #expect(try workspace.run("delete", "s", "--yes").status == 0)
        let run = try workspace.run("message", "m")
        #expect(run.errors.contains("was deleted with its session"), "\(run.errors)")
        #expect(run.errors.contains("--as-of 4"))
        #expect(try workspace.run("message", "m", "--as-of", "4").output.contains("words of m"))
    }

    @Test func shownTextSaysThatItIsRedacted() throws {
        #expect(try workspace.run("redact", "m", "--reason", "case 9").status == 0)
        let text = try workspace.run("message", "m", "--show-redacted").output
        #expect(text.contains("words of m") && text.contains("[redacted 20"), "\(text)")
        #expect(text.contains("case 9"))
        let json = try workspace.run("message", "m", "--show-redacted", "--json").records()
        #expect(json.first?.record("redacted")?.string("reason") == "case 9")
        #expect(json.first?.string("agent_id") == "a")
    }

    @Test func whatCantBeReadAsOfThenSaysWhatCan() throws {
        for command in ["contexts --source a", "tasks --agent a", "tasks"] {
            let run = try workspace.shell("$hansard \(command) --as-of 3")
            #expect(run.status == 64 && run.errors.contains("show ID --as-of"), "\(run.errors)")
        }
        let far = try workspace.run("session", "s", "--as-of", "999999999999999999999")
        #expect(far.status == 64 && far.errors.contains("no log has as many"), "\(far.errors)")
        #expect(
            try workspace.run("contexts", "--session", "s", "--target", "b", "--as-of", "3").status
                == 0)
    }
}
