import HansardBindings
import HansardRecords

/// The core as it is at a position: which events hold an id, and how streams stand.
struct CoreView {
    let view: UnitView
    let hasher: IDHasher
    let filters: IDFilters
    /// Ids of the group being decided; nil for reads.
    let group: GroupIDs?

    /// Hands the positions under a hash to `body` until it returns false, in no particular order.
    ///
    /// Positions are candidates: other ids can have the same hash. At most one of them is right,
    /// because an id is held, and a stream begun, by one event. Costs a search in each run of
    /// the tail and in the newest partition, and a look into one cache line for each older
    /// partition.
    func forEachPosition(
        hash: UInt64, _ body: (Position) throws -> Bool
    ) throws {
        if let group {
            for position in group.positions(of: hash) {
                if try !body(position) { return }
            }
        }
        var seen: [Position] = []
        for position in tailPositions(hash: hash) {
            seen.append(position)
            if try !body(position) { return }
        }
        try forEachIndexed(hash: hash) { position in
            if seen.contains(position) { return true }
            return try body(position)
        }
    }

    /// The state of the stream; nil when nothing was ever appended to it.
    ///
    /// - Parameter hint: a position that may be the stream's first: the ordinal of its entity is,
    ///   unless the entity began again. Saves the search for the name.
    func head(of stream: StreamName, hint: Position? = nil) throws -> StreamHead? {
        if let hint, let head = try head(of: stream, ordinal: hint) { return head }
        var found: StreamHead?
        try forEachPosition(hash: hasher.hash(stream)) { ordinal in
            found = try head(of: stream, ordinal: ordinal)
            return found == nil
        }
        return found
    }

    /// The row of the stream that began at `ordinal`, if it is this one.
    private func head(of stream: StreamName, ordinal: Position) throws -> StreamHead? {
        let key = StreamHead.key(ordinal)
        guard let row = try view.get(key.span, table: CoreTables.streams) else { return nil }
        let head = try StreamHead.decode(row.span, ordinal: ordinal)
        return head.name == stream ? head : nil
    }

    private func tailPositions(hash: UInt64) -> [Position] {
        let tail = view.tail
        guard tail.end > tail.base else { return [] }
        var found: [Position] = []
        let newest = IDTable.partition(of: tail.end)
        let oldest = IDTable.partition(of: tail.base.next)
        var partition = newest
        while true {
            var prefix: [UInt8] = []
            prefix.reserveCapacity(IDTable.prefixBytes)
            IDTable.appendPrefix(partition: partition, hash: hash, to: &prefix)
            for segment in tail.segments {
                Self.collect(prefix, in: segment.runs[CoreTables.ids], into: &found)
            }
            if partition == oldest { break }
            partition -= 1
        }
        if found.count > 1 { found.sort(by: >) }
        return found
    }

    private static func collect(_ prefix: [UInt8], in run: Run, into found: inout [Position]) {
        var index = run.lowerBound(prefix.span)
        let bytes = run.arena
        let arena = bytes.span
        while index < run.entries.count {
            let key = arena.extracting(run.entries[index].keyRange)
            guard key.count == IDTable.keyBytes,
                Bytes.equal(key.extracting(0..<IDTable.prefixBytes), prefix.span),
                let position = IDTable.position(in: key)
            else { return }
            found.append(position)
            index += 1
        }
    }

    private func forEachIndexed(hash: UInt64, _ body: (Position) throws -> Bool) throws {
        let durablePosition = view.index.durablePositions.core
        guard durablePosition > .zero else { return }
        try view.index.withCursor(table: view.firstTable + CoreTables.ids) { cursor in
            let open = Int(IDTable.partition(of: durablePosition))
            let sealed = try filters.sealed(
                IDTable.sealedCount(through: durablePosition), in: view.index)
            // Sealed partitions first: their filters cost next to nothing, and an id is found once.
            for partition in (0..<min(open + 1, sealed.count)).reversed()
            where sealed[partition].mayContain(hash) {
                if try !Self.walk(&cursor, UInt64(partition), hash, body) { return }
            }
            for partition in (min(open + 1, sealed.count)..<open + 1).reversed() {
                if try !Self.walk(&cursor, UInt64(partition), hash, body) { return }
            }
        }
    }

    /// Hands the positions of one partition to `body`; false when it wants no more.
    private static func walk(
        _ cursor: inout Cursor, _ partition: UInt64, _ hash: UInt64,
        _ body: (Position) throws -> Bool
    ) throws -> Bool {
        var prefix: [UInt8] = []
        prefix.reserveCapacity(IDTable.prefixBytes)
        IDTable.appendPrefix(partition: partition, hash: hash, to: &prefix)
        var positions: [Position] = []
        var isFound = try cursor.seek(atOrAfter: prefix.span)
        while isFound {
            let position: Position? = try cursor.withCurrent { key, _ in
                guard key.count == IDTable.keyBytes,
                    Bytes.equal(key.extracting(0..<IDTable.prefixBytes), prefix.span)
                else { return nil }
                return IDTable.position(in: key)
            }
            guard let position else { break }
            positions.append(position)
            isFound = try cursor.next()
        }
        for position in positions.reversed() {
            if try !body(position) { return false }
        }
        return true
    }
}
