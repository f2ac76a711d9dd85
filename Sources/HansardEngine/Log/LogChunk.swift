import HansardBindings
import HansardRecords

/// Some events read from the log in one short transaction.
struct LogChunk {
    /// Those that passed the filter, in order.
    var events: [RecordedEvent] = []
    /// Everything up to here was looked at.
    var through: Position
    /// The log as it was read: its last position and its transaction.
    let head: Position
    let transaction: UInt64

    /// Most events a chunk holds, the bytes of their data after which it ends, and the events
    /// looked at for it.
    static let eventsMax = 256
    static let bytesMax = 1 << 20
    static let looksMax: UInt64 = 1_000
}

extension Log {
    /// Reads the next events after a position, as many as a chunk holds.
    ///
    /// A damaged event ends the chunk before it; it is thrown when nothing is before it.
    func chunk(
        after position: Position, through limit: Position, matching filter: EventFilter
    ) throws -> LogChunk {
        try codecs.with { codec in
            let snapshot = try environment.beginRead()
            let head = try head(in: snapshot)
            var chunk = LogChunk(
                through: position, head: head, transaction: snapshot.transactionID)
            let last = min(head, limit, Position(position.rawValue &+ LogChunk.looksMax))
            guard position < last else { return chunk }
            try snapshot.withCursor(events) { cursor in
                try read(position.next, through: last, filter, &cursor, codec, into: &chunk)
            }
            return chunk
        }
    }

    private func read(
        _ first: Position, through last: Position, _ filter: EventFilter, _ cursor: inout Cursor,
        _ codec: EventCodec, into chunk: inout LogChunk
    ) throws {
        var isFound = try cursor.seek(integerKey: first.rawValue)
        var position = first.rawValue
        var bytes = 0
        while true {
            guard isFound, try cursor.currentIntegerKey() == position else {
                if !chunk.events.isEmpty { return }
                throw EventHeader.corrupt(position, "is missing")
            }
            let recorded: RecordedEvent
            do {
                recorded = try cursor.withCurrent { _, stored in
                    try codec.decode(stored, position: position)
                }
            } catch {
                if !chunk.events.isEmpty { return }
                throw error
            }
            if filter.matches(recorded) {
                chunk.events.append(recorded)
                bytes += recorded.event.data.bytes.count + recorded.event.metadata.bytes.count
            }
            chunk.through = Position(position)
            if position == last.rawValue || chunk.events.count == LogChunk.eventsMax
                || bytes >= LogChunk.bytesMax
            {
                return
            }
            position += 1
            isFound = try cursor.next()
        }
    }
}
