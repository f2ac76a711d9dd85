import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// An index of its own with the core and one unit of two tables.
final class IndexFixture {
    let directory: TemporaryDirectory
    let index: Index

    init() throws {
        directory = try TemporaryDirectory()
        let unit = ProjectionUnit(name: "unit", version: 1, projections: [TwoTables()])
        index = try Index(
            directory: directory.path + "/index", generation: 1,
            units: UnitDefinition.list([unit], keepsTree: false), logID: "log", isReadOnly: false)
    }

    private struct TwoTables: Projection {
        let tables = ["unit.a", "unit.b"]
        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {}
    }

    /// Writes ids of the core as a flush does, up to a checkpoint.
    func flush(hashes: [UInt64], at positions: [UInt64], through end: UInt64) throws {
        let ids = OverlayTable()
        for (hash, position) in zip(hashes, positions) {
            var key: [UInt8] = []
            IDTable.appendKey(hash: hash, position: Position(position), to: &key)
            ids.set(key.span, to: [UInt8]().span)
        }
        var tail = UnitTail(base: .zero)
        tail.append([ids.sealed(), OverlayTable().sealed()], through: Position(end))
        _ = try Flush(index: index).write([tail, nil])
    }

    /// The positions a lookup of each hash finds in the index alone.
    func positions(of hashes: [UInt64]) throws -> [[Position]] {
        let reader = try IndexReader(index)
        let core = CoreView(
            view: UnitView(
                overlays: [], tail: UnitTail(base: reader.durablePositions.core), index: reader,
                firstTable: 0),
            hasher: IDHasher(key: (1, 2)), filters: IDFilters(table: index.filtersTable), group: nil
        )
        return try hashes.map { hash in
            var found: [Position] = []
            try core.forEachPosition(hash: hash) {
                found.append($0)
                return true
            }
            return found
        }
    }
}
