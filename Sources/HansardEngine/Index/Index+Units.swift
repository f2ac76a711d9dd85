package import HansardBindings

extension Index {
    /// Reads the filters of sealed partitions into memory, so that no lookup has to.
    func loadFilters() throws {
        let reader = try IndexReader(self)
        let count = IDTable.sealedCount(through: reader.durablePositions.core)
        _ = try filters.sealed(count, in: reader)
    }

    /// True if a generation that can be read has these tables, whatever they hold.
    static func hasTables(_ names: [String], in directory: String) throws -> Bool {
        let environment = try shared(directory, tablesCount: names.count)
        return try names.allSatisfy { try environment.openDatabase($0, create: false) != nil }
    }

    /// A generation's files for a look, even while others have them open: nothing is created.
    static func shared(_ directory: String, tablesCount: Int) throws -> Environment {
        var options = options(tablesCount: tablesCount)
        options.isReadOnly = !FileSystem.isWritable("\(directory)/data.mdb")
        return try .shared(directory: directory, options: options)
    }

    /// The units that a generation lists, whatever units it holds: their names, versions and
    /// durablePositions, the core's too, by name. Nothing is written.
    ///
    /// - Throws: `HansardError` (`corruptIndex`) when it can't be read or belongs to another log.
    static func units(in directory: String, logID: String) throws -> [IndexGeneration.Unit] {
        func damaged(_ error: (any Error)? = nil) -> HansardError {
            HansardError(
                .corruptIndex,
                "the index in \(directory) can't be read",
                advice: .rebuild, path: directory, underlying: error)
        }
        guard FileSystem.exists("\(directory)/data.mdb") else { throw damaged() }
        do {
            return try units(in: directory, logID: logID, damaged: damaged())
        } catch let error as LMDBError where error.isDamage { throw damaged(error) }
    }

    private static func units(
        in directory: String, logID: String, damaged: HansardError
    ) throws -> [IndexGeneration.Unit] {
        let environment = try shared(directory, tablesCount: 0)
        guard let meta = try environment.openDatabase(Layout.indexMeta, create: false),
            let durablePositions = try environment.openDatabase(
                Layout.durablePositions, create: false)
        else { throw damaged }
        return try environment.read { transaction in
            let owner = try transaction.get(Array(Layout.metaLogID.utf8).span, from: meta)
            guard owner == Array(logID.utf8) else {
                throw HansardError(
                    .corruptIndex,
                    "the index in \(directory) belongs to another log",
                    advice: .rebuild, path: directory)
            }
            return try units(in: durablePositions, transaction, damaged: damaged)
        }
    }

    /// The rows of all units in the generation, whichever program keeps them.
    package func storedUnits(
        in transaction: borrowing some Reading & ~Copyable
    ) throws -> [IndexGeneration.Unit] {
        try Self.units(
            in: checkpointsTable, transaction,
            damaged: HansardError(
                .corruptIndex,
                "the durable positions of the index can't be read: it is damaged",
                advice: .rebuild))
    }

    static func units(
        in durablePositions: Database, _ transaction: borrowing some Reading & ~Copyable,
        damaged: HansardError
    ) throws -> [IndexGeneration.Unit] {
        var units: [IndexGeneration.Unit] = []
        try transaction.withCursor(durablePositions) { cursor in
            var isFound = try cursor.first()
            while isFound {
                units.append(
                    try cursor.withCurrent { key, row in
                        let name = String(decoding: Bytes.array(key), as: UTF8.self)
                        guard let row = DurablePositionRow(row, of: name) else { throw damaged }
                        return IndexGeneration.Unit(
                            name: name, version: Int(clamping: row.version),
                            durablePosition: row.position, stop: row.stop)
                    })
                isFound = try cursor.next()
            }
        }
        return units
    }
}
