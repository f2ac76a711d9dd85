import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Units of a program in an index that another program builds, switches and drops.
@Suite struct ForeignUnitTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private struct Notes: Projection {
        let tables = ["notes.rows", "notes.lengths"]
        /// Fails on events up to here: they must not be folded again.
        var failsThrough: UInt64 = 0

        struct Again: Error {}

        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
            if event.position.rawValue <= failsThrough { throw Again() }
            if event.event.isAct { return }
            let key = Array("\(event.event.id)".utf8)
            try tables.put(key, for: key)
            try tables.put([UInt8(key.count)], for: key, table: 1)
        }
    }

    private static func notes(failsThrough: UInt64 = 0) -> ProjectionUnit {
        ProjectionUnit(
            name: "notes", version: 3, projections: [Notes(failsThrough: failsThrough)])
    }

    private static let both = [Ledger.unit, notes()]

    private func fill(_ numbers: ClosedRange<Int>, units: [ProjectionUnit] = both) throws {
        let store = try fixture.peer(units: units)
        for number in numbers { try store.add(event("e\(number)")) }
        try store.close()
    }

    private func count(_ store: Store, _ table: String) throws -> Int {
        try store.read { view in
            var count = 0
            try view.table(table).scan(KeyRange(prefix: [])) { _, _ in
                count += 1
                return true
            }
            return count
        }
    }

    @Test func aRebuildCarriesThemOver() throws {
        try fill(1...10)
        // Written by a program without it: 'notes' is behind, and stays where it is.
        try fill(11...15, units: [Ledger.unit])
        let report = try fixture.rebuild(units: [Ledger.unit], keep: 0)
        #expect(report.carriedUnits == ["notes"] && report.lostUnits.isEmpty)
        #expect(report.removed == [1])
        let unit = try #require(
            try IndexGenerations(path: fixture.path).list()[0].units?.first { $0.name == "notes" })
        #expect(unit.version == 3 && unit.durablePosition == Position(10))
        // What was folded before is not folded again; what was missed is caught up.
        let store = try fixture.peer(units: [Ledger.unit, Self.notes(failsThrough: 10)])
        #expect(store.unitStatuses().isEmpty)
        #expect(try count(store, "notes.rows") == 15)
        #expect(try count(store, "notes.lengths") == 15)
        #expect(try store.ledger().count == 15)
        try store.close()
    }

    /// A program that has it open moves over and goes on.
    @Test func whoeverKeepsThemMovesOver() throws {
        let store = try fixture.peer(units: Self.both)
        for number in 1...10 { try store.add(event("e\(number)")) }
        try store.indexWriter.flush()
        try fixture.rebuild(units: [Ledger.unit], keep: 0)
        #expect(try store.reaches(generation: 2))
        try store.add(event("e11"))
        #expect(try count(store, "notes.rows") == 11)
        #expect(try store.ledger().count == 11)
        try store.close()
    }

    @Test func theyAreLeftOutWhenAsked() throws {
        try fill(1...10)
        let report = try Rebuilder(
            path: fixture.path, units: [Ledger.unit], keep: 0, keepsForeignUnits: false,
            settings: .tested
        ).run()
        #expect(report.carriedUnits.isEmpty && report.lostUnits == ["notes"])
        #expect(report.removed == [1])
        let units = try #require(try IndexGenerations(path: fixture.path).list()[0].units)
        #expect(units.map(\.name) == ["core", "ledger", "tree"])
    }

    /// The last generation with a unit of another program outlives `keep`, `drop` and `use`.
    @Test func theLastWithThemStays() throws {
        try fill(1...10)
        _ = try Rebuilder(
            path: fixture.path, units: [Ledger.unit], keep: 1, keepsForeignUnits: false,
            settings: .tested
        ).run()
        let report = try fixture.rebuild(units: [Ledger.unit], keep: 0)
        #expect(report.removed == [2] && report.keptForForeignUnits == [1])
        let careful = try IndexGenerations(
            path: fixture.path, units: [Ledger.unit], settings: .tested)
        let error = #expect(throws: HansardError.self) { try careful.drop(1) }
        #expect(error?.code == .foreignUnits && error?.advice == .rebuildWithTheirProgram)
        // Back to the one that has it, and not away from it again.
        #expect(try careful.use(1) == 3)
        #expect(code { _ = try careful.use(3) } == .foreignUnits)
        let careless = try IndexGenerations(path: fixture.path, settings: .tested)
        #expect(try careless.use(3) == 1)
        #expect(try careless.drop(1) > 0)
    }

    /// Rows of a log that was cut are worth nothing known.
    @Test func thoseAheadOfTheLogAreNotCarried() throws {
        try fill(1...10)
        let log = try Log(directory: StoreFiles(directory: fixture.path).log, settings: .tested)
        let directory = fixture.path + "/index-copy"
        try FileSystem.createDirectory(directory)
        let index = try Index(
            scratch: directory, units: UnitDefinition.list([Ledger.unit], keepsTree: true),
            logID: log.id)
        let foreign = ForeignUnits(known: index.units, logID: log.id)
        let live = fixture.path + "/index-1"
        #expect(try foreign.copy(from: live, to: index, head: { Position(9) }) == [])
        #expect(try foreign.copy(from: live, to: index, head: { Position(10) }) == ["notes"])
    }
}
