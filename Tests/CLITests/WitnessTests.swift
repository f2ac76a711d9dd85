import Foundation
import HansardRecords
import Testing

/// The verbs name checkpoints that are missing, of another log, or not copied.
@Suite struct WitnessTests {
    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

    @Test func aCheckpointDirectoryThatIsNotThere() throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            export HANSARD_CHECKPOINT_DIR=$PWD/away
            $hansard append --stream note/1 --type noted > /dev/null 2> append; echo "append $?"
            $hansard checkpoint > signed 2> checkpoint; echo "checkpoint $?"
            unset HANSARD_CHECKPOINT_DIR; $hansard checkpoint | cmp - signed && echo signed
            $hansard doctor > before; echo "doctor $?"
            mkdir away
            $hansard append --stream note/1 --type noted --checkpoint-dir $PWD/away; ls away | wc -l
            $hansard stats > stats; $hansard doctor | grep witness
            rm -r away
            $hansard doctor --json | grep witness; $hansard stats --json
            """)
        #expect(
            lines(run.output).prefix(6) == [
                "append 0", "checkpoint 1", "signed", "doctor 0", "appended 1 event at position 2",
                "1",
            ], "\(run.output)\(run.errors)")
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: workspace.path(name), encoding: .utf8)
        }
        for name in ["append", "checkpoint"] {
            #expect(try lines(text(name)).count == 1, "said once")
            #expect(
                try text(name).contains(
                    "/away, which does not exist: mount the right file system, or make it"))
        }
        #expect(try text("append").hasPrefix("hansard: the events are durable, but"))
        #expect(try text("before").contains("warn  witness        no checkpoint is outside the store"))
        #expect(try text("stats").contains("external      2 events, "))
        let rest = lines(run.output).dropFirst(6)
        #expect(
            rest.first?.hasPrefix(
                "ok    witness        the external directory has a checkpoint of 2 events, ") == true)
        let doctor = try Record(json: String(try #require(rest.dropFirst().first)))
        #expect(doctor.string("verdict") == "warn")
        #expect(doctor.string("finding")?.contains("the last one that arrived has 2 events, ") == true)
        let stats = try Record(json: String(try #require(rest.last))).record("signing")?.record(
            "elsewhere")
        #expect(
            stats?.integer("checkpoint_size") == 2
                && stats?.string("failure")?.contains("/away") == true)
    }

    /// A user who names a directory must not take for compared what was not.
    @Test func verifySaysThatACopyWasNotCompared() throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            export HANSARD_CHECKPOINT_DIR=$PWD/away
            $hansard verify -q; echo "$?"
            mkdir away; $hansard verify --json; $hansard checkpoint > /dev/null; $hansard verify -q
            """)
        #expect(run.output.hasPrefix("0\n"))
        let said = lines(run.errors)
        try #require(said.count == 2, "\(run.errors)")
        #expect(
            said[0].hasPrefix("warning: not compared with the external copy: ")
                && said[0].contains("/away, which does not exist: mount the right file system"))
        #expect(said[1].contains("there is no ") && said[1].contains(".checkpoint: "))
        let record = try Record(json: String(try #require(lines(run.output).last)))
        guard case .array(let left)? = record.field("checkpoints_left_out") else {
            Issue.record("no list in \(run.output)")
            return
        }
        #expect(record.bool("sound") == true && left.count == 1)
    }

    /// No alarm: it says nothing about this log.
    @Test func aCheckpointOfAnotherLogOrKey() throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard init --store other > /dev/null; cp other/checkpoints/latest theirs
            cp $store/checkpoints/latest old; $hansard key rotate > /dev/null
            sed -i 1d $store/checkpoints/keys
            for file in theirs old append; do
                $hansard verify --checkpoint $file > output 2> errors; echo "$? $(wc -c < output)"; cat errors
            done
            """)
        let lines = lines(run.output)
        #expect(lines.count == 6 && run.errors == "", "\(run.output)\(run.errors)")
        #expect(lines[0] == "65 0" && lines[2] == "65 0" && lines[4] == "1 0")
        #expect(
            lines[1].hasPrefix(
                "hansard: nothing was checked: theirs: this is a checkpoint of another log, "))
        #expect(lines[1].components(separatedBy: "hansard/").count == 3, "both are named")
        #expect(
            lines[3].contains("old: this checkpoint was signed by hansard/")
                && lines[3].contains("no key of this store"))
        #expect(!run.output.contains("damaged"))
    }

    @Test func theLatestCheckpointMovedAway() throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard append --stream note/1 --type noted > /dev/null
            mv $store/checkpoints/latest kept
            $hansard append --stream note/1 --type noted > /dev/null 2> append; grep -c 'latest is missing' append
            $hansard verify > verify 2> /dev/null; echo "verify $?"; grep -c 'latest is missing' verify
            $hansard doctor 2> /dev/null | grep -c 'fail  checkpoint'
            $hansard checkpoint 2> /dev/null; echo "checkpoint $?"
            cp kept $store/checkpoints/latest; $hansard checkpoint | sed -n 2p
            rm $store/checkpoints/latest
            $hansard checkpoint --lost | sed -n 2p; $hansard verify -q; echo "verify $?"
            $hansard events --stream system/keys --json
            $hansard checkpoint --lost 2> /dev/null; echo "lost $?"
            """)
        let lines = lines(run.output)
        #expect(
            lines.prefix(8) == ["1", "verify 2", "1", "1", "checkpoint 1", "2", "3", "verify 0"],
            "\(run.output)\(run.errors)")
        #expect(lines[8].contains("checkpoint.lost") && lines[8].contains(#""head":2"#))
        #expect(lines.last == "lost 1")
    }

    /// The last line says what is to be done about what was found, and about nothing else.
    @Test func theAdviceFollowsWhatWasFound() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard init --store other > /dev/null
            cp -r $store lost; rm lost/checkpoints/latest
            cp -r $store swapped; rm -r swapped/log swapped/index-1; cp -r other/log other/index-1 swapped
            cp -r $store forged; sed -i 's/^[0-9][0-9]*$/77/' forged/checkpoints/latest
            for name in lost swapped forged; do
                $hansard verify --store $name 2>&1 > $name.found | tail -n 1; cat $name.found | head -n 1
            done
            $hansard verify --json --store lost 2> errors | grep -c '"code":"checkpoint_missing"'; cat errors
            """)
        let lines = lines(run.output)
        try #require(lines.count == 8, "\(run.output)\(run.errors)")
        #expect(lines[0].contains("the log and the index are sound") && lines[0].contains("--lost"))
        #expect(lines[2].contains("put the right log back"))
        #expect(lines[3].contains("this checkpoint is of the log hansard/"))
        #expect(lines[4].contains("put the signed checkpoint or its external copy back"))
        for advice in [lines[0], lines[2], lines[4]] {
            #expect(!advice.contains("rebuild") && !advice.contains("backup"), "\(advice)")
        }
        #expect(!run.output.contains("name the store it was made from"))
        #expect(lines[6] == "1" && lines[7].hasSuffix("\"code\":null,\"status\":2}"), "\(lines[7])")
    }

    @Test func aKeyThatIsThereIsNotLost() throws {
        let workspace = try Workspace.withStore()
        let run = try workspace.run("key", "rotate", "--lost")
        #expect(run.status == 1 && run.output == "")
        #expect(
            run.errors.contains("the old key exists") && run.errors.contains("without --lost"))
        #expect(try workspace.run("key", "show").output.split(separator: "\n").count == 1)
    }
}
