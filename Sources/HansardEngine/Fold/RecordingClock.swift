import HansardBindings

/// Recorded times that never go back, with the raw clock beside them.
struct RecordingClock {
    private(set) var recordedAt: Int64
    private(set) var clockAt: Int64

    /// Goes on from the last event's recorded time.
    init(
        after last: Position, log: Log, in transaction: borrowing WriteTransaction,
        codec: EventCodec
    ) throws {
        let previous = try transaction.withValue(integerKey: last.rawValue, in: log.events) {
            stored in
            guard let stored else { return Int64.min }
            return try EventHeader.decode(stored, position: last.rawValue).header.recordedAt
        }
        recordedAt = previous
        clockAt = previous
    }

    mutating func tick(_ now: Int64) {
        clockAt = now
        recordedAt = max(recordedAt, now)
    }
}
