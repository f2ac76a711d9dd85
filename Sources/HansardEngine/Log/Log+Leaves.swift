package import HansardBindings

extension EventCodec {
    /// Reads a stored event back for folding, with the leaf the tree has for it.
    func decodeWithLeaf(
        _ stored: Span<UInt8>, position: UInt64
    ) throws -> (event: RecordedEvent, leaf: EventLeaf) {
        let (header, payload) = try payload(stored, position: position)
        let event = try decode(header, payload.span, position: position, as: .forFolding)
        return (event, EventLeaf(header, payload: payload.span, position: position))
    }

    /// The leaf of a stored event alone: decompressed and hashed, not decoded.
    func leaf(_ stored: Span<UInt8>, position: UInt64) throws -> EventLeaf {
        let (header, payload) = try payload(stored, position: position)
        return EventLeaf(header, payload: payload.span, position: position)
    }
}

extension Log {
    /// Hands the leaves of a range of events to `body`, in order.
    ///
    /// - Throws: what `body` throws; `HansardError` (`corruptEvent`) for a damaged or missing one.
    package func forEachLeaf(
        from first: Position, through last: Position,
        in transaction: borrowing some Reading & ~Copyable, codec: EventCodec,
        _ body: (EventLeaf) throws -> Void
    ) throws {
        try scanStored(from: first, through: last, in: transaction) { position, stored in
            try body(try codec.leaf(stored, position: position))
            return true
        }
    }
}
