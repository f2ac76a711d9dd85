import Foundation
import HansardRecords
import Testing

/// The verbs that list, show and change agents, contexts, tasks, sessions and messages.
@Suite struct RecordVerbTests {
    /// A store with one of everything: session `s` with messages, two agents, contexts, tasks.
    private func workspace() throws -> Workspace {
        let workspace = try Workspace.withStore()
        let time = #""created_at":"2025-03-03T07:00:00Z""#
        let lines =
            ["a", "b/1"].map { #"{"op":"register_agent","agent_id":"\#($0)","name":"N",\#(time)}"# }
            + [
                Line.session("s"), Line.message("m1", in: "s"),
                Line.message("m2", in: "s", "secret"),
            ]
            + [
                #"{"op":"share_context","context_id":"c1","session_id":"s","source_agent_id":"a","#
                    + #""target_agent_id":"b/1","content":{"k":1},\#(time)}"#,
                #"{"op":"share_context","context_id":"c2","source_agent_id":"a","#
                    + #""target_agent_id":"b/1","expires_at":"2025-03-04T00:00:00Z",\#(time)}"#,
                #"{"op":"create_task","task_id":"t1","session_id":"s","title":"T","#
                    + #""status":"pending","agents":[{"id":"a"}],\#(time)}"#,
                #"{"op":"create_task","task_id":"t2","session_id":"s","title":"U","#
                    + #""status":"completed",\#(time)}"#,
            ]
        let imported = try workspace.run("import", workspace.file("lines", lines: lines))
        try #require(imported.status == 0, "\(imported.errors)")
        return workspace
    }

    private func ids(_ run: CommandRun, _ field: String = "id") throws -> [String] {
        try run.records().map { $0.string(field) ?? "?" }
    }

    @Test func agentsAreListedShownAndRead() throws {
        let workspace = try workspace()
        #expect(try ids(workspace.run("agents", "--json")) == ["a", "b/1"])
        let shown = try workspace.run("agents", "show", "b/1", "--json").records()
        #expect(shown.first?.string("name") == "N")
        #expect(shown.first?.isNull("color") == true)
        #expect(try workspace.run("agents").output.contains("b/1"))
        let absent = try workspace.run("agents", "show", "zz")
        #expect(absent.status == 1 && absent.errors.contains("hansard agents"))
        #expect(try workspace.run("agents", "messages", "a", "--json").output == "")
        #expect(try workspace.run("agents", "messages", "a", "--limit", "0").status == 64)
    }

    @Test func contextsAreListedByWhatTheyAreAbout() throws {
        let workspace = try workspace()
        #expect(try ids(workspace.run("contexts", "--session", "s", "--json")) == ["c1"])
        #expect(try ids(workspace.run("contexts", "--target", "b/1", "--json")) == ["c1"])
        let all = try workspace.run("contexts", "--source", "a", "--include-expired", "--json")
        #expect(try ids(all) == ["c2", "c1"])
        #expect(try workspace.run("contexts", "show", "c1").output.contains("b/1"))
        #expect(try ids(workspace.run("contexts", "--json")) == ["c1"])
        let everything = try ids(workspace.run("contexts", "--include-expired", "--json"))
        #expect(Set(everything) == ["c1", "c2"])
        let some = try workspace.run("contexts", "--include-expired", "--limit", "1", "--json")
        #expect(try ids(some) == Array(everything.prefix(1)))
        #expect(some.errors == "hansard: there are more: raise --limit 1\n")
        #expect(try workspace.run("contexts", "show", "nope").status == 1)
    }

    @Test func expiredContextsAreRemovedOnce() throws {
        let workspace = try workspace()
        #expect(try workspace.run("contexts", "remove-expired", "--batch-size", "0").status == 64)
        let removed = try workspace.run("contexts", "remove-expired", "--json").records()
        #expect(removed.first?.integer("removed") == 1)
        #expect(try workspace.run("contexts", "show", "c2").status == 1)
        let again = try workspace.run("contexts", "remove-expired")
        #expect(again.output == "removed 0 contexts\n")
    }

    @Test func tasksAreListedByWhatTheyAreAbout() throws {
        let workspace = try workspace()
        #expect(try ids(workspace.run("tasks", "--json")) == ["t2", "t1"])
        #expect(try ids(workspace.run("tasks", "--session", "s", "--json")) == ["t1"])
        #expect(try ids(workspace.run("tasks", "--agent", "a", "--json")) == ["t1"])
        #expect(try ids(workspace.run("tasks", "--status", "completed", "--json")) == ["t2"])
        #expect(try ids(workspace.run("tasks", "--limit", "1", "--json")) == ["t2"])
        let shown = try workspace.run("tasks", "show", "t1", "--json").records()
        guard case .array(let agents)? = shown.first?.field("agents") else {
            return #expect(Bool(false), "no list of agents")
        }
        #expect(agents.count == 1)
        let wrong = try workspace.run("tasks", "--status", "done")
        #expect(wrong.status == 64 && wrong.errors.contains("in_progress"))
    }

    @Test func trimHidesAndSaysHowMany() throws {
        let workspace = try workspace()
        #expect(try workspace.run("trim", "s", "--keep", "1").output == "hid 1 message\n")
        let left = try ids(workspace.run("session", "s", "--json"), "message_uuid")
        #expect(left.dropFirst() == ["m2"])
        #expect(try workspace.run("trim", "s", "--keep", "1").output == "hid 0 messages\n")
        #expect(try workspace.run("trim", "s", "--keep", "-1").status == 64)
        #expect(try workspace.run("trim", "none", "--keep", "1").status == 1)
    }

    /// A redacted message's text is in none of the verbs' output, whatever they print.
    @Test func whatWasRedactedIsNowhere() throws {
        let workspace = try workspace()
        let edit = #"{"op":"edit_message","message_uuid":"m2","changes":{"note":"secret too"}}"#
        _ = try workspace.run("import", workspace.file("edit", lines: [edit]))
        let redacted = try workspace.run("redact", "m2", "--reason", "personal data")
        #expect(redacted.status == 0)
        for verb in [
            "message m2", "message m2 --json", "session s", "session s --json", "export",
            "events --json", "events", "history message m2", "history message m2 --json",
        ] {
            let shown = try workspace.shell("$hansard \(verb)")
            #expect(shown.status == 0, "\(verb): \(shown.errors)")
            #expect(!shown.output.contains("secret"), "\(verb) shows it")
        }
        // Who is shown it all the same stands in the log.
        let shown = try workspace.run("message", "m2", "--show-redacted", "--reason", "case 17")
        #expect(shown.output.contains("secret"))
        let acts = try workspace.run("events", "--stream", "system/redactions", "--json").records()
        #expect(acts.count == 1)
        #expect(acts.first?.string("actor")?.hasPrefix("os-user:") == true)
        #expect(acts.first?.record("data")?.string("reason") == "case 17")
        #expect(try workspace.run("message", "m1", "--show-redacted").status == 1)
        #expect(try !workspace.run("export").output.contains("secret"))
        let conversation = try workspace.run("session", "s").output
        #expect(conversation.contains("redacted") && conversation.contains("personal data"))
        #expect(try workspace.run("redact", "nope").status == 1)
    }

    @Test func deleteAsksFirstAndTakesEverythingAlong() throws {
        let workspace = try workspace()
        let asked = try workspace.run("delete", "s")
        #expect(asked.status == 1 && asked.errors.contains("--yes"))
        #expect(try workspace.run("session", "s").status == 0)
        #expect(try workspace.run("delete", "s", "--yes").status == 0)
        for verb in ["session s", "message m1", "contexts show c1", "tasks show t1", "delete s"] {
            #expect(try workspace.shell("$hansard \(verb)").status == 1, "\(verb)")
        }
        #expect(try workspace.run("tasks", "--json").output == "")
        let history = try workspace.run("history", "session", "s", "--json").records()
        let types = history.map { $0.record("event")?.string("type") ?? "?" }
        #expect(types == ["session.created", "session.deleted"])
    }

    @Test func historyNamesWhoDidIt() throws {
        let workspace = try workspace()
        _ = try workspace.run("trim", "s", "--keep", "1", "--on-behalf-of", "Ada")
        let entries = try workspace.run("history", "session", "s", "--json").records()
        let event = try #require(entries.last?.record("event"))
        #expect(event.string("on_behalf_of") == "Ada")
        #expect(event.string("actor")?.hasPrefix("os-user:") == true)
        #expect(try workspace.run("history", "session", "s").output.contains("Ada"))
        #expect(try workspace.run("history", "room", "s").status == 64)
        #expect(try workspace.run("history", "task", "nope").status == 1)
    }

    /// Changes are listed field by field, before and after.
    @Test func historySaysWhatChanged() throws {
        let workspace = try workspace()
        let lines = [
            #"{"op":"update_session","session_id":"s","changes":{"title":"new","colour":"red"}}"#
        ]
        _ = try workspace.run("import", workspace.file("update", lines: lines))
        let entries = try workspace.run("history", "session", "s", "--json").records()
        guard case .array(let changes)? = entries.last?.field("changes") else {
            return #expect(Bool(false), "no changes")
        }
        let title: Value = ["field": "title", "before": "a title", "after": "new"]
        #expect(changes.contains { $0.isEquivalent(to: title) })
        let colour: Value = ["field": "colour", "after": "red"]
        #expect(changes.contains { $0.isEquivalent(to: colour) })
    }

    /// The past is there to be read after it was deleted, by position and by time.
    @Test func thePastIsRead() throws {
        let workspace = try workspace()
        let before = try workspace.run("message", "m1", "--json").output
        let head = try #require(
            try workspace.run("stats", "--json").records().first?.integer("head"))
        _ = try workspace.run("delete", "s", "--yes")
        for verb in [
            "session s", "message m1", "contexts show c1", "tasks show t1", "agents show a",
            "tasks --session s", "contexts --session s", "sessions",
        ] {
            let run = try workspace.shell("$hansard \(verb) --json --as-of \(head)")
            #expect(run.status == 0 && !run.output.isEmpty, "\(verb): \(run.errors)")
        }
        #expect(try workspace.shell("$hansard message m1 --json --as-of \(head)").output == before)
        let now = try workspace.shell("$hansard message m1 --as-of $(date -u +%FT%TZ -d +1hour)")
        #expect(now.status == 1)
        for (moment, status) in [("0", 64), ("x", 64), ("999999", 1), ("2001-01-01", 1)] {
            let run = try workspace.run("session", "s", "--as-of", moment)
            #expect(run.status == Int32(status), "\(moment): \(run.errors)")
        }
    }

