import Hansard
import HansardRecords
import Testing

/// Verbs show the past, and messages that can't be read any more.
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
        let head = try head()
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

    /// Whatever is gone says since when, by whom, and up to which event it can still be read.
    @Test func whatIsGoneSaysSo() throws {
        try load([
            #"{"op":"share_context","context_id":"x","session_id":"s","source_agent_id":"a","#
                + #""target_agent_id":"b","expires_at":"2025-03-04T00:00:00Z"}"#,
            #"{"op":"share_context","context_id":"c","session_id":"s","source_agent_id":"a","#
                + #""target_agent_id":"b"}"#,
            #"{"op":"create_task","task_id":"t","session_id":"s","title":"T"}"#,
        ])
        #expect(try workspace.run("contexts", "remove-expired").output == "removed 1 context\n")
        #expect(try workspace.run("trim", "s", "--keep", "2").status == 0)
        #expect(try workspace.run("delete", "s", "--yes").status == 0)
        for (verb, kind, id, what, end) in [
            ("session", "session", "s", "was deleted at 20", 10),
            ("contexts show", "context", "c", "was deleted with its session at 20", 10),
            ("contexts show", "context", "x", "was removed as expired at 20", 8),
            ("tasks show", "task", "t", "was deleted with its session at 20", 10),
            ("message", "message", "m", "was trimmed at 20", 9),
            ("message", "message", "n", "was deleted with its session at 20", 10),
        ] {
            let run = try workspace.shell("$hansard \(verb) \(id)")
            #expect(run.status == 1)
            #expect(run.errors.contains("\(kind) '\(id)' \(what)"), "\(run.errors)")
            #expect(run.errors.contains("as event \(end)"), "\(run.errors)")
            #expect(run.errors.contains("'hansard history \(kind) \(id)'"), "\(run.errors)")
            #expect(run.errors.contains("by os-user:"), "\(run.errors)")
            #expect(try workspace.shell("$hansard \(verb) \(id) --as-of \(end - 1)").status == 0)
            #expect(
                try workspace.shell("$hansard \(verb) \(id) --as-of \(end)").errors == run.errors)
        }
        let early = try workspace.run("tasks", "show", "t", "--as-of", "6")
        #expect(early.errors.contains("there was no task 't' yet"), "\(early.errors)")
        try load([Line.session("s", title: "again")])
        #expect(try workspace.run("session", "s").status == 0, "it began again")
        let between = try workspace.run("session", "s", "--as-of", "10")
        #expect(between.errors.contains("was deleted at 20"), "\(between.errors)")
    }

    @Test func aTimeBeforeTheFirstEventSaysWhenThatWas() throws {
        let early = try workspace.run("session", "s", "--as-of", "2001-01-01")
        let first = try workspace.run("events", "--limit", "1", "--json").records().first
        let time = try #require(first?.string("recorded_at"))
        #expect(
            early.status == 1 && early.errors.contains("the first event was recorded at \(time)"),
            "\(early.errors)")
        #expect(try workspace.run("session", "s", "--as-of", time).status == 0)
    }

    @Test func aDifferenceSaysWhetherTheSessionWasThere() throws {
        try load([Line.session("late")])
        #expect(try workspace.run("delete", "s", "--yes").status == 0)
        for (session, fate, mark) in [
            ("s", "removed", "- session s"), ("late", "added", "+ session late"),
        ] {
            let difference = "$hansard diff session \(session) --from 4"
            let json = try workspace.shell("\(difference) --json").records()
            #expect(json.first?.string("session") == fate, "\(session)")
            let text = try workspace.shell(difference).output
            #expect(text.hasPrefix(mark + "\n"), "\(text)")
        }
        let messages = try workspace.run("diff", "session", "s", "--from", "4", "--json").records()
        #expect(
            messages.dropFirst().map { $0.string("message") } == ["removed", "removed", "removed"])
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

    @Test func tasksAreListedAsTheyWere() throws {
        try loadAgents(["a", "b"])
        try load([
            #"{"op":"create_task","task_id":"t","session_id":"s","title":"T","status":"pending","#
                + #""agents":[{"id":"a"}],"created_at":"2025-03-03T09:00:00Z"}"#,
            #"{"op":"create_task","task_id":"u","session_id":"s","title":"U","status":"pending","#
                + #""agents":[{"id":"a"}],"created_at":"2025-03-03T09:00:01Z"}"#,
        ])
        let before = try head()
        try load([
            #"{"op":"update_task","task_id":"t","changes":{"status":"completed","agents":[{"id":"b"}]}}"#
        ])
        #expect(try ids("tasks --agent a") == ["u"])
        #expect(try ids("tasks --agent a --as-of \(before)") == ["u", "t"])
        #expect(try ids("tasks --agent b --as-of \(before)") == [])
        #expect(try ids("tasks --status pending") == ["u"])
        #expect(try ids("tasks --status pending --as-of \(before)") == ["u", "t"])
        #expect(try ids("tasks --status completed --as-of \(before)") == [])
        #expect(try ids("tasks --as-of \(before - 1)") == ["t"])
        let page = try workspace.shell(
            "$hansard tasks --status pending --as-of \(before) --limit 1")
        let more = page.output + page.errors
        #expect(more.contains("--status pending --as-of \(before)"), "\(more)")
    }

    @Test func contextsAreListedAsTheyWere() throws {
        func context(_ id: String, _ more: String) -> String {
            #"{"op":"share_context","context_id":"\#(id)","session_id":"s","source_agent_id":"a","#
                + #""target_agent_id":"b","context_type":"full","content":{},"#
                + #""created_at":"2025-03-03T09:00:00Z"\#(more)}"#
        }
        try load([context("c", ""), context("d", #","expires_at":"2025-03-03T10:00:00Z""#)])
        let before = try head()
        try load([
            #"{"op":"update_context","context_id":"c","changes":{"target_agent_id":"z"}}"#
        ])
        #expect(try ids("contexts --target b") == [])
        #expect(try ids("contexts --target b --as-of \(before)") == ["c"])
        #expect(try ids("contexts --target b --as-of \(before) --include-expired") == ["d", "c"])
        #expect(try ids("contexts --target z --as-of \(before)") == [])
        #expect(try ids("contexts --source a --target z") == ["c"])
        #expect(try ids("contexts --source a --as-of \(before - 2)") == [])
        #expect(try ids("contexts --include-expired --as-of \(before)") == ["d", "c"])
        #expect(try workspace.run("contexts", "remove-expired").status == 0)
        #expect(try ids("contexts --session s --include-expired") == ["c"])
        #expect(try ids("contexts --session s --include-expired --as-of \(before)") == ["d", "c"])
    }

    private func loadAgents(_ ids: [String]) throws {
        try load(
            ids.map {
                #"{"op":"register_agent","agent_id":"\#($0)","name":"\#($0)","#
                    + #""created_at":"2025-03-03T08:00:00Z"}"#
            })
    }

    private func head() throws -> Int64 {
        let stats = try workspace.run("stats", "--json").records().first
        return try #require(stats?.integer("head"))
    }

    @Test func aPositionNoLogCanHaveIsAWrongCommand() throws {
        let far = try workspace.run("session", "s", "--as-of", "999999999999999999999")
        #expect(far.status == 64 && far.errors.contains("no log has "), "\(far.errors)")
    }
}
