import HansardBindings

extension Rebuilder {
    /// Refuses a log that is older than its index, or than what was signed of it: what is appended
    /// behind it, the rebuild's own event first, gets positions that other events had.
    func checkNotRolledBack() throws {
        // The head last: a log only grows.
        let seen = try indexedThrough()
        let signed = files.store.signing?.signedThrough(at: files.store.directory, logID: log.id)
        let head = try log.environment.read { try log.head(in: $0) }
        if let seen, seen > head { throw HansardError.rolledBack(head, "the index has seen", seen) }
        if let signed, signed > head {
            throw HansardError.rolledBack(signedThrough: signed, head)
        }
    }

    /// The last event that is in the live index; nil when that can't be found out.
    private func indexedThrough() throws -> Position? {
        guard readsOldIndex else { return nil }
        let directory = files.store.index(generation: try live())
        return try? Index.units(in: directory, logID: log.id).map(\.durablePosition).max()
    }
}
