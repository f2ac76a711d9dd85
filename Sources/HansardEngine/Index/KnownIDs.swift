import HansardBindings

/// Tells the writer that an id is certainly new, without a search: the usual case.
///
/// Filters over every id up to the last event folded: those of sealed partitions as the index has
/// them, and growing ones for the partitions after. Rebuilt after the projector has jumped over
/// events.
struct KnownIDs {
    private var sealed: [BlockedBloomFilter] = []
    /// Filters of the partitions from `sealed.count` on.
    private var open: [BlockedBloomFilter] = []

    /// Room for the ids of a partition: an event has its own, and some claim more or begin a
    /// stream. With more ids than that, the filter is merely less certain.
    private static let keysPerPartition = 3 << (IDTable.partitionBits - 1)

    /// Reads what the index and the tail hold: at most a million keys of the open partition.
    init(core: CoreView, through end: Position) throws {
        let index = core.view.index
        let count = IDTable.sealedCount(through: index.durablePositions.core)
        sealed = Array(try core.filters.sealed(count, in: index).prefix(count))
        grow(through: end)
        let first = UInt64(sealed.count)
        var lower: [UInt8] = []
        IDTable.appendPartition(first, to: &lower)
        try core.view.scan(
            table: CoreTables.ids, KeyRange(from: lower, to: nil), .forwards
        ) { key, _ in
            guard let position = IDTable.position(in: key) else { return true }
            insert(IDTable.hash(in: key), at: position)
            return true
        }
    }

    mutating func insert(_ hash: UInt64, at position: Position) {
        grow(through: position)
        open[Int(IDTable.partition(of: position)) - sealed.count].insert(hash)
    }

    private mutating func grow(through position: Position) {
        let last = Int(IDTable.partition(of: position))
        while sealed.count + open.count <= last {
            open.append(BlockedBloomFilter(keysCount: Self.keysPerPartition))
        }
    }

    /// False when no event holds or claims an id with this hash. Costs one cache line a partition.
    func mayContain(_ hash: UInt64) -> Bool {
        for filter in open where filter.mayContain(hash) { return true }
        for filter in sealed where filter.mayContain(hash) { return true }
        return false
    }
}
