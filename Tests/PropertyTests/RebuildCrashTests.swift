import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A rebuild killed at the nth of its system calls that write, rename or remove; then a second try.
@Suite(.serialized) struct RebuildCrashTests {
    @Test(.enabled(if: CrashPoints.hasTracer)) func theIndexInUseIsUntouchedAtAnyCall() throws {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value)
        let directory = try TemporaryDirectory()
        let path = directory.path("store")
        try Store.create(at: path)
        let worker = try WorkerProcess(path, seed: seed.value & ~1, pool: 1, operations: 40)
        try #require(worker.end() == .finished)
        try CrashPoints.writingAndNaming.walk(of: "rebuilds", seed) {
            try isKilled(atCall: $0, in: path, random.fork())
        }
    }

    private func isKilled(
        atCall call: Int, in path: String, _ random: SeededGenerator
    ) throws -> Bool {
        let tracer = CrashPoints.writingAndNaming.tracer(killingAt: call)
        let first = try WorkerProcess.rebuilding(path, count: 1, prefix: tracer)
        let end = first.end()
        try #require(end != .failed, "call \(call): \(first.lines)")
        let whole = try FileSystem.names(in: path).filter {
            Layout.generation(ofDirectory: $0) != nil
        }
        #expect(whole.count >= 1, "call \(call)")
        try #require(try CrashAudit.problems(of: path, answers: [], random) == [], "call \(call)")
        try expectSwapsAreRecorded(in: path, "call \(call)")
        let second = try WorkerProcess.rebuilding(path, count: 1)
        #expect(second.end() == .finished, "call \(call): \(second.lines)")
        #expect(
            try FileSystem.names(in: path).allSatisfy { !Layout.isLeftover($0) }, "call \(call)")
        try #require(try CrashAudit.problems(of: path, answers: [], random) == [], "call \(call)")
        try expectSwapsAreRecorded(in: path, "call \(call), again")
        return end == .killed
    }

    /// The log's events lead from the first generation to the live one, each swap once.
    private func expectSwapsAreRecorded(in path: String, _ when: Comment) throws {
        let log = try LogReader(path: path)
        var live: UInt64 = 1
        try log.forEachEvent(from: Position(1), through: try log.head()) { recorded in
            guard
                case .indexSwapped(let generation, let previous, _, _)? = OperatorAct(
                    recorded.event)
            else { return }
            #expect(previous == live, when)
            live = generation
        }
        let listed = try IndexGenerations(path: path).list()
        #expect(listed.first { $0.isLive }?.number == live, when)
    }
}
