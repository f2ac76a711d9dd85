import Foundation
import HansardBindings
import HansardRecords
import Testing

/// A person finds damaged pages, and can still do the following.
@Suite struct DamageTests {
    /// Bytes scattered over the pages, as a bad disk leaves them; the meta pages are spared.
    private func scatter(_ path: String, seed: UInt64) throws {
        let url = URL(fileURLWithPath: path)
        var bytes = [UInt8](try Data(contentsOf: url))
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for _ in 0..<16 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes[8192 + Int(state >> 33) % (bytes.count - 8192)] ^= UInt8(state >> 56) | 1
        }
        try Data(bytes).write(to: url)
    }

    /// Following damaged pages can crash the process that does: that is damage, not a crash.
    @Test(arguments: ["log", "index-1"], [1, 2, 3, 4]) func verifyNeverCrashes(
        part: String, seed: UInt64
    ) throws {
        let workspace = try Workspace.withExcerpt()
        try scatter("\(workspace.store)/\(part)/data.mdb", seed: seed)
        let run = try workspace.run("verify")
        #expect(run.status == 2 || run.status == 0, "seed \(seed): \(run.status) \(run.errors)")
        #expect(!run.errors.contains("Fatal error"))
        let json = try workspace.run("verify", "--json")
        let isSound = json.output.contains(#""sound":true"#)
        #expect(isSound == (run.status == 0), "seed \(seed): \(json.output)")
        #expect(json.status == run.status)
        // Swift's account of a crash is nothing for the person who asked. A rebuild reads a log in
        // its own process, which the log's damaged pages can still end.
        for verb in ["verify", "doctor"] + (part == "log" ? [] : ["rebuild -q"]) {
            let told = try workspace.shell("SWIFT_BACKTRACE=enable=yes $hansard \(verb)")
            #expect(!told.errors.contains("crashed"), "\(verb), seed \(seed): \(told.errors)")
        }
    }

    /// The first reading of such a page ends the process that does it.
    @Test func aWreckedIndexIsToldByWhoeverLooks() throws {
        let workspace = try Workspace.withExcerpt()
        let url = URL(fileURLWithPath: "\(workspace.store)/index-1/data.mdb")
        var bytes = [UInt8](try Data(contentsOf: url))
        for place in 8192..<bytes.count {
            bytes[place] = UInt8(truncatingIfNeeded: place &* 31 &+ 7)
        }
        try Data(bytes).write(to: url)
        let verify = try workspace.run("verify", "--json")
        #expect(verify.status == 2)
        #expect(verify.output.contains(#""sound":false"#), "\(verify.output)")
        #expect(verify.output.split(separator: "\n").count == 1)
        let doctor = try workspace.run("doctor")
        #expect(doctor.status == 2, "\(doctor.errors)")
        #expect(doctor.output.contains("fail"))
        #expect(try workspace.run("rebuild", "--quiet").status == 0)
        #expect(try workspace.run("verify").status == 0)
    }

    /// LMDB and this program refuse some damage before the process that meets it dies of it.
    @Test(arguments: [
        ("truncate -s 12288 index-1/data.mdb", "corrupt_index"),
        ("truncate -s 12288 log/data.mdb", "corrupt_event"),
        (": > log/data.mdb", "corrupt_event"),
        ("smash index-1/data.mdb", "damaged_file"), ("smash log/data.mdb", "damaged_file"),
        (
            "cp -a log/data.mdb older; $hansard append --stream a/b --type t > /dev/null; mv older log/data.mdb",
            "log_rolled_back"
        ),
    ]) func whatVerifyIsStoppedAtIsInItsReport(damage: String, code: String) throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd $store
            smash() {
                for page in $(seq 2 $(($(stat -c %s $1) / 4096 - 1))); do
                    printf '\\377\\377' | dd of=$1 bs=1 seek=$((page * 4096 + 10)) conv=notrunc status=none
                done
            }
            \(damage)
            $hansard verify --json
            """)
        #expect(run.status == 2, "\(run.errors)")
        let report = try run.records()
        try #require(report.count == 1, "\(run.output) \(run.errors)")
        #expect(report[0].bool("sound") == false && report[0].integer("problems_count") == 1)
        let error = try Record(json: run.errors)
        let problem = try Record([
            ("code", .string(code)), ("message", error.field("error") ?? .null), ("table", .null),
            ("position", error.field("position") ?? .null),
        ])
        guard case .array(let problems)? = report[0].field("problems") else {
            Issue.record("no list of problems: \(run.output)")
            return
        }
        let expected = try problem.value()
        #expect(problems.count == 1 && problems[0].isEquivalent(to: expected), "\(run.output)")
        #expect(error.string("code") == code && error.integer("status") == 2)
    }

    private func flipByte(ofEvent position: UInt64, in workspace: Workspace) throws {
        let log = try Environment(directory: "\(workspace.store)/log")
        defer { log.close() }
        let events = try #require(
            try log.openDatabase("events", integerKeys: true, create: false))
        try log.write { transaction in
            var stored = try #require(try transaction.get(position, from: events))
            stored[40] ^= 1
            try transaction.put(stored.span, integerKey: position, in: events)
        }
    }

    /// Half of what was read stayed in a buffer, and `log export` wrote nothing of some thousand.
    @Test(arguments: [1, 28, 450, 600]) func everyEventBeforeADamagedOneIsPrinted(
        damaged: Int
    ) throws {
        let workspace = try Workspace.withExcerpt()
        try flipByte(ofEvent: UInt64(damaged), in: workspace)
        for (verb, headings, advice) in [
            ("export", 0, "--from \(damaged + 1)"), ("log export", 1, "--from \(damaged + 1)"),
            ("log export --raw", 1, "--from \(damaged + 1)"),
            ("events --json", 0, "--after \(damaged)"), ("events", 1, "--after \(damaged)"),
            ("follow --from start --json", 0, "--from \(damaged + 1)"),
            ("follow --from start", 1, "--from \(damaged + 1)"),
        ] {
            let run = try workspace.shell("$hansard \(verb)")
            #expect(run.status == 1, "\(verb)")
            let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
            let isNothing = damaged == 1 && verb == "events"
            #expect(
                lines.count - 1 == (isNothing ? 0 : headings + damaged - 1),
                "\(verb): \(lines.count)")
            #expect(lines.last == "", "whole lines")
            #expect(run.errors.contains("event \(damaged) "), "\(verb): \(run.errors)")
            #expect(run.errors.contains(advice), "\(verb): \(run.errors)")
        }
        let reverse = try workspace.run("events", "--reverse", "--json")
        #expect(try reverse.records().count == 600 - damaged)
        #expect(reverse.errors.contains("--through \(damaged - 1)") == (damaged > 1))
    }

    /// A file is whole or not there, and the error says which two files can be had instead.
    @Test(arguments: ["export", "log export"]) func aFileOfADamagedLogIsNotLeft(
        verb: String
    ) throws {
        let workspace = try Workspace.withExcerpt()
        try flipByte(ofEvent: 60, in: workspace)
        let file = workspace.path("file")
        let run = try workspace.shell("$hansard \(verb) -q -o \(file); ls \(file)*")
        #expect(run.output.isEmpty)
        #expect(
            run.errors.contains("--to 59 ") && run.errors.contains("--from 61 "), "\(run.errors)")
        for range in ["--to 59", "--from 61"] {
            #expect(
                try workspace.shell("$hansard \(verb) -q \(range) -o \(file) -q --force").status
                    == 0)
        }
    }

    /// A redaction that can't be read is told by the index; without one an export warns.
    @Test(arguments: ["export", "log export"]) func textOfADamagedRedactionIsNotExported(
        verb: String
    ) throws {
        let workspace = try Workspace.withStore()
        let lines = [Line.session("s"), Line.message("m", in: "s", "sulphur")]
        _ = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        try #require(try workspace.run("redact", "m").status == 0)
        try flipByte(ofEvent: 3, in: workspace)
        // Its damage uncovers nothing, and is in no other event's way.
        let read = try workspace.shell("$hansard message m; $hansard session s; $hansard events")
        #expect(read.output.contains("[redacted by event 3, which can't be read]"))
        #expect(!read.output.contains("sulphur") && read.errors.contains("--after 3 "))
        let run = try workspace.shell("$hansard \(verb)")
        #expect(!run.output.contains("sulphur") && run.output.contains("\"m\""), "\(run.output)")
        #expect(!run.errors.contains("redacted a message"), "\(run.errors)")
        try FileManager.default.removeItem(atPath: "\(workspace.store)/index-1")
        let without = try workspace.shell("$hansard \(verb)")
        #expect(without.errors.contains("event 3 can't be read; if it redacted a message"))
        #expect(!FileSystem.exists("\(workspace.store)/index-1"), "an export writes no index")
    }

    /// The chain by which a stream is read breaks at its damaged event: the log is read instead.
    @Test func aStreamIsReadUpToItsDamagedEvent() throws {
        let workspace = try Workspace.withStore()
        let lines =
            [Line.session("s"), Line.session("o")]
            + (3...9).map { Line.message("m\($0)", in: $0 == 5 ? "o" : "s") }
        _ = try workspace.run("import", "-q", workspace.file("lines", lines: lines))
        try flipByte(ofEvent: 6, in: workspace)
        func positions(_ options: String) throws -> [Int64?] {
            try workspace.shell("$hansard events --stream session/s --json \(options)").records()
                .map { $0.integer("position") }
        }
        #expect(try positions("") == [1, 3, 4])
        #expect(try positions("--after 6") == [7, 8, 9])
        #expect(try positions("--reverse") == [9, 8, 7])
        #expect(try positions("--reverse --through 5") == [4, 3, 1])
    }

    /// The log's events can be told and saved even when the index is gone too.
    @Test func aDamagedEventWithoutAnIndex() throws {
        let workspace = try Workspace.withExcerpt()
        try flipByte(ofEvent: 300, in: workspace)
        try FileManager.default.removeItem(atPath: "\(workspace.store)/index-1")
        let verify = try workspace.run("verify")
        #expect(verify.status == 2)
        #expect(verify.output.contains("event 300"))
        let export = try workspace.run("export")
        #expect(export.status == 1)
        #expect(export.output.split(separator: "\n").count == 299, "what is sound before it")
        let rest = try workspace.run("export", "--from", "301")
        #expect(rest.status == 0)
        #expect(rest.output.split(separator: "\n").count == 300)
    }

    @Test func anEmptyLogFileIsACutOne() throws {
        let workspace = try Workspace.withExcerpt()
        try Data().write(to: URL(fileURLWithPath: "\(workspace.store)/log/data.mdb"))
        let run = try workspace.run("verify")
        #expect(run.status == 2)
        #expect(run.errors.contains("empty"))
    }

    /// The same input from two processes at once is one import.
    @Test func twoImportsOfTheSameAtOnce() throws {
        let workspace = try Workspace.withStore()
        let both = try workspace.shell(
            """
            $hansard import --quiet \(Workspace.excerpt) & first=$!
            $hansard import --quiet \(Workspace.excerpt); second=$?
            wait $first && exit $second
            """)
        #expect(both.status == 0, "\(both.errors)")
        let export = try workspace.run("export")
        #expect(export.output.split(separator: "\n").count == 600)
        #expect(try workspace.run("verify").status == 0)
    }
}
