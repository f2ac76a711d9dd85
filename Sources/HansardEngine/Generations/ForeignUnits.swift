import HansardBindings

/// Which units of an index belong to other programs than this one, and what it does to keep them.
///
/// Nothing here knows how to fold them. A generation that is built without their programs gets
/// their rows as they are, and the programs fold on from there.
struct ForeignUnits {
    /// Names of this program's units, the core and the tree among them.
    private let known: Set<String>
    private let logID: String

    init(known units: [UnitDefinition], logID: String) {
        known = Set(units.map(\.name) + [CoreTables.unitName, TreeTable.unitName])
        self.logID = logID
    }

    /// Names of the foreign units in a generation; none when it can't be read.
    func names(in directory: String) -> [String] {
        ((try? Index.units(in: directory, logID: logID)) ?? []).map(\.name)
            .filter { !known.contains($0) }
    }

    /// The units that would be lost with a generation: no other of these has them.
    func lost(with directory: String, keeping others: [String]) -> [String] {
        let kept = Set(others.flatMap { names(in: $0) })
        return names(in: directory).filter { !kept.contains($0) }
    }

    /// The bytes of rows that are gathered before they are written; what LMDB keeps of a
    /// transaction in memory is bounded by it.
    private static let batchBytesMax = 32 << 20

    /// Copies the foreign units of the generation in `directory` to one that is being built: every
    /// table that is none of its own, and the rows of their durablePositions, all of one snapshot.
    ///
    /// - Parameters:
    ///   - head: where the log ends. Units that were ahead of it are of another log.
    ///   - step: called every few tens of megabytes; when it throws, the copying ends.
    /// - Returns: the names of those copied.
    /// - Throws: `HansardError` (`corruptIndex`) when they can be named but not read.
    func copy(
        from directory: String, to index: Index, head: () throws -> Position,
        step: () throws -> Void = {}
    ) throws -> [String] {
        if names(in: directory).isEmpty { return [] }
        do {
            let source = try Index.shared(directory, tablesCount: 0)
            let own = Set(
                index.tablesByName.keys + CoreTables.names + TreeTable.names
                    + [Layout.durablePositions, Layout.idFilters, Layout.indexMeta])
            let names = try source.read { try source.databaseNames(in: $0) }
            var tables: [(from: Database, to: Database)] = []
            for name in names where !own.contains(name) {
                guard let from = try source.openDatabase(name, create: false),
                    let to = try index.environment.openDatabase(name, create: true)
                else { continue }
                tables.append((from, to))
            }
            guard
                let durablePositions = try source.openDatabase(
                    Layout.durablePositions, create: false)
            else { return [] }
            return try source.read { snapshot in
                let units = try foreign(in: durablePositions, snapshot, directory)
                let head = try head()
                guard units.allSatisfy({ $0.durablePosition <= head }) else { return [] }
                for (from, to) in tables {
                    try copy(from, of: snapshot, to: to, of: index.environment, step)
                }
                for unit in units {
                    let key = Array(unit.name.utf8)
                    guard let row = try snapshot.get(key.span, from: durablePositions) else {
                        continue
                    }
                    try index.environment.write {
                        try $0.put(row.span, for: key.span, in: index.checkpointsTable)
                    }
                }
                return units.map(\.name)
            }
        } catch let error as LMDBError where error.isDamage {
            throw unreadable(directory, error)
        }
    }

    /// Reads every row that `copy` may.
    func read(in directory: String) throws {
        if names(in: directory).isEmpty { return }
        do {
            let source = try Index.shared(directory, tablesCount: 0)
            for name in try source.read({ try source.databaseNames(in: $0) }) {
                guard let table = try source.openDatabase(name, create: false) else { continue }
                try source.read { snapshot in
                    try snapshot.withCursor(table) { cursor in
                        var key: [UInt8] = []
                        var isFound = try cursor.first()
                        while isFound {
                            key.removeAll(keepingCapacity: true)
                            try cursor.appendKey(to: &key)
                            isFound = try cursor.next()
                        }
                    }
                }
            }
        } catch let error as LMDBError where error.isDamage {
            throw unreadable(directory, error)
        }
    }

    private func foreign(
        in durablePositions: Database, _ snapshot: borrowing some Reading & ~Copyable,
        _ directory: String
    ) throws -> [IndexGeneration.Unit] {
        try Index.units(in: durablePositions, snapshot, damaged: unreadable(directory, nil))
            .filter { !known.contains($0.name) }
    }

    private func copy(
        _ from: Database, of snapshot: borrowing some Reading & ~Copyable, to: Database,
        of environment: Environment, _ step: () throws -> Void
    ) throws {
        try snapshot.withCursor(from) { cursor in
            var isFound = try cursor.first()
            while isFound {
                try step()
                var rows: [(key: [UInt8], value: [UInt8])] = []
                var bytes = 0
                while isFound, bytes < Self.batchBytesMax {
                    var row: (key: [UInt8], value: [UInt8]) = ([], [])
                    try cursor.appendKey(to: &row.key)
                    try cursor.appendValue(to: &row.value)
                    bytes += row.key.count + row.value.count
                    rows.append(row)
                    isFound = try cursor.next()
                }
                try environment.write { transaction in
                    for row in rows {
                        try transaction.append(row.value.span, key: row.key.span, to: to)
                    }
                }
            }
        }
    }

    private func unreadable(_ directory: String, _ error: LMDBError?) -> HansardError {
        let units = names(in: directory).map { "'\($0)'" }.joined(separator: ", ")
        return HansardError(
            .corruptIndex,
            "the index in \(directory) has \(units) of another program and can't be read in "
                + "full, so they can't be copied",
            advice: .rebuildWithTheirProgram, path: directory, underlying: error)
    }
}
