import HansardBindings
import HansardRecords

/// An event as the fold takes it, with all that can be worked out beforehand on another thread.
package struct DecodedEvent: Sendable {
    let recorded: RecordedEvent
    let hashes: EventHashes
    /// The hash of its leaf; nil when no tree is kept.
    let leaf: MerkleHash?

    package init(_ recorded: RecordedEvent, leaf: MerkleHash?, hasher: IDHasher) {
        self.recorded = recorded
        self.leaf = leaf
        hashes = EventHashes(recorded.event, hasher)
    }
}

extension Log {
    /// Hands a range of events, decoded for folding, to `body` until it returns false.
    ///
    /// - Parameter bound: events after it come with their leaves; none do when it is nil.
    /// - Throws: what `body` throws; `HansardError` (`corruptEvent`) for a damaged or missing one.
    func scanDecoded(
        from first: Position, through last: Position, leavesAfter bound: Position?,
        in transaction: borrowing some Reading & ~Copyable, codec: EventCodec,
        _ body: (consuming DecodedEvent) throws -> Bool
    ) throws {
        try scanStored(from: first, through: last, in: transaction) { position, stored in
            guard let bound, bound.rawValue < position else {
                let event = try codec.decode(stored, position: position, as: .forFolding)
                return try body(DecodedEvent(event, leaf: nil, hasher: hasher))
            }
            let (event, leaf) = try codec.decodeWithLeaf(stored, position: position)
            return try body(DecodedEvent(event, leaf: leaf.hash, hasher: hasher))
        }
    }
}
