import HansardBindings
import HansardRecords

/// Some events read from the log in one short transaction.
struct LogChunk {
    /// The events that passed the filter, in order.
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

    private var bytesCount = 0

    init(through: Position, head: Position, transaction: UInt64) {
        self.through = through
        self.head = head
        self.transaction = transaction
    }

    /// Takes the next event; false when the chunk is full.
    mutating func add(_ recorded: RecordedEvent, if filter: EventFilter) -> Bool {
        through = recorded.position
        if filter.matches(recorded) {
            events.append(recorded)
            bytesCount += recorded.event.data.bytes.count + recorded.event.metadata.bytes.count
        }
        return events.count < Self.eventsMax && bytesCount < Self.bytesMax
    }
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
            do {
                try scanStored(from: position.next, through: last, in: snapshot) {
                    chunk.add(try codec.decode($1, position: $0), if: filter)
                }
            } catch let error as HansardError {
                if chunk.events.isEmpty { throw error }
            }
            return chunk
        }
    }
}
