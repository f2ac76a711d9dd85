import Foundation
import HansardRecords
import Testing

/// `backup` and `restore`, as a person or a script uses them.
@Suite struct BackupVerbTests {
    private func record(_ run: CommandRun) throws -> Record {
        try #require(run.status == 0, "\(run.errors)")
        return try #require(try run.records().first)
    }

    @Test func aStoreIsBackedUpAndRestored() throws {
        let workspace = try Workspace.withExcerpt()
        let backup = workspace.path("backup")
        let first = try record(try workspace.run("backup", backup, "--json"))
        #expect(first.field("through") == .integer(600) && first.field("events") == .integer(600))
        let second = try workspace.run("backup", backup)
        #expect(second.output.isEmpty && second.errors.contains("nothing new"))
        #expect(try workspace.run("backup", "verify", backup).output.hasPrefix("sound: 600 events"))
        let full = try record(
            try workspace.run("backup", backup, "--full", "--keep", "1", "--json"))
        let copy = try #require(full.string("full_copy"))
        let listed = try workspace.run("backup", "list", backup, "--json").records()
        #expect(listed.first?.field("through") == .integer(600))
        #expect(
            listed.contains {
                $0.string("kind") == "full_copy" && $0.string("name") == "full/\(copy)"
            })
        let text = try workspace.run("backup", "list", backup).output
        let segment = try #require(text.split(separator: "\n").first { $0.contains("1-600") })
        #expect(segment.matches(of: /\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d/).count == 2, "\(segment)")
        for (number, source) in [backup, "\(backup)/full/\(copy)"].enumerated() {
            let into = workspace.path("restored-\(number)")
            let restored = try record(
                try workspace.run("restore", source, "--into", into, "--json"))
            #expect(restored.field("position") == .integer(600))
            #expect(try workspace.run("verify", "--store", into).status == 0)
            let same = try workspace.shell(
                "cmp <($hansard events --json) <($hansard events --json --through 600 --store \(into)) && echo same"
            )
            #expect(same.output == "same\n", "\(same.errors)")
        }
        let none = try workspace.run("backup", "prune", backup, "--keep", "0")
        #expect(none.status == 64 && none.errors.contains("remove the backup's directory 'full'"))
        #expect(
            try workspace.run("backup", "prune", backup, "--keep", "1").output
                == "nothing to remove\n")
        #expect(try workspace.run("backup", "verify", backup).status == 0)
    }

    /// A checkpoint of a few bytes keeps no event from being restored, and its fault is not hushed up.
    @Test func aDamagedCheckpointIsAWarning() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; $hansard backup -q b; echo damaged > b/checkpoints/000000000600.checkpoint
            $hansard backup verify b > found; echo "verify $?"; grep -c 000000000600.checkpoint found
            $hansard restore b --into one; echo "restore $?"
            $hansard restore -q b --into two 2> quiet; grep -c 'warning:.*000000000600.checkpoint' quiet
            $hansard restore b --into three --json 2> /dev/null
            rm b/checkpoints/*; $hansard restore b --into four --to-position 9 2>&1 | grep -c 'were not compared'
            """)
        let lines = run.output.split(separator: "\n")
        #expect(
            lines.filter { !$0.hasPrefix("{") } == ["verify 2", "1", "restore 0", "1", "1"],
            "\(run.output) \(run.errors)")
        #expect(
            run.errors.contains("warning: b/checkpoints/000000000600.checkpoint"), "\(run.errors)")
        #expect(run.errors.contains("NOTHING WAS PROVED"), "\(run.errors)")
        let record = try Record(json: String(try #require(lines.first { $0.hasPrefix("{") })))
        guard case .array(let warnings)? = record.field("warnings") else {
            Issue.record("no warnings: \(record)")
            return
        }
        #expect(warnings.count == 1 && record.field("proved_through") == .null)
    }

    /// The script for cron finds its checkout behind a link.
    @Test func theScriptIsCalledThroughALink() throws {
        let workspace = try Workspace()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("scripts/backup").path
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; ln -s \(script) link
            env -u HANSARD PATH=/usr/bin:/bin ./link no-store backup
            """)
        // There need be no release build here; where it was looked for is told then.
        #expect(!run.errors.contains("no program at ./"), "\(run.errors)")
    }

    /// A full copy's events are not lost with the segments.
    @Test func damageNamesASoundFullCopy() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard backup b -q; $hansard backup b --full -q
            printf XXXX | dd of=b/000000000001.open bs=1 seek=3000 conv=notrunc 2> /dev/null
            $hansard backup verify b > /dev/null; echo "verify $?"
            $hansard backup verify b --json 2> /dev/null; copy=$(ls -d b/full/*)
            $hansard restore b --into one; echo "restore $?"
            $hansard restore $copy --into two -q && $hansard verify -q --store two; echo "copy $?"
            printf XXXX | dd of=$(ls $copy/*.segment) bs=1 seek=3000 conv=notrunc 2> /dev/null
            $hansard restore b --into three 2> errors; grep -c 'full copy' errors
            """)
        let copy = try FileManager.default.contentsOfDirectory(atPath: workspace.path("b/full"))
        let lines = run.output.split(separator: "\n")
        #expect(
            lines.filter { !$0.hasPrefix("{") } == ["verify 2", "restore 1", "copy 0", "0"],
            "\(run.errors)")
        let told =
            "full copy b/full/\(copy[0]) is sound up to event 600: restore from that directory"
        #expect(run.errors.components(separatedBy: told).count == 3, "\(run.errors)")
        let record = try Record(json: String(try #require(lines.first { $0.hasPrefix("{") })))
        #expect(
            record.string("sound_copy") == "b/full/\(copy[0])"
                && record.integer("sound_copy_through") == 600)
    }

    /// The same key goes on signing, for the new log under its name; one that others may read does
    /// not.
    @Test func aRestoreTakesAKeyAlong() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; $hansard backup -q backup; cp -p $store/keys/signing.key key
            $hansard restore -q backup --into new; $hansard restore -q backup --into same --key key
            for s in $store new same; do $hansard key show --store $s | sed 's/.*+//'; done | uniq | wc -l
            for s in $store same; do $hansard key show --store $s | sed 's/.*+//'; done | uniq | wc -l
            $hansard checkpoint --store same > c; $hansard prove 600 --store same > p
            $hansard check-proof p --key "$($hansard key show --store same)" --json
            chmod 640 key; $hansard restore backup --into open --key key; echo "open $?"
            echo nothing > key; chmod 600 key; $hansard restore backup --into damaged --key key; echo "damaged $?"
            $hansard restore backup --into absent --key absent; echo "absent $?"
            ls -d open* damaged* absent*
            """)
        let lines = run.output.split(separator: "\n")
        #expect(lines.prefix(2) == ["3", "1"], "\(run.output) \(run.errors)")
        #expect(lines.contains { $0.contains(#""holds":true"#) }, "\(run.errors)")
        #expect(lines.suffix(3) == ["open 1", "damaged 1", "absent 1"], "\(run.errors)")
        #expect(run.errors.contains("can be read or changed by others"), "\(run.errors)")
        #expect(run.errors.contains("not a secret key of Hansard"), "\(run.errors)")
    }

    /// Missing files are written again, and counted.
    @Test func aBackupWhoseEndIsGoneIsWrittenAgain() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; $hansard backup -q backup; rm backup/*.open
            $hansard backup verify -q backup; echo "verify $?"
            $hansard backup backup --json | grep -o '"events":[0-9]*'
            $hansard backup verify -q backup; echo "verify $?"
            """)
        #expect(
            run.output.contains("\"events\":600\n") && run.output.hasSuffix("verify 0\n"),
            "\(run.output)")
        #expect(run.output.contains("verify 2"), "\(run.output) \(run.errors)")
    }

    @Test func aRestoreEndsWhereItIsTold() throws {
        let workspace = try Workspace.withExcerpt()
        let backup = workspace.path("backup")
        #expect(try workspace.run("backup", backup, "--quiet").errors.isEmpty)
        let early = workspace.path("early")
        #expect(
            try workspace.run("restore", backup, "--into", early, "--to-position", "77").status == 0
        )
        let same = try workspace.shell(
            "cmp <($hansard events --json --through 77) <($hansard events --json --through 77 --store \(early)) && echo same"
        )
        #expect(same.output == "same\n", "\(same.errors)")
        let acts = try workspace.run(
            "events", "--stream", "system/restores", "--json", "--store", early)
        let act = try #require(try acts.records().first)
        #expect(act.integer("position") == 78 && act.string("actor")?.hasPrefix("os-user:") == true)
        #expect(act.record("data")?.integer("position") == 77)
        let late = try workspace.run(
            "restore", backup, "--into", workspace.path("late"), "--to-time", "2999-01-01")
        #expect(late.status == 0 && late.errors.contains("is event 600"), "\(late.errors)")
        let never = try workspace.run(
            "restore", backup, "--into", workspace.path("never"), "--to-time", "1999-01-01")
        #expect(
            never.status == 1 && never.errors.contains("the first event is of"), "\(never.errors)")
        let beyond = try workspace.run(
            "restore", backup, "--into", workspace.path("never"), "--to-position", "601")
        #expect(
            beyond.status == 1 && beyond.errors.contains("ends at event 600"), "\(beyond.errors)")
        let file = try workspace.file("file", Data())
        for (place, what) in [(early, "is a store already"), (file, "is not a directory")] {
            let said = try workspace.run("restore", backup, "--into", place).errors
            #expect(said.contains("\(what): name a directory that is empty"), "\(said)")
        }
        let timeline = try workspace.run("backup", backup, "--store", early)
        #expect(
            timeline.status == 1 && timeline.errors.contains("another timeline"),
            "\(timeline.errors)")
    }

    @Test func theCommandLineIsChecked() throws {
        let workspace = try Workspace.withStore()
        for arguments in [
            ["restore", "b", "--into", "x", "--to-position", "0"], ["restore", "b"],
            ["restore", "b", "--into", "x", "--to-position", "1", "--to-time", "2025-01-01"],
            ["restore", "b", "--into", "x", "--to-time", "soon"], ["backup", "b", "--keep", "2"],
            ["backup", "b", "--full", "--watch"], ["backup", "b", "--full", "--keep", "0"],
            ["backup", "prune", "b", "--keep", "-1"], ["backup", "prune", "b", "--keep", "0"],
        ] {
            let run = try workspace.shell("$hansard \(arguments.joined(separator: " "))")
            #expect(run.status == 64, "\(arguments): \(run.errors)")
        }
        #expect(
            try workspace.run("restore", "/no/such", "--into", workspace.path("x")).errors.contains(
                "no backup"))
        for verb in [
            ["backup"], ["backup", "list"], ["backup", "verify"], ["backup", "prune"], ["restore"],
        ] {
            let help = try workspace.shell("$hansard \(verb.joined(separator: " ")) --help")
            #expect(help.output.contains("EXAMPLES"), "\(verb)")
        }
    }

    @Test func aDamagedBackupIsNamed() throws {
        let workspace = try Workspace.withExcerpt()
        let backup = workspace.path("backup")
        #expect(try workspace.run("backup", backup, "-q").status == 0)
        let file = URL(fileURLWithPath: "\(backup)/000000000001.open")
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: file)
        let check = try workspace.run("backup", "verify", backup)
        #expect(check.status == 2 && check.output.contains("000000000001.open"), "\(check.output)")
        let json = try workspace.run("backup", "verify", backup, "--json")
        #expect(json.status == 2)
        #expect(try json.records().first?.field("sound") == .bool(false))
        let again = try workspace.run("backup", backup)
        #expect(again.status == 1 && again.errors.contains("000000000001.open"), "\(again.errors)")
    }

    /// Appends by another process arrive while the backup watches; a polite end leaves it whole.
    @Test func aWatchFollowsAnotherProcess() throws {
        let workspace = try Workspace.withExcerpt()
        let input = try workspace.file(
            "more.jsonl",
            lines: [Line.session("s"), Line.message("m1", in: "s"), Line.message("m2", in: "s")])
        let run = try workspace.shell(
            """
            backup=\(workspace.path("backup"))
            through() { grep -oE '"through":[0-9]+' $backup/backup.json 2>/dev/null | cut -d: -f2; }
            $hansard backup $backup --watch --json > \(workspace.path("out")) & pid=$!
            until [ "$(through)" = 600 ]; do kill -0 $pid || exit 8; done
            $hansard import --quiet \(input)
            until [ "$(through)" = 603 ]; do kill -0 $pid || exit 9; done
            $hansard backup $backup; echo "second $?"
            kill -TERM $pid; wait $pid; echo "watch $?"
            $hansard restore $backup --into \(workspace.path("restored")) --quiet
            cmp <($hansard export) <($hansard export --store \(workspace.path("restored"))) && echo same
            """)
        #expect(run.output == "second 1\nwatch 143\nsame\n", "\(run.errors)")
        #expect(run.errors.contains("another process is writing the backup"))
        let told = try String(contentsOfFile: workspace.path("out"), encoding: .utf8)
        #expect(told.contains(#""through":603"#))
    }

    @Test func interruptionsLeaveNothingHalf() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            trap '' TERM
            end() { ( exec env bash -c "trap - TERM; exec $*" ) & pid=$!; kill -TERM $pid; wait $pid; }
            end $hansard backup \(workspace.path("backup")) --quiet
            status=$?; [ $status = 0 ] || [ $status = 143 ] || exit 7
            $hansard backup \(workspace.path("backup")) --quiet || exit 8
            end $hansard restore \(workspace.path("backup")) --into \(workspace.path("new")) --quiet
            status=$?; [ $status = 0 ] || [ $status = 143 ] || exit 9
            [ $status = 0 ] || $hansard restore \(workspace.path("backup")) --into \(workspace.path("new")) --quiet
            $hansard verify --quiet --store \(workspace.path("new"))
            """)
        #expect(run.status == 0, "\(run.status) \(run.errors)")
    }

    @Test(.enabled(if: RefusingSystemTests.canMount, "needs to mount file systems"))
    func aFullDisk() throws {
        let workspace = try Workspace()
        let input = try workspace.file("a.jsonl", lines: Line.moreThanFits)
        let run = try workspace.shell(
            """
            unshare -m bash -c '
            $hansard init > /dev/null; $hansard import -q \(input)
            disk=\(workspace.path("disk")); mkdir $disk && mount -t tmpfs -o size=1m none $disk
            $hansard backup $disk/backup; echo "backup $?"
            mount -o remount,size=64m $disk
            $hansard backup -q $disk/backup; echo "again $?"
            $hansard backup verify -q $disk/backup; echo "sound $?"
            mount -o remount,size=3m $disk
            $hansard restore $disk/backup --into $disk/new; echo "restore $?"
            ls $disk
            mount -o remount,size=64m $disk
            $hansard restore -q $disk/backup --into $disk/new; echo "again $?"
            cmp <($hansard export) <($hansard export --store $disk/new) && echo same'
            """)
        #expect(
            run.output == "backup 1\nagain 0\nsound 0\nrestore 1\nbackup\nagain 0\nsame\n",
            "\(run.output) \(run.errors)")
        #expect(run.errors.contains("disk"), "\(run.errors)")
    }

    @Test func theScriptBacksUpCopiesAndLocks() throws {
        let workspace = try Workspace.withExcerpt()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
                "scripts/backup"
            ).path
        let run = try workspace.shell(
            """
            backup=\(workspace.path("backup")); export HANSARD=$hansard
            \(script) $store $backup --keep 2 --verify; echo "first $?"
            \(script) $store $backup; echo "second $?"
            ls $backup/full | wc -l
            exec 8> $backup.lock; flock 8; \(script) $store $backup; echo "busy $?"; exec 8>&-
            \(script) $store $backup --keep none 2> /dev/null; echo "usage $?"
            \(script) \(workspace.path("none")) $backup; echo "failed $?"
            """)
        let lines = run.output.split(separator: "\n").map(String.init)
        try #require(lines.count == 10, "\(run.output) \(run.errors)")
        #expect(lines[0].contains("event 600, 600 new") && lines[0].hasSuffix("; verified"))
        #expect(lines[0].contains("full copy 2"))
        #expect(lines[2].contains("event 600, 0 new") && !lines[2].contains("full copy"))
        #expect(lines[5].contains(" busy ") && lines[8].contains(" failed "))
        #expect(
            [1, 3, 4, 6, 7, 9].map { lines[$0] } == [
                "first 0", "second 0", "1", "busy 75", "usage 64", "failed 1",
            ])
    }
}
