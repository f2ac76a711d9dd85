import Bindings
import Foundation
import HansardTesting
import Testing

@testable import Hansard

/// A process killed at the nth of its system calls that write: before and after each page, flush and meta
/// page of log and index, the opening's and the closing's too.
@Suite(.serialized) struct CrashPointTests {
    private static let calls = "pwrite64,writev,fdatasync,fsync,ftruncate,fallocate"

    static var hasTracer: Bool {
        ["/usr/bin/strace", "/usr/local/bin/strace"].contains { FileSystem.exists($0) }
    }

    /// `HANSARD_CRASH_POINTS=all` goes through every call; else a few are chosen.
    @Test(.enabled(if: CrashPointTests.hasTracer)) func nothingIsLostAtAnyCall() throws {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value)
        let areAll = EnvironmentVariables.value("HANSARD_CRASH_POINTS") == "all"
        var call = areAll ? 1 : 1 + random.below(4)
        var kills = 0
        while try isKilled(atCall: call, seed) {
            kills += 1
            call += areAll ? 1 : 1 + random.below(16)
        }
        #expect(kills > 0, "no run was killed: is tracing forbidden here?")
        print("\(kills) runs killed, at up to \(call - 1) calls of one thread, seed \(seed)")
    }

    /// Runs a worker of 25 operations, killed when one of its threads begins its nth call; then another, to
    /// its end, on what is left.
    private func isKilled(atCall call: Int, _ seed: Seed) throws -> Bool {
        let directory = try TemporaryDirectory()
        let path = directory.path("store")
        try Store.create(at: path)
        let tracer = [
            "strace", "-f", "-qqq", "-o", directory.path("trace"), "-e", "trace=\(Self.calls)",
            "-e", "inject=\(Self.calls):signal=SIGKILL:when=\(call)",
        ]
        let first = try WorkerProcess(
            path, seed: seed.value & ~1, pool: seed.value, operations: 25, prefix: tracer)
        let end = first.end()
        try #require(end != .failed, "call \(call), \(seed.repeating("CrashPointTests"))")
        let second = try WorkerProcess(
            path, seed: (seed.value & ~1) &+ 2, pool: seed.value, operations: 5)
        #expect(second.end() == .finished, "call \(call): \(second.lines)")
        let problems = try CrashAudit.problems(
            of: path, answers: [first.lines, second.lines], SeededGenerator(seed: seed.value))
        try #require(problems == [], "call \(call), \(seed.repeating("CrashPointTests"))")
        return end == .killed
    }
}
