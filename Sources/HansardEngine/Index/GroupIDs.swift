/// The ids of the group of events being decided, by hash, until its runs are sealed.
struct GroupIDs {
    /// Newest position of each hash.
    private var newest: [UInt64: Position] = [:]
    /// Older positions of the few hashes that have several, oldest first.
    private var older: [UInt64: [Position]] = [:]

    mutating func add(_ hash: UInt64, _ position: Position) {
        if let known = newest.updateValue(position, forKey: hash) {
            older[hash, default: []].append(known)
        }
    }

    /// Newest first.
    func positions(of hash: UInt64) -> [Position] {
        guard let position = newest[hash] else { return [] }
        guard let rest = older[hash] else { return [position] }
        return [position] + rest.reversed()
    }

    mutating func removeAll() {
        newest.removeAll(keepingCapacity: true)
        older.removeAll()
    }
}
