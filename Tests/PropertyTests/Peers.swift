import Hansard
import HansardBindings
import HansardChat
import HansardProjections
import HansardRecords
import HansardTesting

@testable import HansardEngine
@testable import HansardOperations

/// Several stores on one directory, each with its own projector, writer and indexWriter, as several
/// processes have them: they share nothing but the two LMDB environments.
final class Peers {
    let directory: TemporaryDirectory
    let path: String
    let faults = Faults()
    private(set) var stores: [Store] = []
    /// Stores let go of without closing: what they hold in memory was not written to the index.
    private var abandoned: [Store] = []
    private var random: SeededGenerator

    init(count: Int, _ random: SeededGenerator) throws {
        self.random = random
        directory = try TemporaryDirectory()
        path = directory.path("store")
        try Store.create(at: path)
        stores = [try open(units: ChatUnits.all)]
        for _ in 1..<count { stores.append(try open(units: someUnits())) }
    }

    deinit {
        for store in stores + abandoned { try? store.close() }
    }

    /// Mostly all units; sometimes in another order, or not all, as a tool might.
    private func someUnits() -> [ProjectionUnit] {
        switch random.below(8) {
        case 0: []
        case 1: Array(ChatUnits.all.prefix(1))
        case 2: ChatUnits.all.reversed()
        default: ChatUnits.all
        }
    }

    /// True if a store keeps all units, so that it can be compared with the model.
    func isComplete(_ store: Store) -> Bool {
        TableContents.names.allSatisfy { store.index.tablesByName[$0] != nil }
    }

    private func open(units: [ProjectionUnit]) throws -> Store {
        var settings = Store.Settings()
        // Nothing happens by time: the tail is flushed when it is large, or when a step says so.
        settings.flushAge = .seconds(1_000_000)
        settings.flushEventsMax = random.pick([1, 3, 10, 50, 1_000, 100_000])
        settings.flushBytesMax = random.pick([1_000, 100_000, 16 << 20])
        settings.groupEventsMax = random.pick([1, 2, 7, 1_000])
        settings.queueEventsMax = random.pick([1, 10, 1_000])
        settings.compressionLevel = 1
        let store = try Store(
            files: StoreFiles(directory: path, signing: CheckpointSigning()),
            units: faults.units(units), settings: settings)
        let lookups = random.pick([0, 10, 100, 2_000])
        store.fold.fold { $0.lookupsBeforeFilters = lookups }
        return store
    }

    /// Closes a store, which writes its tail, and opens it again.
    func reopen(_ number: Int) throws {
        try stores[number].close()
        stores[number] = try open(units: number == 0 ? ChatUnits.all : someUnits())
    }

    /// Opens a store again without closing the old one, as after a crash.
    func abandon(_ number: Int) throws {
        abandoned.append(stores[number])
        stores[number] = try open(units: number == 0 ? ChatUnits.all : someUnits())
    }

    /// The differences between the stores, the model and a replay of the log into a new index.
    ///
    /// Nobody may be appending.
    func differences(_ model: ModelStore) throws -> [String] {
        let replay = try FreshReplay.contents(of: path)
        var found: [String] = []
        for (number, store) in stores.enumerated() where isComplete(store) {
            let differences = try store.read { view in
                try TableContents(view).differences(from: replay)
                    + ModelComparison.differences(model, view, random.fork())
            }
            found += differences.map { "store \(number): \($0)" }
        }
        return found
    }
}
