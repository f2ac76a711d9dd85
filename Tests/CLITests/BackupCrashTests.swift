import Foundation
import HansardRecords
import Testing

/// A backup or a restore killed at the nth of its system calls that write, rename or remove; then a
/// second try.
@Suite(.serialized) struct BackupCrashTests {
    private static let hasTracer =
        (try? Workspace().shell("strace -qqq -o /dev/null -e trace=none true").status) == 0

    private static let tracing = """
        calls=pwrite64,write,writev,fdatasync,fsync,ftruncate,mkdir,rename,unlink,rmdir,openat,flock
        killed() {
            strace -f -qqq -o /dev/null -e trace=$calls -e inject=$calls:signal=SIGKILL:when=$1 \\
                "${@:2}" 2> /dev/null
            [ $? = 137 ]
        }
        # The restore itself is the last event of what it made.
        same() { cmp <($hansard events --json) <($hansard events --json --store $1 | head -n -1) &&
            [ "$($hansard events --stream system/restores --json --store $1 | wc -l)" = 1 ]; }
        """

    /// Earlier segments count, nothing half has a final name, and the next backup goes on.
    @Test(.enabled(if: hasTracer)) func aBackupIsKilledAtAnyCall() throws {
        let workspace = try Workspace.withExcerpt()
        let first = Int.random(in: 1...6)
        let run = try workspace.shell(
            """
            \(Self.tracing)
            cd \(workspace.directory.path)
            call=\(first); kills=0
            while killed $call $hansard backup -q backup; do
                kills=$((kills + 1))
                if [ -e backup/backup.json ]; then
                    $hansard backup verify -q backup || { echo "not sound after call $call"; exit 1; }
                fi
                $hansard backup -q backup && $hansard backup verify -q backup || { echo "call $call"; exit 2; }
                if [ -e backup/000000000001.open.new ] || [ -e backup/backup.json.part ]; then exit 3; fi
                rm -rf restored; $hansard restore -q backup --into restored || exit 4
                same restored || { echo "other events after call $call"; exit 5; }
                rm -rf backup; call=$((call + 5))
            done
            echo "$kills"
            """)
        #expect(run.status == 0, "from call \(first): \(run.output) \(run.errors)")
        let kills = Int(run.output.split(separator: "\n").last ?? "") ?? 0
        #expect(kills > 0, "no run was killed: is tracing forbidden here?")
    }

    /// There is no store under the new name, or a whole one.
    @Test(.enabled(if: hasTracer)) func aRestoreIsKilledAtAnyCall() throws {
        let workspace = try Workspace.withExcerpt()
        let first = Int.random(in: 1...9)
        let run = try workspace.shell(
            """
            \(Self.tracing)
            cd \(workspace.directory.path); $hansard backup -q backup || exit 9
            call=\(first); kills=0
            while killed $call $hansard restore -q backup --into new; do
                kills=$((kills + 1))
                if [ -e new ]; then
                    same new || { echo "half a store after call $call"; exit 1; }
                else
                    $hansard restore -q backup --into new || { echo "call $call"; exit 2; }
                    same new && $hansard verify -q --store new || { echo "other events: $call"; exit 3; }
                fi
                [ ! -e new.restoring ] || { echo "left: $call"; exit 4; }
                rm -rf new; call=$((call + 9))
            done
            $hansard backup verify -q backup || exit 5
            echo "$kills"
            """)
        #expect(run.status == 0, "from call \(first): \(run.output) \(run.errors)")
        let kills = Int(run.output.split(separator: "\n").last ?? "") ?? 0
        #expect(kills > 0, "no run was killed: is tracing forbidden here?")
    }

    /// A second restore to a place takes nothing for left over while the first gives it its name.
    @Test(.enabled(if: hasTracer)) func aPlaceIsOneRestoresToItsEnd() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            \(Self.tracing)
            cd \(workspace.directory.path); $hansard backup -q backup
            strace -f -qqq -o /dev/null -e trace=rename -e inject=rename:delay_enter=400000 \
                $hansard restore -q backup --into new & first=$!
            until [ -e new.restoring/checkpoints ] || ! kill -0 $first; do :; done
            while kill -0 $first; do $hansard restore -q backup --into new && echo "a second one"; done
            wait $first && same new && ! [ -e new/restore.lock ] && ! [ -e new.restoring ]
            """)
        #expect(run.status == 0 && run.output == "", "\(run.output) \(run.errors)")
    }
}
