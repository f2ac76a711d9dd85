package import HansardBindings
import Synchronization

/// One generation of the index: an LMDB environment with the tables of all units and their
/// durablePositions.
///
/// Everything in it is derived from the log and can be thrown away.
package final class Index: Sendable {
    package let environment: Environment
    package let generation: UInt64
    package let units: [UnitDefinition]
    /// Unit and table number within it, by table name.
    package let tablesByName: [String: TablePlace]
    /// By table number, over all units.
    let tables: [Database]
    let filtersTable: Database
    let filters: IDFilters
    let checkpointsTable: Database
    private let latest = Mutex<(transaction: UInt64, durablePositions: DurablePositions)?>(nil)
    private let metaTable: Database

    /// Every table, for statistics.
    package var allTables: [Database] { tables + [filtersTable, checkpointsTable, metaTable] }

    /// Opens the generation in `directory`, creating what is missing unless `isReadOnly`.
    ///
    /// - Throws: `HansardError`: `corruptIndex` when it belongs to another log or other versions of
    ///   the units, and what LMDB or the system refuse.
    package convenience init(
        directory: String, generation: UInt64, units: [UnitDefinition], logID: String,
        isReadOnly: Bool
    ) throws {
        if isReadOnly && !FileSystem.exists("\(directory)/data.mdb") {
            throw HansardError(
                .noPermission,
                "the index \(directory) is missing and can't be built without permission to "
                    + "write",
                advice: .openForWriting, path: directory)
        }
        if !isReadOnly { try FileSystem.ensureDirectory(directory, mode: 0o750) }
        var options = Self.options(units)
        options.isReadOnly = isReadOnly
        let environment: Environment
        do { environment = try .shared(directory: directory, options: options) } catch {
            guard error.isDamage else { throw error }
            throw HansardError(
                .corruptIndex,
                "the index in \(directory) is damaged or cut off",
                advice: .rebuild, path: directory, underlying: error)
        }
        try self.init(
            environment,
            generation: generation, units: units, logID: logID, isReadOnly: isReadOnly)
    }

    /// A new index in an empty directory of its own, whose commits don't wait for the disk: for a
    /// replay that is thrown away, or a generation that is flushed before it goes live.
    package convenience init(
        scratch directory: String, generation: UInt64 = 0, units: [UnitDefinition], logID: String
    ) throws {
        var options = Self.options(units)
        options.isSynchronous = false
        try self.init(
            try Environment(directory: directory, options: options), generation: generation,
            units: units, logID: logID, isReadOnly: false)
    }

    /// A generation opened for a look at what it says of itself; nothing is written.
    package convenience init(
        checking directory: String, units: [UnitDefinition], logID: String
    ) throws {
        var options = Self.options(units)
        options.isReadOnly = true
        try self.init(
            try Environment(directory: directory, options: options), generation: 0, units: units,
            logID: logID, isReadOnly: true)
    }

    /// In one process all who have a generation open share the first one's environment, and they
    /// may know different units, or copy those of other programs.
    static func options(tablesCount: Int) -> Environment.Options {
        var options = Environment.Options()
        options.maxDatabases = 256 + tablesCount
        return options
    }

    private static func options(_ units: [UnitDefinition]) -> Environment.Options {
        options(tablesCount: units.reduce(0) { $0 + $1.tables.count })
    }

    private init(
        _ environment: Environment, generation: UInt64, units: [UnitDefinition], logID: String,
        isReadOnly: Bool
    ) throws {
        self.generation = generation
        self.units = units
        tablesByName = TablePlace.byName(units)
        self.environment = environment
        let directory = environment.directory
        func open(_ name: String) throws -> Database {
            if let table = try environment.openDatabase(name, create: !isReadOnly) { return table }
            throw HansardError(
                .corruptIndex,
                "the index in \(directory) has no table '\(name)'",
                advice: .openForWriting, path: directory)
        }
        let meta = try open(Layout.indexMeta)
        metaTable = meta
        checkpointsTable = try open(Layout.durablePositions)
        filtersTable = try open(Layout.idFilters)
        filters = IDFilters(table: filtersTable)
        tables = try units.flatMap(\.tables).map { try open($0) }
        try claim(logID: logID, isReadOnly: isReadOnly)
    }

    /// Binds a new index to its log, and refuses one that belongs to another.
    private func claim(logID: String, isReadOnly: Bool) throws {
        let key = Array(Layout.metaLogID.utf8)
        var owner = try environment.read { try $0.get(key.span, from: metaTable) }
        if owner == nil && !isReadOnly {
            owner = try environment.write { transaction in
                // Another program may have been first, with other versions.
                let first = try transaction.get(key.span, from: metaTable)
                if let first { return first }
                try transaction.put(Array(logID.utf8).span, for: key.span, in: metaTable)
                // Versions are in it from the start, so that no program with others of them takes
                // it over before the first flush.
                for unit in units { try setCheckpoint(.zero, of: unit, in: transaction) }
                return Array(logID.utf8)
            }
        }
        if let owner, owner != Array(logID.utf8) {
            throw HansardError(
                .corruptIndex,
                "the index in \(environment.directory) belongs to another log",
                advice: .putRightLogBack, path: environment.directory)
        }
    }

    /// The units' durablePositions of a snapshot. Those of the last one asked for are remembered.
    func durablePositions(in snapshot: borrowing ReadSnapshot) throws -> DurablePositions {
        let number = snapshot.transactionID
        let known = latest.withLock { $0 }
        if let known, known.transaction == number { return known.durablePositions }
        let durablePositions = try readDurablePositions(in: snapshot)
        latest.withLock { $0 = (number, durablePositions) }
        return durablePositions
    }

    /// The units' durablePositions in a transaction; zero for a unit never folded.
    package func readDurablePositions(
        in transaction: borrowing some Reading & ~Copyable
    ) throws -> DurablePositions {
        var positions: [Position] = []
        positions.reserveCapacity(units.count)
        for unit in units {
            let row = try transaction.get(Array(unit.name.utf8).span, from: checkpointsTable)
            positions.append(try row.map { try decode($0, unit) } ?? .zero)
        }
        return DurablePositions(positions: positions)
    }

    private func decode(_ row: [UInt8], _ unit: UnitDefinition) throws(HansardError) -> Position {
        guard let row = DurablePositionRow(row.span, of: unit.name) else {
            throw HansardError(
                .corruptIndex,
                "the durable position of '\(unit.name)' can't be read: the index is damaged",
                advice: .rebuild)
        }
        guard row.version == UInt64(unit.version) else {
            throw HansardError(
                .corruptIndex,
                "the index holds version \(row.version) of '\(unit.name)', this program writes "
                    + "\(unit.version)",
                advice: .rebuildBesideOthers)
        }
        return row.position
    }

    /// Sets how far a unit is folded. It goes on, so that it stopped before is forgotten.
    func setCheckpoint(
        _ position: Position, of unit: UnitDefinition,
        in transaction: borrowing WriteTransaction
    ) throws {
        let row = DurablePositionRow(version: UInt64(unit.version), position: position, stop: nil)
        try transaction.put(
            row.bytes.span, for: Array(unit.name.utf8).span, in: checkpointsTable)
    }

    /// Notes beside a unit's durablePosition that it stopped, unless it says so already, or another
    /// process got beyond that event.
    func note(
        _ stop: UnitStop, of unit: UnitDefinition, at durablePosition: Position,
        in transaction: borrowing WriteTransaction
    ) throws {
        if durablePosition >= stop.position { return }
        let key = Array(unit.name.utf8)
        let row = DurablePositionRow(
            version: UInt64(unit.version), position: durablePosition, stop: stop
        ).bytes
        if try transaction.get(key.span, from: checkpointsTable) == row { return }
        try transaction.put(row.span, for: key.span, in: checkpointsTable)
    }
}
