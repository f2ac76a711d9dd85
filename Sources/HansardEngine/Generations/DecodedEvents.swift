import HansardBindings
import HansardRecords

/// An event as the fold wants it, with all that can be worked out beforehand.
package struct DecodedEvent: Sendable {
    let recorded: RecordedEvent
    let hashes: EventHashes
    /// Of its leaf; nil when no tree is kept.
    let leaf: MerkleHash?

    package init(recorded: RecordedEvent, hashes: EventHashes, leaf: MerkleHash?) {
        self.recorded = recorded
        self.hashes = hashes
        self.leaf = leaf
    }
}

/// A range of the log, read and decoded by a thread of its own, a few chunks ahead of whoever folds
/// them.
final class DecodedEvents: Sendable {
    private struct State {
        var chunks: [[DecodedEvent]] = []
        var failure: (any Error)?
        var isEnded = false
    }

    private let state = ConditionLock(State())
    private let log: Log

    /// Chunks decoded ahead. With chunks of 8 MB at most, this bounds the memory.
    private static let aheadMax = 3
    private static let chunkEventsMax = 4_096
    private static let chunkBytesMax = 8 << 20

    private let hasLeaves: Bool

    private init(_ log: Log, hasLeaves: Bool) {
        self.log = log
        self.hasLeaves = hasLeaves
    }

    /// Hands the events from `first` to `last` to `body`, in order, in chunks.
    ///
    /// - Throws: what `body` throws; `HansardError` (`corruptEvent`) for the first damaged event,
    ///   after `body` had those before its chunk.
    static func forEachChunk(
        of log: Log, from first: Position, through last: Position, hasLeaves: Bool,
        _ body: ([DecodedEvent]) throws -> Void
    ) throws {
        if first > last { return }
        let events = DecodedEvents(log, hasLeaves: hasLeaves)
        let thread = try DedicatedThread(name: "hansard-decode") {
            events.decode(from: first, through: last)
        }
        defer {
            events.end(nil)
            thread.join()
        }
        while let chunk = try events.next() { try body(chunk) }
    }

    private func next() throws -> [DecodedEvent]? {
        defer { state.broadcast() }
        return try state.wait(until: { !$0.chunks.isEmpty || $0.isEnded }) { state in
            if !state.chunks.isEmpty { return state.chunks.removeFirst() }
            if let failure = state.failure { throw failure }
            return nil
        }
    }

    private func end(_ failure: (any Error)?) {
        state.withLock { state in
            if state.isEnded { return }
            state.failure = failure
            state.isEnded = true
        }
        state.broadcast()
    }

    /// The thread's work.
    private func decode(from first: Position, through last: Position) {
        var next = first
        do {
            try log.codecs.with { codec in
                while next <= last {
                    let chunk = try decodeChunk(from: next, through: last, codec)
                    next = Position(next.rawValue + UInt64(chunk.count))
                    if !offer(chunk) { return }
                }
            }
            end(nil)
        } catch {
            end(error)
        }
    }

    /// Waits until there is room; false when nobody wants more.
    private func offer(_ chunk: [DecodedEvent]) -> Bool {
        defer { state.broadcast() }
        return state.wait(until: { $0.chunks.count < Self.aheadMax || $0.isEnded }) { state in
            if state.isEnded { return false }
            state.chunks.append(chunk)
            return true
        }
    }

    /// The next events in one short transaction: as many as fit in a chunk, at least one.
    private func decodeChunk(
        from first: Position, through last: Position, _ codec: EventCodec
    ) throws -> [DecodedEvent] {
        var chunk: [DecodedEvent] = []
        chunk.reserveCapacity(Self.chunkEventsMax)
        var bytes = 0
        let end = min(last, Position(first.rawValue + UInt64(Self.chunkEventsMax) - 1))
        try log.environment.read { transaction in
            try log.scanEvents(
                from: first, through: end, leavesAfter: hasLeaves ? .zero : nil, in: transaction,
                codec: codec
            ) { recorded, leaf in
                let hashes = EventHashes(recorded.event, log.hasher)
                chunk.append(DecodedEvent(recorded: recorded, hashes: hashes, leaf: leaf))
                bytes += recorded.event.data.bytes.count + recorded.event.metadata.bytes.count
                return bytes < Self.chunkBytesMax
            }
        }
        return chunk
    }
}
