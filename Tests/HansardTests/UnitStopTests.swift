import Hansard
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A projection that fails stops its own unit and nothing else.
@Suite struct UnitStopTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    /// Another unit, which never fails.
    private struct Names: Projection {
        let tables = ["names"]
        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
            try tables.put([], for: Array("\(event.event.id)".utf8))
        }
    }

    private static let names = ProjectionUnit(name: "names", version: 1, projections: [Names()])

    private func namesCount(_ store: Store) throws -> Int {
        try store.read { view in
            var count = 0
            try view.table("names").scan(KeyRange(prefix: [])) { _, _ in
                count += 1
                return true
            }
            return count
        }
    }

    @Test(arguments: [1, 4, 32_000]) func theOthersGoOn(flushEvents: Int) throws {
        let settings = Store.Settings.tested.with { $0.flushEventsMax = flushEvents }
        var store: Store? = try fixture.open(
            units: [Ledger.failing(at: 7), Self.names], settings: settings)
        for number in 1...20 { try store?.add(event("e\(number)")) }
        let stopped = try #require(store)
        #expect(try namesCount(stopped) == 20)
        let error = try #require(#expect(throws: HansardError.self) { try stopped.ledger() })
        #expect(error.code == .unitStopped)
        #expect(error.position == Position(7))
        #expect(error.what.contains("Failure"), "the reason is told")
        #expect(stopped.fold.published.units[1].tail.eventsCount == 0, "it holds no memory")
        try stopped.close()
        #expect(try IndexReader(stopped.index).durablePositions.positions[1] < Position(7))
        store = nil

        let fixed = try fixture.open(units: [Ledger.unit, Self.names], settings: settings)
        #expect(try fixed.ledger().count == 20)
        #expect(try namesCount(fixed) == 20)
        let fresh = try StoreFixture().open(units: [Ledger.unit])
        for number in 1...20 { try fresh.add(event("e\(number)")) }
        #expect(try fixed.ledger() == fresh.ledger(), "as if it had never failed")
    }

    /// Events of one commit around the failing one.
    @Test func aFailureWithinAGroupStopsTheUnitAlone() throws {
        let store = try fixture.open(units: [Ledger.failing(at: 5), Self.names])
        let answers = try store.appendBlocking((1...10).map { Append([try event("e\($0)")]) })
        #expect(answers.allSatisfy { $0.code == nil })
        #expect(try namesCount(store) == 10)
        #expect(code { _ = try store.ledger() } == .unitStopped)
    }

    /// Opening folds what the unit has not had, and stops it at the same place.
    @Test func aFailureWhileCatchingUpStopsTheUnitAlone() throws {
        let before = try fixture.open(units: [Self.names])
        for number in 1...10 { try before.add(event("e\(number)")) }
        try before.close()
        let store = try fixture.open(units: [Ledger.failing(at: 3), Self.names])
        #expect(code { _ = try store.ledger() } == .unitStopped)
        #expect(try store.add(event("e11")).position == Position(11))
        #expect(try namesCount(store) == 11)
    }

    /// Keys LMDB can't have: regression, they stopped appends and every flush.
    @Test(arguments: [0, 512, 5_000]) func anImpossibleKeyStopsTheUnitAlone(bytes: Int) throws {
        struct Impossible: Projection {
            let tables = ["impossible"]
            let key: [UInt8]
            func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
                #expect(try tables.get(key) == nil)
                tables.delete(key)
                try tables.put([1], for: key)
            }
        }
        let projection = Impossible(key: [UInt8](repeating: 0x61, count: bytes))
        let unit = ProjectionUnit(name: "impossible", version: 1, projections: [projection])
        let store = try fixture.open(units: [unit, Self.names])
        #expect(try store.add(event("one")).position == Position(1))
        #expect(try namesCount(store) == 1)
        #expect(code { try store.read { _ = try $0.table("impossible") } } == .unitStopped)
        try store.close()
    }

    /// The longest key there may be is stored and found, also by bounds longer than any key.
    @Test func theLongestKeyIsStored() throws {
        struct Longest: Projection {
            let tables = ["longest"]
            func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
                try tables.put([7], for: [UInt8](repeating: 0x61, count: 511))
            }
        }
        let unit = ProjectionUnit(name: "longest", version: 1, projections: [Longest()])
        let store = try fixture.open(units: [unit])
        try store.add(event("one"))
        let key = [UInt8](repeating: 0x61, count: 511)
        func found(_ range: KeyRange, _ direction: Direction) throws -> Int {
            try store.read { view in
                var count = 0
                try view.table("longest").scan(range, direction) { _, _ in
                    count += 1
                    return true
                }
                return count
            }
        }
        for _ in 0..<2 {
            #expect(try store.read { try $0.table("longest").get(key) } == [7])
            for direction in [Direction.forwards, .backwards] {
                #expect(try found(KeyRange(from: key, to: nil), direction) == 1)
                #expect(try found(KeyRange(from: key + [0], to: nil), direction) == 0)
                #expect(try found(KeyRange(from: [], to: key + [0]), direction) == 1)
                #expect(try found(KeyRange(from: [], to: key), direction) == 0)
            }
            try store.indexWriter.flush()
        }
    }
}
