import HansardBindings
import HansardTesting
import Testing

/// System calls that a process is killed at, one after the other, each in a run of its own.
/// `HANSARD_CRASH_POINTS=all` goes through every call; else a few are chosen.
struct CrashPoints {
    static var hasTracer: Bool {
        ["/usr/bin/strace", "/usr/local/bin/strace"].contains { FileSystem.exists($0) }
    }

    /// Calls that write pages, flush them or give them room.
    static let writing = CrashPoints(
        "pwrite64,writev,fdatasync,fsync,ftruncate,fallocate", steps: (4, 16))

    /// The same, and calls that make, rename or remove files.
    static let writingAndNaming = CrashPoints(
        "pwrite64,writev,fdatasync,fsync,ftruncate,fallocate,mkdir,rename,unlink,rmdir,openat,flock",
        steps: (12, 24))

    private let calls: String
    private let firstStep: Int
    private let step: Int

    /// `steps`: how far the first call chosen, and the next after one, may be at most.
    private init(_ calls: String, steps: (first: Int, next: Int)) {
        self.calls = calls
        firstStep = steps.first
        step = steps.next
    }

    /// The command that runs a program, to be killed when one of its threads begins its nth call.
    func tracer(killingAt call: Int) -> [String] {
        [
            "strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=\(calls)",
            "-e", "inject=\(calls):signal=SIGKILL:when=\(call)",
        ]
    }

    /// Runs until a run ends before the call it should be killed at.
    func walk(of what: String, _ seed: Seed, isKilled: (Int) throws -> Bool) rethrows {
        var random = SeededGenerator(seed: seed.value)
        let areAll = EnvironmentVariables.value("HANSARD_CRASH_POINTS") == "all"
        var call = areAll ? 1 : 1 + random.below(firstStep)
        var kills = 0
        while try isKilled(call) {
            kills += 1
            call += areAll ? 1 : 1 + random.below(step)
        }
        #expect(kills > 0, "no run was killed: is tracing forbidden here?")
        print("\(kills) \(what) killed, at up to \(call - 1) calls of one thread, seed \(seed)")
    }
}
