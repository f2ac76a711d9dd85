import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Open stores and the generations of their index.
@Suite struct GenerationTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func add(_ numbers: ClosedRange<Int>, to store: Store) throws {
        for number in numbers { try store.add(event("e\(number)", in: "s\(number % 3)")) }
    }

    @Test func anOpenStoreMovesOver() throws {
        let store = try fixture.open(units: [Ledger.unit])
        try add(1...10, to: store)
        try fixture.rebuild()
        try add(11...20, to: store)
        #expect(try store.reaches(generation: 2))
        #expect(try store.ledger().count == 20)
        try add(21...30, to: store)
        try store.indexWriter.flush()
        #expect(
            try IndexReader(store.index).durablePositions.positions == [
                Position(31), Position(31), Position(31),
            ])
        #expect(try store.statistics().indexGeneration == 2)
        #expect(try store.statistics().swapHeld != nil)
        var verifier = Verifier(store)
        #expect(try verifier.run().problems.map(\.description) == [])
    }

    /// Every process for itself, and each sees what the others append, whichever generation it uses.
    @Test func peersMoveAtTheirOwnPace() throws {
        let (one, other) = (try fixture.peer(), try fixture.peer())
        try add(1...10, to: one)
        try fixture.rebuild()
        #expect(try one.reaches(generation: 2))
        try add(11...15, to: other)
        try add(16...20, to: one)
        #expect(try one.ledger() == other.ledger())
        #expect(try other.reaches(generation: 2))
        #expect(try one.ledger() == other.ledger())
        #expect(try other.ledger().count == 20)
        try one.close()
        try other.close()
    }

    /// A view that began before keeps its snapshot; the old files are closed when it is done.
    @Test func aReadThatBeganBeforeIsNotDisturbed() throws {
        let store = try fixture.open(units: [Ledger.unit])
        try add(1...10, to: store)
        try store.indexWriter.flush()
        let rows = try store.ledger()
        let old = fixture.path + "/index-1"
        try store.read { view in
            try fixture.rebuild()
            // From another thread, since this one is reading.
            let mover = try DedicatedThread(name: "mover") {
                do { try #require(try store.reaches(generation: 2)) } catch { Issue.record(error) }
            }
            mover.join()
            try store.add(event("later"))
            #expect(view.position == Position(10))
            #expect(try view.ledger() == rows)
            #expect(Environment.isOpen(directory: old))
        }
        #expect(try store.ledger().count == 11)
        var isClosed = false
        for _ in 0..<1_000_000 where !isClosed { isClosed = !Environment.isOpen(directory: old) }
        #expect(isClosed)
    }

    /// Tails of the old generation are written to it and nowhere else.
    @Test func aFlushBelongsToItsGeneration() throws {
        let store = try fixture.peer()
        try add(1...10, to: store)
        try fixture.rebuild()
        let before = store.fold.published
        try add(11...12, to: store)
        #expect(try store.reaches(generation: 2))
        #expect(
            try Flush(index: before.index).write(before.flushableTails).durablePositions.core
                == Position(10))
        #expect(try IndexReader(store.index).durablePositions.core >= Position(10))
        #expect(try store.ledger().count == 12)
        try store.close()
    }

    /// A running program of other versions goes on with its own generation, and says so.
    @Test func anOlderProgramStays() throws {
        let old = try fixture.peer(
            settings: .tested.with { $0.flushEventsMax = 5 })
        try add(1...10, to: old)
        let newer = ProjectionUnit(name: "ledger", version: 2, projections: [Ledger()])
        try fixture.rebuild(units: [newer])
        let new = try fixture.peer(units: [newer])
        try add(11...40, to: old)
        try add(41...50, to: new)
        #expect(try old.ledger() == new.ledger())
        #expect(try old.ledger().count == 50)
        var reason: HansardError?
        for _ in 0..<1_000_000 where reason == nil { reason = try old.statistics().reasonToStay }
        let statistics = try old.statistics()
        #expect((statistics.indexGeneration, statistics.liveGeneration) == (1, 2))
        #expect(reason?.code == .corruptIndex && reason?.advice == .rebuildBesideOthers)
        #expect(try new.statistics().reasonToStay == nil)
        #expect(statistics.swapHeld == nil)
        try add(51...51, to: old)
        try old.close()
        #expect(
            try IndexReader(old.index).durablePositions.core == Position(52), "it was kept current")
        try new.close()
    }

    /// It had not moved: what it looks at is the number, not whether it can go there.
    @Test func anOlderProgramMovesWhenItsVersionIsBack() throws {
        let old = try fixture.peer()
        try add(1...10, to: old)
        let newer = ProjectionUnit(name: "ledger", version: 2, projections: [Ledger()])
        try fixture.rebuild(units: [newer])
        _ = try old.positions()
        try fixture.rebuild()
        #expect(try old.reaches(generation: 3))
        #expect(try old.ledger().count == 10)
        try old.close()
    }

    @Test func aStoreOpenedForReadingMovesToo() throws {
        let writing = try fixture.peer()
        try add(1...10, to: writing)
        try writing.close()
        let reading = try fixture.peer(settings: .tested.with { $0.isReadOnly = true })
        #expect(try reading.ledger().count == 10)
        try fixture.rebuild()
        #expect(try reading.ledger().count == 10)
        #expect(reading.index.generation == 2)
    }

    /// One that keeps a unit the new generation has not: it folds it there.
    @Test func aUnitTheGenerationLacksIsFolded() throws {
        let store = try fixture.peer(settings: .tested.with { $0.flushEventsMax = 7 })
        try add(1...30, to: store)
        try fixture.rebuild(units: [])
        #expect(try store.reaches(generation: 2))
        #expect(try store.ledger().count == 30)
        try add(31...33, to: store)
        #expect(try store.ledger().count == 33)
        try store.close()
    }

    /// Meets a damaged page as soon as it folds.
    private struct Fragile: Projection {
        let tables = ["fragile"]
        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
            if try tables.get([1]) == [0xBA, 0xD0] {
                throw LMDBError(code: .corrupted, call: "mdb_get")
            }
            try tables.put([7], for: [1])
        }
    }

    /// A store that can't fold any more for its index mends itself once there is another one.
    @Test func aDamagedIndexIsLeftBehind() throws {
        let unit = ProjectionUnit(name: "fragile", version: 1, projections: [Fragile()])
        let (store, other) = (try fixture.peer(units: [unit]), try fixture.peer(units: []))
        try store.add(event("one"))
        try store.indexWriter.flush()
        let table = try #require(
            try store.index.environment.openDatabase("fragile", create: false))
        try store.index.environment.write {
            try $0.put([0xBA, 0xD0].span, for: [1].span, in: table)
        }
        #expect(code { try store.add(event("two")) } == .damagedFile)
        try other.add(event("three"))
        #expect(code { _ = try store.positions() } != nil)
        try fixture.rebuild(units: [unit])
        #expect(code { _ = try store.positions() } != nil, "and looks where it could go")
        for _ in 0..<1_000_000 where store.index.generation == 1 {
            store.indexWriter.mover.moveIfDue()
        }
        #expect(store.index.generation == 2)
        #expect(try store.add(event("four")).position == Position(4), "the rebuild is event 3")
        #expect(try store.read { try $0.table("fragile").get([1]) } == [7])
        try other.close()
        try store.close()
    }

    @Test func generationsAreListedSwitchedAndDropped() throws {
        let store = try fixture.peer()
        try add(1...10, to: store)
        try store.indexWriter.flush()
        try fixture.rebuild(keep: 5)
        try fixture.rebuild(keep: 5)
        let generations = try IndexGenerations(path: fixture.path)
        #expect(try generations.list().map(\.number) == [1, 2, 3])
        #expect(try generations.list().map(\.isLive) == [false, false, true])
        #expect(try store.reaches(generation: 3))
        try add(11...15, to: store)
        #expect(try generations.use(2) == 3)
        #expect(try store.reaches(generation: 2))
        #expect(try store.ledger().count == 15)
        #expect(code { _ = try generations.drop(2) } == .invalidArgument)
        #expect(code { _ = try generations.drop(8) } == .notFound)
        #expect(code { _ = try generations.use(8) } == .notFound)
        #expect(try generations.drop(1) > 0)
        #expect(try fixture.indexDirectories() == ["index-2", "index-3"])
        let units = try #require(try generations.list()[0].units)
        #expect(units.map(\.name) == ["core", "ledger", "tree"])
        try store.close()
        #expect(try fixture.open(units: [Ledger.unit]).ledger().count == 15)
    }

    /// Old generations are kept by number; one that is open stays longer.
    @Test func oldGenerationsAreRemoved() throws {
        let store = try fixture.peer()
        try add(1...3, to: store)
        #expect(try fixture.rebuild(keep: 0).removed == [], "the store has it open")
        #expect(try store.reaches(generation: 2))
        try store.close()
        #expect(try fixture.rebuild(keep: 1).generation == 3)
        #expect(try fixture.indexDirectories().contains("index-2"))
        let opened = try fixture.open(units: [Ledger.unit])
        #expect(try opened.ledger().count == 3)
    }

    @Test func aDamagedGenerationIsListedAndNotUsed() throws {
        try add(1...3, to: try fixture.open(units: [Ledger.unit]))
        let damaged = fixture.path + "/index-2"
        try FileSystem.createDirectory(damaged)
        try FileSystem.writeNewFile(damaged + "/data.mdb", [UInt8](repeating: 1, count: 8_192).span)
        let generations = try IndexGenerations(path: fixture.path)
        #expect(try generations.list().map { $0.units == nil } == [false, true])
        #expect(code { _ = try generations.use(2) } == .corruptIndex)
        #expect(try generations.list().map(\.isLive) == [true, false])
        #expect(try generations.drop(2) == 8_192)
    }
}
