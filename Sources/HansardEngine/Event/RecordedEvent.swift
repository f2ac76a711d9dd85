public import HansardRecords

/// An event read back from the log: never changed again.
public struct RecordedEvent: Sendable {
    public let position: Position
    public let revision: Revision
    /// `recordedAt` as it is stored: microseconds since 1970-01-01T00:00:00Z.
    package let recordedMicroseconds: Int64
    /// `clockAt` as it is stored.
    package let clockMicroseconds: Int64
    /// Position of the event that created this incarnation of the thing the stream is about; nil
    /// when there was none.
    public let entity: Position?
    /// Position of the event before this one in the same stream.
    public let previous: Position?
    public let event: Event
    /// The reason `event` is as it is stored and not in the shape this program knows; nil when it
    /// is.
    var fault: EventFault?

    /// When the event was recorded, to the microsecond; never goes back along positions.
    public var recordedAt: Instant { Instant(microsecondsSinceUnixEpoch: recordedMicroseconds) }
    /// The raw clock when the event was recorded. Differs from `recordedAt` when the clock had gone
    /// back.
    public var clockAt: Instant { Instant(microsecondsSinceUnixEpoch: clockMicroseconds) }

    /// The same place in the log with another content, for showing less than what is recorded.
    public func with(_ event: Event) -> RecordedEvent {
        RecordedEvent(
            position: position, revision: revision, recordedMicroseconds: recordedMicroseconds,
            clockMicroseconds: clockMicroseconds, entity: entity, previous: previous,
            event: event, fault: fault)
    }
}
