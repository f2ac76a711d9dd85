import Foundation
import HansardRecords
import Testing

@Suite struct ProofTests {
    private static let checker = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Proofs/check_proof.py").path
    private static let hasPython =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/env")
        && (try? Workspace().shell("python3 -c pass").status) == 0

    /// The printed proofs hold for the checker written from the RFCs, and nothing else does.
    @Test(.enabled(if: hasPython, "needs python3")) func theSecondCheckerAgrees() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            set -e
            cd "$(dirname $store)"
            export PYTHONDONTWRITEBYTECODE=1
            key=$($hansard key show)
            for event in 1 16 17 300 511 512 513 599 600; do
                $hansard prove $event --payload > p; $hansard prove $event > q
                for proof in p q; do
                    python3 \(Self.checker) $proof --key $key; $hansard check-proof $proof --key $key > /dev/null
                done
            done
            for old in 0 1 2 3 255 256 257 511 512 599 600; do
                $hansard prove --between $old > p
                python3 \(Self.checker) p --key $key; $hansard check-proof p --key $key > /dev/null
            done
            $hansard checkpoint > p; python3 \(Self.checker) p --key $key
            sed 's/^600$/601/' p > q
            ! python3 \(Self.checker) q --key $key
            $hansard prove 7 | sed 's/index 6/index 7/' > q
            ! python3 \(Self.checker) q --key $key
            """)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.split(separator: "\n").allSatisfy { $0.hasPrefix("holds: ") })
        #expect(run.output.split(separator: "\n").count == 30)
    }

    /// Its own Ed25519 against RFC 8032, section 7.1, test 3, and with one bit of the message
    /// changed.
    @Test(.enabled(if: hasPython, "needs python3"))
    func theSecondCheckersSignaturesAreThoseOfTheRFC() throws {
        let run = try Workspace().shell(
            """
            PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$(dirname \(Self.checker))" python3 -c '
            from check_proof import is_signature_by_hand as check
            key = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
            signature = bytes.fromhex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")
            print(check(key, signature, b"\\xaf\\x82"), check(key, signature, b"\\xaf\\x83"))'
            """)
        #expect(run.output == "True False\n", "\(run.errors)")
    }

    /// Both checkers end alike, and read keys alike.
    @Test(.enabled(if: hasPython, "needs python3")) func whatDoesNotHoldEndsAlike() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; export PYTHONDONTWRITEBYTECODE=1
            $hansard key show > keys; $hansard init --store other > /dev/null
            $hansard key show --store other > others; cp other/checkpoints/latest theirs
            $hansard prove 7 > p; sed 's/index 6/index 7/' p > changed; echo text > none; : > empty
            for file in p changed theirs none empty nothing; do
                python3 \(Self.checker) $file --key keys > /dev/null 2>&1; one=$?
                $hansard check-proof $file --key keys > /dev/null 2>&1; echo "$file $one $?"
            done
            $hansard check-proof p --key others --json; echo "$?"
            $hansard check-proof none --key keys --json; echo "$?"
            """)
        let lines = run.output.split(separator: "\n").map(String.init)
        try #require(lines.count == 9, "\(run.output) \(run.errors)")
        let ends = ["p 0 0", "changed 2 2", "theirs 2 2", "none 1 1", "empty 1 1", "nothing 1 1"]
        #expect(Array(lines.prefix(6)) == ends)
        let finding = try Record(json: lines[6])
        #expect(finding.field("holds") == .bool(false) && finding.string("code") == "other_log")
        let reason = try #require(finding.string("reason"))
        #expect(reason.components(separatedBy: "hansard/").count == 3, "both are named: \(reason)")
        #expect(Array(lines.suffix(2)) == ["2", "1"])
    }

    @Test func aProofIsCheckedWithoutTheStore() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"
            $hansard key show > keys; $hansard prove 595 --payload > proof; $hansard checkpoint > kept
            $hansard key rotate > rotated; cp $store/checkpoints/rotation-1 .
            $hansard prove --between 600 > growth
            $hansard append --type noted --stream note/1 --data '{}' > /dev/null || echo "append $?"
            $hansard prove 601 > newer
            mv $store gone
            unset HANSARD_STORE
            $hansard check-proof proof --key keys --json
            $hansard check-proof growth --key keys --old kept || echo "growth $?"
            $hansard check-proof newer --key keys; echo "old key alone $?"
            $hansard check-proof newer --key keys --rotation rotation-1 > /dev/null; echo "rotated $?"
            $hansard check-proof newer --key keys --old rotation-1 2> wrong; grep -c 'kept checkpoint rotation-1' wrong
            $hansard check-proof proof --key keys --old kept; echo "old $?"
            $hansard check-proof proof; echo "no key $?"
            $hansard check-proof gone --key keys; echo "no file $?"
            """)
        let lines = run.output.split(separator: "\n")
        #expect(lines.first?.contains(#""holds":true,"#) == true, "\(run.output) \(run.errors)")
        #expect(lines.first?.contains(#""position":595"#) == true)
        #expect(lines.contains("old key alone 2") && lines.contains("rotated 0"), "\(run.errors)")
        #expect(lines.contains("old 1") && run.errors.contains("--old needs"))
        #expect(lines.contains("no key 64") && lines.contains("no file 1"), "\(run.errors)")
        #expect(lines.contains { $0.hasPrefix("holds: the first 600 events") })
        #expect(!run.output.contains("append "), "\(run.errors)")
    }

    /// A file that is no rotation ends as one that is no proof; a changed rotation does not hold.
    @Test func whatIsNoRotationIsNotChecked() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; $hansard key show > keys; $hansard key rotate > /dev/null
            $hansard checkpoint > newer; cp $store/checkpoints/rotation-1 .
            sed '$s/A/B/;$s/a/b/' rotation-1 > changed; echo text > none; : > empty
            for file in rotation-1 changed none empty newer nothing; do
                $hansard check-proof newer --key keys --rotation $file --json > found; echo "$file $? $(grep -c holds found)"
            done
            """)
        let ends = [
            "rotation-1 0 1", "changed 2 1", "none 1 0", "empty 1 0", "newer 1 0", "nothing 1 0",
        ]
        #expect(run.output.split(separator: "\n").map(String.init) == ends, "\(run.errors)")
        #expect(
            run.errors.contains("nothing was checked: none is not a key rotation"),
            "\(run.errors)")
    }

    @Test func aProofAndItsKeysMayBePipes() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            "$hansard check-proof <($hansard prove 5) --key <($hansard key show) | head -c 6")
        #expect(run.output == "holds:", "\(run.errors)")
        let endless = try workspace.shell(
            "$hansard check-proof - --key \"$($hansard key show)\" < /dev/zero")
        #expect(endless.status == 1 && endless.errors.contains("more than 67108864 bytes"))
    }

    @Test func badInputSaysWhatToDo() throws {
        let workspace = try Workspace.withExcerpt()
        let beyond = try workspace.run("prove", "601")
        #expect(beyond.status == 1)
        #expect(
            beyond.errors == "hansard: the log ends at event 600: there is no event 601 to prove\n")
        #expect(try workspace.run("prove", "no-such-id").status == 1)
        #expect(try workspace.run("prove").status == 64)
        let exposed = try workspace.shell(
            "chmod 644 $store/keys/signing.key; $hansard doctor; $hansard checkpoint")
        #expect(exposed.status == 1)
        #expect(exposed.errors.contains("chmod 600"))
        #expect(exposed.output.contains("fail  key"))
        #expect(try workspace.run("append", "--help").status == 0)
    }

    @Test func verifyAndDoctorSeeALogThatWasPutBack() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; mkdir elsewhere
            cp -r $store copy
            export HANSARD_CHECKPOINT_DIR=$PWD/elsewhere
            $hansard delete 423d74e4-a97d-56b9-9281-ee7dc207338d --yes > /dev/null || echo "delete $?"
            $hansard doctor | grep witness
            rm -r $store; mv copy $store
            $hansard doctor | grep witness
            $hansard verify; echo "verify $?"
            unset HANSARD_CHECKPOINT_DIR
            $hansard verify; echo "verify $?"
            $hansard verify --checkpoint elsewhere/*; echo "verify $?"
            """)
        let lines = run.output.split(separator: "\n")
        #expect(
            lines.first?.hasPrefix(
                "ok    witness        the external directory has a checkpoint of 601 events") == true,
            "\(run.errors)")
        #expect(lines.dropFirst().first?.hasPrefix("fail  witness") == true)
        #expect(lines.filter { $0.hasPrefix("verify") } == ["verify 2", "verify 0", "verify 2"])
    }
}
