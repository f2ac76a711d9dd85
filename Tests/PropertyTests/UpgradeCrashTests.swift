import Foundation
import Hansard
import HansardBindings
import HansardProjections
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A program that builds a changed unit in the background, killed at the nth of its system calls;
/// then a second try.
@Suite(.serialized) struct UpgradeCrashTests {
    @Test(.enabled(if: CrashPoints.hasTracer)) func aKillLeavesAGenerationThatServes() throws {
        let seed = Seed.current()
        let directory = try TemporaryDirectory()
        let path = directory.path("store")
        try Store.create(at: path)
        let worker = try WorkerProcess(path, seed: seed.value & ~1, pool: 1, operations: 40)
        try #require(worker.end() == .finished)
        try CrashPoints.writingAndNaming.walk(of: "upgrades", seed) {
            try isKilled(atCall: $0, in: path)
        }
    }

    /// A running program of the older version goes on, on its own generation.
    @Test func anOlderProgramAppendsMeanwhile() throws {
        let seed = Seed.current()
        let directory = try TemporaryDirectory()
        let path = directory.path("store")
        try Store.create(at: path)
        let filling = try WorkerProcess(path, seed: seed.value & ~1, pool: 1, operations: 100)
        try #require(filling.end() == .finished)
        let older = try WorkerProcess(path, seed: seed.value | 1, pool: 2, operations: 150)
        older.wait(forLines: 3)
        let newer = [try WorkerProcess.upgrading(path), try WorkerProcess.upgrading(path)]
        for worker in newer {
            #expect(worker.end() == .finished, "\(worker.lines.suffix(3)), seed \(seed)")
        }
        #expect(older.end() == .finished, "\(older.lines.suffix(3)), seed \(seed)")
        #expect(try isNew(path))
        try check(path, appended: newer.flatMap(\.lines), "seed \(seed)")
    }

    private func isKilled(atCall call: Int, in path: String) throws -> Bool {
        let tracer = CrashPoints.writingAndNaming.tracer(killingAt: call)
        try useOldVersion(path)
        let first = try WorkerProcess.upgrading(path, prefix: tracer)
        let end = first.end()
        try #require(end != .failed, "call \(call): \(first.lines)")
        try check(path, appended: first.lines, "call \(call)")
        try useOldVersion(path)
        let second = try WorkerProcess.upgrading(path)
        #expect(second.end() == .finished, "call \(call): \(second.lines)")
        #expect(
            try FileSystem.names(in: path).allSatisfy { !Layout.isLeftover($0) }, "call \(call)")
        try check(path, appended: second.lines, "call \(call), second try")
        return end == .killed
    }

    /// Takes the index back to the older program's version, as if the upgrade were still to come.
    private func useOldVersion(_ path: String) throws {
        if try isNew(path) { _ = try Rebuilder(path: path, units: ChatUnits.all, keep: 0).run() }
    }

    /// True if the live generation is the newer program's.
    private func isNew(_ path: String) throws -> Bool {
        let live = try IndexGenerations(path: path).list().first { $0.isLive }
        let units = try #require(live?.units, "the live generation can be read")
        let version = try #require(units.first { $0.name == "messages" }?.version)
        return version == ChangedChat.units.first { $0.name == "messages" }?.version
    }

    /// Everything answered is there, and the live generation equals a replay, in whichever version.
    private func check(_ path: String, appended lines: [String], _ comment: Comment) throws {
        var settings = Store.Settings()
        settings.changedUnits = .refuse
        let units = try isNew(path) ? ChangedChat.units : ChatUnits.all
        let store = try Store.open(path, units: units, settings: settings)
        let appended = lines.filter { $0.hasPrefix("A ") }.compactMap { UInt64($0.dropFirst(2)) }
        let last = appended.max() ?? 0
        #expect(try store.read { $0.position.rawValue } >= last, comment)
        var verifier = Verifier(store)
        try #require(try verifier.run().problems.map(\.description) == [], comment)
        try store.close()
    }
}
