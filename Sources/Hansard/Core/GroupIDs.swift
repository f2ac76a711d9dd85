/// The ids of the group of events being decided, by hash, until its runs are sealed.
struct GroupIDs {
    private var positions: [UInt64: [Position]] = [:]
    /// Hashes in the order they were added, so that a refused append can be taken back.
    private var journal: [UInt64] = []

    var count: Int { journal.count }

    mutating func add(_ hash: UInt64, _ position: Position) {
        positions[hash, default: []].append(position)
        journal.append(hash)
    }

    /// Newest first.
    func positions(of hash: UInt64) -> [Position] {
        guard let found = positions[hash] else { return [] }
        return found.reversed()
    }

    mutating func rollBack(to count: Int) {
        while journal.count > count {
            let hash = journal.removeLast()
            positions[hash]?.removeLast()
            if positions[hash]?.isEmpty == true { positions[hash] = nil }
        }
    }

    mutating func removeAll() {
        positions.removeAll(keepingCapacity: true)
        journal.removeAll(keepingCapacity: true)
    }
}
