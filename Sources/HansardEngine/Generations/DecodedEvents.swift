import HansardBindings
import HansardRecords

/// A range of the log, read and decoded by a thread of its own, a few chunks ahead of the thread
/// that folds them.
struct DecodedEvents: Sendable {
    let log: Log
    let last: Position
    let hasLeaves: Bool

    /// Chunks decoded ahead. With chunks of 8 MB at most, this bounds the memory.
    private static let aheadMax = 4
    private static let chunkEventsMax = 4_096
    private static let chunkBytesMax = 8 << 20

    /// Hands the events from `first` to `last` to `body`, in order, in chunks.
    ///
    /// - Throws: what `body` throws; `HansardError` (`corruptEvent`) for the first damaged event,
    ///   after `body` had those before its chunk.
    static func forEachChunk(
        of log: Log, from first: Position, through last: Position, hasLeaves: Bool,
        _ body: ([DecodedEvent]) throws -> Void
    ) throws {
        if first > last { return }
        let events = DecodedEvents(log: log, last: last, hasLeaves: hasLeaves)
        let chunks = try Pipeline<Void, [DecodedEvent]>(
            name: "hansard-decode", threads: 1, ahead: aheadMax, nextJob: { () },
            makeWorker: {
                var next = first
                return { (_: Void) in
                    let chunk = try events.chunk(from: next)
                    next = Position(next.rawValue + UInt64(chunk.count))
                    return chunk
                }
            })
        while let chunk = try chunks.next(), !chunk.isEmpty { try body(chunk) }
    }

    /// The next events in one short transaction: as many as fit in a chunk; none after the last.
    private func chunk(from first: Position) throws -> [DecodedEvent] {
        if first > last { return [] }
        var chunk: [DecodedEvent] = []
        chunk.reserveCapacity(Self.chunkEventsMax)
        var bytes = 0
        let end = min(last, Position(first.rawValue + UInt64(Self.chunkEventsMax) - 1))
        try log.codecs.with { codec in
            try log.environment.read { transaction in
                try log.scanDecoded(
                    from: first, through: end, leavesAfter: hasLeaves ? .zero : nil,
                    in: transaction, codec: codec
                ) { event in
                    bytes += event.recorded.event.data.bytes.count
                    bytes += event.recorded.event.metadata.bytes.count
                    chunk.append(event)
                    return bytes < Self.chunkBytesMax
                }
            }
        }
        return chunk
    }
}
