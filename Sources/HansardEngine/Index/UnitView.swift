import HansardBindings

/// One unit's tables as they are at a position: the group being folded, over the tail, over the
/// index.
///
/// The caller does not know which level answers. Not Sendable: it holds a read transaction.
package struct UnitView {
    /// The tables of the group being folded; empty for reads.
    let overlays: [OverlayTable]
    let tail: UnitTail
    let index: IndexReader
    /// Number of the unit's first table in the store.
    let firstTable: Int

    init(overlays: [OverlayTable], tail: UnitTail, index: IndexReader, firstTable: Int) {
        self.overlays = overlays
        self.tail = tail
        self.index = index
        self.firstTable = firstTable
    }

    /// The tables without anything that is being folded.
    package init(tail: UnitTail, index: IndexReader, firstTable: Int) {
        self.init(overlays: [], tail: tail, index: index, firstTable: firstTable)
    }

    func get(_ key: Span<UInt8>, table: Int) throws -> [UInt8]? {
        guard Layout.isKey(key) else { return nil }
        if !overlays.isEmpty, let entry = overlays[table].find(key) {
            return entry.isDeleted ? nil : overlays[table].value(of: entry)
        }
        if let (run, entry) = tail.find(key, table: table) {
            return entry.isDeleted ? nil : run.value(of: entry)
        }
        return try index.get(key, table: firstTable + table)
    }

    /// Hands each entry of the range to `body` until it returns false.
    ///
    /// Key and value are lent for the call. Costs a search per level, then a step for each entry.
    package func scan(
        table: Int, _ range: KeyRange, _ direction: Direction,
        _ body: (Span<UInt8>, Span<UInt8>) throws -> Bool
    ) throws {
        try index.withCursor(table: firstTable + table) { cursor in
            var merge = MergedScan(runs: runs(of: table), range: range, direction: direction)
            try merge.run(over: &cursor, body)
        }
    }

    /// Newest first. Sealing the group's table makes it a run like the others.
    private func runs(of table: Int) -> [Run] {
        var runs: [Run] = []
        if !overlays.isEmpty && !overlays[table].isEmpty { runs.append(overlays[table].sealed()) }
        for segment in tail.segments.reversed() where !segment.runs[table].isEmpty {
            runs.append(segment.runs[table])
        }
        return runs
    }
}
