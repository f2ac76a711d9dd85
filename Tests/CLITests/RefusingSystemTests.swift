import Foundation
import HansardRecords
import Testing

/// Refusals of the operating system. Needs root: each test has a mount namespace of its own, or
/// drops its privileges.
@Suite struct RefusingSystemTests {
    private static func works(_ script: String) -> Bool {
        guard let workspace = try? Workspace() else { return false }
        return (try? workspace.shell(script).status) == 0
    }

    static let canMount = works("unshare -m sh -c 'mkdir $store && mount -t tmpfs none $store'")
    static let canDropPrivileges = works(
        "chmod 755 $store/..; setpriv --reuid=65534 --regid=65534 --clear-groups $hansard --help")

    @Test(.enabled(if: canMount, "needs to mount file systems"))
    func aFullDisk() throws {
        let workspace = try Workspace()
        let input = try workspace.file("a.jsonl", lines: Line.moreThanFits)
        let run = try workspace.shell(
            """
            unshare -m bash -c '
            mkdir $store && mount -t tmpfs -o size=2m none $store
            export HANSARD_STORE=$store/small
            $hansard init
            $hansard import \(input); echo "import $?"
            mount -o remount,size=64m $store
            $hansard verify; echo "verify $?"
            $hansard import -q \(input); echo "again $?"
            $hansard export | sort | cmp - <(sort \(input)) && echo same'
            """)
        #expect(run.output.contains("import 1\n"), "\(run.errors)")
        #expect(run.errors.contains("full"), "\(run.errors)")
        #expect(run.errors.contains("free some space"), "\(run.errors)")
        #expect(run.errors.contains("import again"), "\(run.errors)")
        #expect(run.output.contains("verify 0\n"), "\(run.output)")
        #expect(run.output.contains("again 0\nsame\n"), "\(run.output) \(run.errors)")
    }

    /// However little is left, what makes new files of LMDB's says that the disk is full.
    @Test(.enabled(if: canMount, "needs to mount file systems"))
    func aDiskTooFullForAnotherIndex() throws {
        let workspace = try Workspace()
        let run = try workspace.shell(
            """
            unshare -m bash -c '
            mkdir $store && mount -t tmpfs -o size=4m none $store
            export HANSARD_STORE=$store/small
            $hansard init > /dev/null && $hansard import -q \(Workspace.excerpt)
            $hansard backup -q $store/backup
            for left in 0 4 8 16 24 32 40 48 56 64 80 96; do
                dd if=/dev/zero of=$store/filler bs=1M 2> /dev/null
                truncate -s -${left}K $store/filler
                $hansard rebuild -q; echo "rebuild $?"
                $hansard restore -q $store/backup --into $store/restored; echo "restore $?"
                rm -rf $store/filler $store/restored*
            done
            $hansard verify; echo "verify $?"'
            """)
        let outcomes = Set(run.output.split(separator: "\n").map { String($0) })
        #expect(outcomes.isSuperset(of: ["rebuild 1", "restore 1", "verify 0"]), "\(run.errors)")
        // 135 is SIGBUS.
        #expect(!run.output.contains("135"), "\(run.output) \(run.errors)")
        #expect(run.errors.contains("full"), "\(run.errors)")
    }

    @Test(.enabled(if: canMount, "needs to mount file systems"))
    func aBackupOrRestoreToAFullDiskSaysWhatToDo() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; $hansard backup -q backup; mkdir small
            unshare -m bash -c '
            mount -t tmpfs -o size=24k none small; $hansard backup small/backup; echo "backup $?"
            mount -o remount,size=512k small; $hansard backup -q small/backup; echo "again $?"
            rm -r small/*; $hansard restore backup --into small/new; echo "restore $?"; ls small'
            """)
        #expect(run.output == "backup 1\nagain 0\nrestore 1\n", "\(run.output) \(run.errors)")
        #expect(
            run.errors.contains("disk or the map is full: free some space and try again"), "\(run.errors)")
        #expect(run.errors.contains("there is no room for the new store"), "\(run.errors)")
    }

    /// A file that may not grow is met by a short write, which LMDB calls an input or output error.
    @Test func aRestoreWithoutRoomSaysWhatToDo() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            cd "$(dirname $store)"; $hansard backup -q backup
            (ulimit -f 100; $hansard restore -q backup --into new; echo "restore $?"); ls -d new*
            """)
        #expect(run.output == "restore 1\n", "\(run.errors)")
        #expect(run.errors.contains("there is no room for the new store"), "\(run.errors)")
        #expect(run.errors.contains("name another place, and try again"), "\(run.errors)")
    }

    /// No room for the replay is no damage, however little there is.
    @Test(.enabled(if: canMount, "needs to mount file systems"))
    func verifyWithoutRoomForItsReplay() throws {
        let workspace = try Workspace.withExcerpt()
        for kilobytes in [4, 64] {
            let run = try workspace.shell(
                """
                unshare -m bash -c '
                mkdir -p $store/../small && mount -t tmpfs -o size=\(kilobytes)k none $store/../small
                TMPDIR=$store/../small $hansard verify; echo "verify $?"; ls $store/../small'
                """)
            #expect(run.output == "verify 1\n", "\(kilobytes): \(run.output) \(run.errors)")
            #expect(run.errors.contains("no room for the replay"), "\(kilobytes): \(run.errors)")
            #expect(run.errors.contains("TMPDIR") && !run.errors.contains("damaged"))
        }
    }

    @Test(.enabled(if: canMount, "needs to mount file systems"))
    func aReadOnlyFileSystem() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            unshare -m bash -c '
            mount --bind $store $store && mount -o remount,ro,bind $store
            for verb in sessions stats verify "index list" projections doctor; do $hansard $verb > /dev/null; echo "$verb $?"; done
            $hansard export | cmp - \(Workspace.excerpt) && echo same
            $hansard import \(Workspace.excerpt); echo "import $?"'
            """)
        #expect(
            run.output
                == "sessions 0\nstats 0\nverify 0\nindex list 0\nprojections 0\ndoctor 0\nsame\nimport 1\n",
            "\(run.errors)")
        #expect(run.errors.contains("read-only"), "\(run.errors)")
    }

    @Test(.enabled(if: canDropPrivileges, "needs to drop privileges"))
    func withoutPermission() throws {
        let workspace = try Workspace.withExcerpt()
        let drop = "setpriv --reuid=65534 --regid=65534 --clear-groups"
        for verb in ["sessions", "verify", "import \(Workspace.excerpt)"] {
            let run = try workspace.shell(
                "chmod 755 $store/..; \(drop) $hansard \(verb) < /dev/null")
            #expect(run.status == 1)
            #expect(run.errors.contains("ermission"), "\(verb): \(run.errors)")
            #expect(!run.errors.contains("holds no store"), "\(verb): \(run.errors)")
        }
        // Whoever may read everything and write the lock files may read the store.
        let reader = try workspace.shell(
            """
            chmod -R a+rX $store; chmod a+w $store/*/lock.mdb
            \(drop) $hansard export | cmp - \(Workspace.excerpt) && echo same
            \(drop) $hansard index list --json > $store/../generations || echo "index list $?"
            \(drop) $hansard verify; \(drop) $hansard import < \(Workspace.excerpt); echo "import $?"
            """)
        #expect(reader.output.hasPrefix("same\nsound: "), "\(reader.errors)")
        #expect(reader.output.hasSuffix("import 1\n"))
        #expect(reader.errors.contains("ermission"), "\(reader.errors)")
    }
}
