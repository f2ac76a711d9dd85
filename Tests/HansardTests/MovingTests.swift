import Hansard
import HansardBindings
import Synchronization
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Programs that are to move to a generation of the index which lags behind, can't be used, or has
/// taken another's place.
@Suite struct MovingTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    /// Waits until the store's own threads have taken it to a generation, by a bounded number of
    /// looks.
    private func isTaken(_ store: Store, to generation: UInt64) throws -> Bool {
        for _ in 0..<20_000 where store.index.generation != generation {
            try store.catchUp()
            Pause.milliseconds(1)
        }
        return store.index.generation == generation
    }

    /// A ledger that tells of each event it folds once it is told to.
    private struct ToldLedger: Projection {
        let ledger = Ledger()
        let told: Told
        var tables: [String] { ledger.tables }

        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
            told.tell(event.position)
            try ledger.fold(event, into: tables)
        }
    }

    private final class Told: Sendable {
        private let body = Mutex<(@Sendable (Position) -> Void)?>(nil)

        func tell(_ position: Position) { body.withLock { $0 }?(position) }
        func set(_ new: (@Sendable (Position) -> Void)?) { body.withLock { $0 = new } }
    }

    /// Going back to a generation from long ago takes long; appends don't wait for it.
    @Test func theGenerationInUseIsWrittenWhileAnotherIsBroughtUp() throws {
        let told = Told()
        let unit = ProjectionUnit(
            name: "ledger", version: 1, projections: [ToldLedger(told: told)])
        let store = try fixture.peer(
            units: [unit], settings: .tested.with { $0.flushEventsMax = 1_000 })
        try store.addEvents(1...10)
        try store.indexWriter.flush()
        try fixture.rebuild()
        #expect(try isTaken(store, to: 2))
        for part in 0..<10 { try store.addEvents((1_000 * part + 11)...(1_000 * part + 1_010)) }
        try store.indexWriter.flush()
        // Whatever the old one lacks, in three chunks: in each of them others append.
        let tails = Mutex<[Int]>([])
        let numbers = Atomic<Int>(20_000)
        told.set { position in
            guard [100, 5_000, 9_000].contains(position.rawValue) else { return }
            let tail = store.fold.published.units.map(\.tail.eventsCount).max() ?? 0
            tails.withLock { $0.append(tail) }
            if tail >= 2_000 { return }
            let first = numbers.wrappingAdd(1_200, ordering: .relaxed).oldValue
            do { try store.addEvents(first...(first + 1_199)) } catch { Issue.record(error) }
        }
        _ = try IndexGenerations(path: fixture.path, settings: .tested).use(1)
        #expect(try isTaken(store, to: 1))
        told.set(nil)
        let seen = tails.withLock { $0 }
        #expect(seen.count == 3 && seen.allSatisfy { $0 < 2_000 }, "appends would wait: \(seen)")
        #expect(try store.ledger().count == 13_610)
        try store.close()
    }

    /// A generation that can't be used is remembered by its number, so that a number is given once.
    @Test func aNumberIsNotGivenTwice() throws {
        let old = try fixture.peer()
        try old.addEvents(1...10)
        try old.indexWriter.flush()
        let newer = ProjectionUnit(name: "ledger", version: 2, projections: [Ledger()])
        try fixture.rebuild(units: [newer])
        var reason: HansardError?
        for _ in 0..<1_000_000 where reason == nil { reason = try old.statistics().reasonToStay }
        #expect(reason?.code == .corruptIndex && reason?.advice == .rebuildBesideOthers)
        // The operator turns back, makes room, and builds what this program needs.
        let generations = try IndexGenerations(path: fixture.path, settings: .tested)
        #expect(try generations.use(1) == 2)
        _ = try generations.drop(2)
        #expect(try fixture.rebuild().generation == 3)
        #expect(try isTaken(old, to: 3))
        #expect(try old.ledger().count == 10)
        try old.close()
    }

    /// It could only keep in memory what a lagging generation lacks.
    @Test func whoOnlyReadsWaitsForOthersToBringAGenerationUp() throws {
        let settings = Store.Settings.tested.with { $0.flushEventsMax = 20 }
        let writing = try fixture.peer(settings: settings)
        try writing.addEvents(1...10)
        try writing.indexWriter.flush()
        try fixture.rebuild()
        #expect(try isTaken(writing, to: 2))
        try writing.addEvents(11...60)
        try writing.close()
        let reading = try fixture.peer(settings: settings.with { $0.isReadOnly = true })
        _ = try IndexGenerations(path: fixture.path, settings: .tested).use(1)
        #expect(try reading.ledger().count == 60)
        #expect(reading.index.generation == 2)
        let reason = try #require(try reading.statistics().reasonToStay)
        #expect(reason.code == .indexBehind, "\(reason)")
        try fixture.peer(settings: settings).close()
        #expect(try isTaken(reading, to: 1))
        #expect(try reading.ledger().count == 60)
    }

    /// A generation that says it has what a program needs, and can't be used: the program builds
    /// another instead of waiting for this one for ever.
    @Test func aDamagedGenerationIsBuiltAnew() throws {
        let older = try fixture.peer()
        try older.addEvents(1...20)
        try older.indexWriter.flush()
        let newer = ProjectionUnit(name: "ledger", version: 2, projections: [Ledger()])
        try fixture.rebuild(units: [newer])
        let log = try Log(directory: fixture.path + "/log", settings: .tested)
        try log.swapGeneration(from: 2, to: 1)
        try damageStreams(ofGeneration: 2)
        let files = GenerationFiles(
            store: StoreFiles(directory: fixture.path, signing: CheckpointSigning()))
        // Nobody builds before the damaged one is live.
        let store = try files.locked {
            let store = try fixture.peer(units: [newer])
            #expect(store.unitStatuses().map(\.unit) == ["ledger"])
            try older.addEvents(21...23)
            try log.swapGeneration(from: 1, to: 2)
            return store
        }
        #expect(try isTaken(store, to: 3))
        #expect(try store.ledger().count == 23)
        try older.close()
        try store.close()
    }

    private func damageStreams(ofGeneration number: UInt64) throws {
        let environment = try Index.shared("\(fixture.path)/index-\(number)", tablesCount: 0)
        let table = try #require(
            try environment.openDatabase(CoreTables.names[CoreTables.streams], create: false))
        try environment.write { transaction in
            for ordinal: UInt64 in 1...3 {
                let key = StreamHead.key(Position(ordinal))
                try transaction.put([0xFF].span, for: key.span, in: table)
            }
        }
    }
}

extension Store {
    fileprivate func addEvents(_ numbers: ClosedRange<Int>) throws {
        let answers = try appendBlocking(
            numbers.map { Append([try event("e\($0)", in: "s\($0 % 3)")]) })
        #expect(answers.allSatisfy { $0.code == nil })
    }
}