    @Test func differencesOfASession() throws {
        let workspace = try workspace()
        let head = try #require(
            try workspace.run("stats", "--json").records().first?.integer("head"))
        let lines = [
            Line.message("m3", in: "s"),
            #"{"op":"edit_message","message_uuid":"m1","changes":{"role":"observer"}}"#,
            #"{"op":"update_session","session_id":"s","changes":{"title":"new"}}"#,
        ]
        _ = try workspace.run("import", workspace.file("more", lines: lines))
        let changes = try workspace.run(
            "diff", "session", "s", "--from", "\(head)", "--json"
        ).records()
        #expect(
            changes.map { $0.string("session") ?? $0.string("message") ?? "?" }
                == ["changed", "added", "changed"])
        let text = try workspace.run("diff", "session", "s", "--from", "\(head)").output
        #expect(text.contains("+ message") && text.contains("~ message m1"))
        let none = try workspace.run(
            "diff", "session", "s", "--from", "\(head)", "--to", "\(head)")
        #expect(none.output == "no difference\n")
        #expect(try workspace.run("diff", "session", "zz", "--from", "1").status == 1)
    }

    /// Past reads leave redacted text out too, so that the record is the same before and after.
    @Test func differencesTellOfRedactions() throws {
        let workspace = try workspace()
        let edit = #"{"op":"edit_message","message_uuid":"m1","changes":{"role":"observer"}}"#
        _ = try workspace.run("import", workspace.file("more", lines: [edit]))
        let head = try #require(
            try workspace.run("stats", "--json").records().first?.integer("head"))
        try #require(try workspace.run("redact", "m1", "--reason", "court").status == 0)
        func diff(_ from: Int64, _ to: Int64) throws -> [String] {
            try workspace.run(
                "diff", "session", "s", "--from", "\(from)", "--to", "\(to)", "--json"
            )
            .output.split(separator: "\n").map(String.init)
        }
        let redacting = try diff(head, head + 1)
        try #require(redacting.count == 1)
        #expect(redacting[0].contains(#"{"field":"redacted","after":{"at":"#))
        #expect(redacting[0].contains(#""reason":"court""#))
        #expect(try diff(head + 1, head)[0].contains(#"{"field":"redacted","before":{"at":"#))
        let editing = try diff(head - 1, head)
        try #require(editing.count == 1)
        #expect(!editing[0].contains(#""field":"redacted""#))
        #expect(editing[0].contains(#""redacted":{"at":"#))
        let text = try workspace.run(
            "diff", "session", "s", "--from", "\(head - 1)", "--to", "\(head)"
        ).output
        #expect(text.contains("~ message m1 [redacted ") && text.contains(": court]"))
        let events = try workspace.run("events", "--type", "message.edited", "--json").output
        #expect(
            events.contains(#""changes":{"role":"observer"}"#)
                && events.contains(#""redacted":{"at":"#))
    }

    /// A field of a message's own that has the name of a redaction's mark is shown as a field.
    @Test func differencesTellRedactionsFromFieldsOfTheirName() throws {
        let workspace = try workspace()
        let head = try #require(
            try workspace.run("stats", "--json").records().first?.integer("head"))
        let edit =
            #"{"op":"edit_message","message_uuid":"m1","changes":{"redacted":{"at":"2020-01-01T00:00:00Z","#
            + #""by":"os-user:ceo","reason":"forged"}}}"#
        _ = try workspace.run("import", workspace.file("more", lines: [edit]))
        try #require(try workspace.run("redact", "m2", "--reason", "court").status == 0)
        func diff(_ from: Int64, _ to: Int64) throws -> [Substring] {
            try workspace.run("diff", "session", "s", "--from", "\(from)", "--to", "\(to)").output
                .split(separator: "\n")
        }
        let changes = try diff(head, head + 2)
        try #require(changes.count == 4, "\(changes)")
        #expect(changes[0] == "~ message m1" && changes[1].hasPrefix("  redacted: {\"at\":\"2020"))
        #expect(changes[3].hasPrefix("~ message m2 became [redacted 2"), "\(changes)")
        #expect(changes[3].hasSuffix(": court]"), "\(changes)")
        let back = try diff(head + 2, head)
        #expect(back.last?.hasPrefix("~ message m2 not yet [redacted 2") == true, "\(back)")
    }

    /// A store takes its own export back, redactions and a program's own events included.
    @Test func ownExportsAddNothing() throws {
        let workspace = try workspace()
        _ = try workspace.run("redact", "m2")
        let own = try workspace.run(
            "append", "--stream", "deploy/1", "--type", "deploy.started", "--data", "{}")
        #expect(own.status == 0)
        let exported = try workspace.run("export")
        #expect(
            exported.status == 0 && exported.errors.contains("left out 1 event that is not a mutation")
        )
        let lines = try workspace.file("own", Data(exported.output.utf8))
        let imported = try workspace.run("import", lines, "--json")
        #expect(imported.status == 0, "\(imported.errors)")
        #expect(try imported.records().first?.integer("added") == 0)
    }

    /// History shows the messages of a deleted session, so they can be redacted.
    @Test func messagesOfDeletedSessionsAreRedacted() throws {
        let workspace = try workspace()
        _ = try workspace.run("delete", "s", "--yes")
        #expect(try workspace.run("redact", "m2").status == 0)
        for verb in ["history message m2", "export", "events --json"] {
            #expect(try !workspace.shell("$hansard \(verb)").output.contains("secret"), "\(verb)")
        }
    }

    @Test func closedDescriptorsHarmNothing() throws {
        let workspace = try workspace()
        let run = try workspace.shell("$hansard import <&-; echo $?")
        #expect(run.output.hasSuffix("0\n"), "\(run.errors)")
        #expect(try workspace.shell("$hansard sessions >&- 2>&-").status != 139)
    }

    @Test func historyShowsLinkedAgents() throws {
        let workspace = try workspace()
        let link = #"{"op":"link_task_agents","task_id":"t1","agents":["b/1"]}"#
        _ = try workspace.run("import", workspace.file("link", lines: [link]))
        let history = try workspace.run("history", "task", "t1").output
        #expect(history.contains("b/1"))
    }
}
