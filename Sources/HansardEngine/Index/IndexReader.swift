import HansardBindings

/// One read transaction on the index: every table as it was at the durablePositions of one flush.
///
/// Not Sendable and short-lived: an old snapshot keeps LMDB from reusing pages.
package final class IndexReader {
    private let transaction: ReadSnapshot
    private let tables: [Database]
    private let units: [UnitDefinition]
    package let durablePositions: DurablePositions

    package init(_ index: Index) throws {
        let transaction = try index.environment.beginRead()
        durablePositions = try index.durablePositions(in: transaction)
        self.transaction = transaction
        tables = index.tables
        units = index.units
    }

    func get(_ key: Span<UInt8>, table: Int) throws -> [UInt8]? {
        try transaction.get(key, from: tables[table])
    }

    func withCursor<Result>(
        table: Int, _ body: (inout Cursor) throws -> Result
    ) throws -> Result {
        try transaction.withCursor(tables[table], body)
    }

    func value(_ key: Span<UInt8>, in database: Database) throws -> [UInt8]? {
        try transaction.get(key, from: database)
    }

    func firstTable(ofUnit unit: Int) -> Int { units[unit].firstTable }
}
