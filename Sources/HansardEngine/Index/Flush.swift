import HansardBindings

/// Writes tails into the index: all units in one transaction, each table in key order.
struct Flush {
    let index: Index

    struct Outcome {
        /// The durablePositions the index has now, of any writer.
        let durablePositions: DurablePositions
        let entriesCount: Int
    }

    /// Writes what `tails` hold, by unit number; nil for a unit that is stopped. `stops` say where
    /// and why those did, which is noted for programs that don't keep them.
    ///
    /// A tail whose unit is ahead of it in the index already (another process flushed) writes
    /// nothing. One that overlaps may be written whole, because its mutations are absolute.
    ///
    /// - Parameter step: called before each table; when it throws, nothing is written.
    func write(
        _ tails: [UnitTail?], stops: [UnitStop?] = [], step: () throws -> Void = {}
    ) throws -> Outcome {
        try index.environment.write { transaction in
            var durablePositions = try index.readDurablePositions(in: transaction)
            let sealedBefore = durablePositions.core
            var entriesCount = 0
            for (unit, tail) in zip(index.units, tails) {
                guard let tail else { continue }
                let durablePosition = durablePositions.positions[unit.number]
                guard tail.base <= durablePosition else {
                    throw wentBack(unit, to: durablePosition)
                }
                guard durablePosition < tail.end else { continue }
                for table in unit.tables.indices {
                    try step()
                    entriesCount += try write(
                        tail.segments.filter { $0.through > durablePosition }.map {
                            $0.runs[table]
                        },
                        to: index.tables[unit.firstTable + table], in: transaction)
                }
                try index.setCheckpoint(tail.end, of: unit, in: transaction)
                durablePositions.positions[unit.number] = tail.end
            }
            for (unit, stop) in zip(index.units, stops) {
                guard let stop else { continue }
                let durablePosition = durablePositions.positions[unit.number]
                try index.note(stop, of: unit, at: durablePosition, in: transaction)
            }
            try sealPartitions(after: sealedBefore, through: durablePositions.core, in: transaction)
            return Outcome(durablePositions: durablePositions, entriesCount: entriesCount)
        }
    }

    /// The error when rows that this process dropped from memory are not in the index.
    private func wentBack(_ unit: UnitDefinition, to durablePosition: Position) -> HansardError {
        HansardError(
            .corruptIndex,
            "the index of '\(unit.name)' went back to event \(durablePosition), because it was replaced "
                + "while the store was open",
            advice: .reopen, position: durablePosition)
    }

    /// Merges the runs and writes each key once, in order, through one cursor.
    private func write(
        _ runs: [Run], to table: Database, in transaction: borrowing WriteTransaction
    ) throws -> Int {
        let run = merged(runs[...])
        if run.isEmpty { return 0 }
        try transaction.withWriteCursor(table) { cursor in
            let bytes = run.arena
            let arena = bytes.span
            for entry in run.entries {
                let key = arena.extracting(entry.keyRange)
                if entry.isDeleted {
                    _ = try cursor.delete(key)
                } else {
                    try cursor.put(arena.extracting(entry.valueRange), for: key)
                }
            }
        }
        return run.entries.count
    }

    /// All runs as one. Halves are merged first, so that each entry is copied log2(runs) times.
    private func merged(_ runs: ArraySlice<Run>) -> Run {
        if runs.isEmpty { return Run(arena: [], entries: []) }
        if runs.count == 1 { return runs[runs.startIndex] }
        let middle = runs.startIndex + runs.count / 2
        return Run.merging(older: merged(runs[..<middle]), newer: merged(runs[middle...]))
    }

    /// Gives each partition of ids that is complete now its filter.
    private func sealPartitions(
        after old: Position, through new: Position, in transaction: borrowing WriteTransaction
    ) throws {
        var partition = IDTable.partition(of: old.next)
        while IDTable.last(of: partition) <= new {
            try seal(partition, in: transaction)
            partition += 1
        }
    }

    private func seal(
        _ partition: UInt64, in transaction: borrowing WriteTransaction
    ) throws {
        var hashes: [UInt64] = []
        hashes.reserveCapacity(1 << 20)
        var prefix: [UInt8] = []
        IDTable.appendPartition(partition, to: &prefix)
        try transaction.withCursor(index.tables[CoreTables.ids]) { cursor in
            var isFound = try cursor.seek(atOrAfter: prefix.span)
            while isFound {
                let hash: UInt64? = try cursor.withCurrent { key, _ in
                    guard key.count == IDTable.keyBytes,
                        Bytes.equal(key.extracting(0..<prefix.count), prefix.span)
                    else { return nil }
                    return IDTable.hash(in: key)
                }
                guard let hash else { break }
                hashes.append(hash)
                isFound = try cursor.next()
            }
        }
        var filter = BlockedBloomFilter(keysCount: hashes.count)
        for hash in hashes { filter.insert(hash) }
        try IDFilters.write(
            filter, partition: partition, to: index.filtersTable, in: transaction)
    }
}
