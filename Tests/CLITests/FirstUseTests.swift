import Foundation
import Hansard
import HansardBindings
import HansardRecords
import Testing

@testable import HansardCLI

/// The mistakes of a user who meets the program for the first time.
@Suite struct FirstUseTests {
    private let workspace: Workspace

    init() throws {
        workspace = try Workspace.withStore()
        let lines = [Line.session("s"), Line.message("m", in: "s"), Line.message("n", in: "s")]
        let run = try workspace.run("import", "-q", workspace.file("a", lines: lines))
        try #require(run.status == 0)
    }

    private func json(_ arguments: String) throws -> Record {
        let run = try workspace.shell("$hansard \(arguments) --json")
        return try #require(try run.records().first, "\(run.errors)")
    }

    /// Like every other verb that changes something.
    @Test func appendRecordsWhoRanIt() throws {
        let input =
            #"{"stream":"b/1","type":"t"}"# + "\n" + #"{"stream":"b/1","type":"t","actor":"x"}"#
        #expect(try workspace.shell("$hansard append --stream a/b --type t").status == 0)
        #expect(
            try workspace.shell("$hansard append --stream a/b --type t --actor ci").status == 0)
        #expect(try workspace.run("append", "--lines", input: Data(input.utf8)).status == 0)
        let actors = try workspace.run("events", "--after", "3", "--json").records()
            .map { $0.string("actor") }
        let me = "os-user:\(ProcessUser.name)"
        #expect(actors == [me, "ci", me, "x"])
    }

    @Test func aSecondRedactionSaysThatThereIsOne() throws {
        #expect(
            try workspace.run("redact", "m", "--reason", "first").output == "redacted message m\n")
        let head = try json("stats").integer("head")
        for json in [[], ["--json"]] {
            let again = try workspace.shell(
                "$hansard redact m --reason second \(json.joined())")
            #expect(again.status == 0)
            #expect(again.errors.contains("was already redacted"), "\(again.errors)")
            #expect(again.errors.contains("reason: first"), "\(again.errors)")
            #expect(again.errors.contains("not kept"), "\(again.errors)")
            #expect(again.output.isEmpty == json.isEmpty)
        }
        #expect(try json("stats").integer("head") == head)
    }

    @Test func tasksComeInPages() throws {
        let lines = (0..<7).map { number in
            #"{"op":"create_task","task_id":"t\#(number)","session_id":"s","title":"t","#
                + #""status":"\#(number < 5 ? "pending" : "completed")","#
                + #""created_at":"2025-03-03T07:00:0\#(number / 2)Z"}"#
        }
        #expect(try workspace.run("import", "-q", workspace.file("t", lines: lines)).status == 0)
        let head = try #require(try json("stats").integer("head"))
        let done = #"{"op":"update_task","task_id":"t0","changes":{"status":"completed"}}"#
        #expect(try workspace.run("import", "-q", workspace.file("d", lines: [done])).status == 0)
        for (which, count) in [
            ("", 7), ("--status pending", 4), ("--session s", 4),
            ("--session s --include-completed", 7), ("--session s --as-of \(head)", 5),
            ("--session s --include-completed --as-of \(head - 1)", 6),
        ] {
            let whole = try workspace.shell("$hansard tasks --json \(which)").output
            var (pages, rest) = ("", "$hansard tasks --json --limit 2 \(which)")
            while !rest.isEmpty {
                let page = try workspace.shell(rest)
                try #require(page.status == 0, "\(page.errors)")
                pages += page.output
                let more = page.errors.components(separatedBy: "there is more: hansard").last ?? ""
                rest = page.errors.isEmpty ? "" : "$hansard" + more
            }
            #expect(pages == whole, "\(which)")
            #expect(pages.split(separator: "\n").count == count)
        }
        let other = try workspace.shell(
            "$hansard tasks --session s --after $($hansard tasks --limit 1 | grep -o 'cursor-[0-9a-f]*')"
        )
        #expect(other.status == 1 && other.errors.contains("another list"))
    }

    @Test func theSessionsOwnRecord() throws {
        let record = try #require(try json("session s").record("session"))
        #expect(record.string("title") == "a title" && record.integer("messages_count") == 2)
        let lines = try workspace.run("session", "s", "--json").records()
        #expect(lines.map { $0.contains("session") } == [true, false, false])
        let past = try #require(try json("session s --as-of 2").record("session"))
        #expect(past.string("title") == "a title" && past.integer("messages_count") == 1)
        let missing = try workspace.run("session", "none", "--json")
        #expect(missing.status == 1 && missing.output == "")
    }

    @Test func historyUpToAMoment() throws {
        #expect(try workspace.run("redact", "m", "--reason", "r").status == 0)
        #expect(try workspace.run("history", "message", "m", "--json").records().count == 2)
        let past = try workspace.run("history", "message", "m", "--as-of", "3", "--json")
        #expect(try past.records().count == 1)
        // What was redacted since is blank in the past too.
        #expect(!past.output.contains("hello") && past.output.contains("redacted"))
        let before = try workspace.run("history", "message", "m", "--as-of", "1")
        #expect(before.status == 1 && before.errors.contains("as of event 1"))
        #expect(try workspace.run("history", "message", "m", "--as-of", "99").status == 1)
    }

    /// The same answer wherever a position is given that the log does not have.
    @Test(arguments: [
        "follow --from 5", "events --after 4", "export --from 5", "sessions --as-of 4",
        "history session s --as-of 4", "diff session s --from 4",
    ]) func beyondTheHead(command: String) throws {
        let run = try workspace.shell("$hansard \(command)")
        #expect(run.status == 1, "\(run.output)")
        #expect(run.output == "" && run.errors.contains("the log ends at 3"), "\(run.errors)")
    }

    @Test(arguments: ["follow --from 3 --limit 1", "events --after 3", "export --from 4"])
    func atTheHead(command: String) throws {
        #expect(try workspace.shell("$hansard \(command)").status == 0)
    }

    @Test func statsSayWhatIsSigned() throws {
        let signing = try #require(try json("stats").record("signing"))
        #expect(signing.string("key")?.contains("hansard") == true)
        #expect(signing.integer("checkpoint_size") == 3)
        guard case .double(let age)? = signing.field("checkpoint_age_seconds") else {
            Issue.record("no age")
            return
        }
        #expect(age >= 0 && age < 600)
        let text = try workspace.run("stats").output
        #expect(text.contains("signed        3 of 3 events, "), "\(text)")
        try FileManager.default.removeItem(atPath: "\(workspace.store)/keys/signing.key")
        let unsigned = try #require(try json("stats").record("signing"))
        #expect(
            unsigned.isNull("key") && unsigned.string("key_failure")?.contains("missing") == true)
        #expect(try workspace.run("stats").output.contains("no key to sign with"))
    }

    @Test func theDoctorSaysWhatToDoAboutAKey() throws {
        try FileManager.default.removeItem(atPath: "\(workspace.store)/keys/signing.key")
        let run = try workspace.run("doctor", "--json")
        let key = try #require(try run.records().first { $0.string("check") == "key" })
        #expect(key.string("verdict") == "fail")
        #expect(key.string("finding")?.hasSuffix("is missing") == true)
        #expect(key.string("advice")?.contains("hansard key rotate --lost") == true)
    }

    private struct Counted: Projection {
        let tables = ["counted"]
        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {}
    }

    /// Units of a program that keeps more than this one.
    @Test func unitsOfOtherProgramsAreListed() throws {
        let own = ProjectionUnit(name: "own", version: 7, projections: [Counted()])
        let store = try Store.open(workspace.store, units: [own])
        let event = try Event(
            type: EventType("own.noted"), stream: StreamName(category: "own", id: Identifier("x")))
        _ = try store.appendBlocking(Append([event]))
        try store.close()
        let units = try workspace.run("projections", "--json").records()
        let found = try #require(units.first { $0.string("name") == "own" })
        #expect(found.string("state") == "foreign" && found.integer("version") == 7)
        #expect(found.integer("checkpoint") == 4 && found.isNull("lag"))
        let table = try workspace.run("projections").output.split(separator: "\n")
        #expect(table.last?.hasPrefix("own") == true && table.last?.contains("foreign") == true)
        guard case .array(let told)? = try json("stats").field("projections") else {
            Issue.record("no list")
            return
        }
        #expect(told.count == units.count)
        #expect(try told.contains(found.value()), "\(told)")
        #expect(try workspace.run("stats").output.contains("of another program"))
    }
}
