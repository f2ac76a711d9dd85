import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

extension StoreFixture {
    /// Builds a new generation with the ledger, as another program would.
    @discardableResult
    func rebuild(
        units: [ProjectionUnit] = [Ledger.unit], keep: Int = 1, isCancelled: () -> Bool = { false },
        progress: (RebuildProgress) -> Void = { _ in }
    ) throws -> RebuildReport {
        try Rebuilder(path: path, units: units, keep: keep, settings: .tested)
            .run(isCancelled: isCancelled, progress: progress)
    }

    /// A store of its own on the same files, as another process has it.
    func peer(
        units: [ProjectionUnit] = [Ledger.unit], settings: Store.Settings = .tested
    ) throws -> Store {
        try Store(
            files: StoreFiles(directory: path, signing: CheckpointSigning()), units: units,
            settings: settings)
    }

    /// The names beside the log, but for the lock.
    func indexDirectories() throws -> [String] {
        try FileSystem.names(in: path).filter { $0.hasPrefix("index") }.sorted()
    }
}

extension Store {
    /// Waits until the store uses a generation, moving itself or letting its thread do it; the
    /// number of looks is bounded, their time is not counted.
    func reaches(generation: UInt64) throws -> Bool {
        for _ in 0..<1_000_000 {
            try catchUp()
            indexWriter.mover.moveIfDue()
            if index.generation == generation { return true }
        }
        return false
    }
}

extension Log {
    /// Another process's swap, recorded for nobody.
    func swapGeneration(from expected: UInt64, to new: UInt64) throws {
        let act = OperatorAct.indexSwapped(
            generation: new, previous: expected, cause: .use, through: nil)
        try swapGeneration(from: expected, to: new, as: PendingAct(act.event(by: nil, at: .microseconds(0))))
    }
}
