import Foundation
import Records
import Testing

/// What the operating system can refuse. Needs root: each test has a mount namespace of its own, or drops
/// its privileges.
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
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            unshare -m bash -c '
            mkdir $store-small && mount -t tmpfs -o size=1500k none $store-small
            export HANSARD_STORE=$store-small/store
            $hansard init && $hansard export --store $store | $hansard import
            echo "import $?"
            $hansard verify; echo "verify $?"
            mount -o remount,size=64m $store-small
            $hansard import -q \(Workspace.excerpt); echo "again $?"
            $hansard export | cmp - \(Workspace.excerpt) && echo same'
            """)
        #expect(run.output.contains("import 1\n"), "\(run.errors)")
        #expect(run.errors.contains("full"), "\(run.errors)")
        #expect(run.errors.contains("free some space"), "\(run.errors)")
        #expect(run.errors.contains("import again"), "\(run.errors)")
        #expect(run.output.contains("again 0\nsame\n"), "\(run.output) \(run.errors)")
    }

    @Test(.enabled(if: canMount, "needs to mount file systems"))
    func aReadOnlyFileSystem() throws {
        let workspace = try Workspace.withExcerpt()
        let run = try workspace.shell(
            """
            unshare -m bash -c '
            mount --bind $store $store && mount -o remount,ro,bind $store
            for verb in sessions stats verify; do $hansard $verb > /dev/null; echo "$verb $?"; done
            $hansard export | cmp - \(Workspace.excerpt) && echo same
            $hansard import \(Workspace.excerpt); echo "import $?"'
            """)
        #expect(run.output == "sessions 0\nstats 0\nverify 0\nsame\nimport 1\n", "\(run.errors)")
        #expect(run.errors.contains("read-only"), "\(run.errors)")
    }

    @Test(.enabled(if: canDropPrivileges, "needs to drop privileges"))
    func withoutPermission() throws {
        let workspace = try Workspace.withExcerpt()
        let drop = "setpriv --reuid=65534 --regid=65534 --clear-groups"
        for verb in ["sessions", "verify", "import \(Workspace.excerpt)"] {
            let run = try workspace.shell("chmod 755 $store/..; \(drop) $hansard \(verb) < /dev/null")
            #expect(run.status == 1)
            #expect(run.errors.contains("ermission"), "\(verb): \(run.errors)")
            #expect(!run.errors.contains("holds no store"), "\(verb): \(run.errors)")
        }
        // Whoever may read everything and write the lock files may read the store.
        let reader = try workspace.shell(
            """
            chmod -R a+rX $store; chmod a+w $store/*/lock.mdb
            \(drop) $hansard export | cmp - \(Workspace.excerpt) && echo same
            \(drop) $hansard verify; \(drop) $hansard import < \(Workspace.excerpt); echo "import $?"
            """)
        #expect(reader.output.hasPrefix("same\nsound: "), "\(reader.errors)")
        #expect(reader.output.hasSuffix("import 1\n"))
        #expect(reader.errors.contains("ermission"), "\(reader.errors)")
    }
}
