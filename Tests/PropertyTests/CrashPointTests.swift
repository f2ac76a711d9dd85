import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A process killed at the nth of its system calls that write: before and after each page, flush
/// and meta page of log and index, the opening's and the closing's too.
@Suite(.serialized) struct CrashPointTests {
    @Test(.enabled(if: CrashPoints.hasTracer)) func nothingIsLostAtAnyCall() throws {
        let seed = Seed.current()
        try CrashPoints.writing.walk(of: "runs", seed) { try isKilled(atCall: $0, seed) }
    }

    /// Runs a worker of 25 operations, killed when one of its threads begins its nth call; then
    /// another, to its end, on what is left.
    private func isKilled(atCall call: Int, _ seed: Seed) throws -> Bool {
        let directory = try TemporaryDirectory()
        let path = directory.path("store")
        try Store.create(at: path)
        let first = try WorkerProcess(
            path, seed: seed.value & ~1, pool: seed.value, operations: 25,
            prefix: CrashPoints.writing.tracer(killingAt: call))
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
