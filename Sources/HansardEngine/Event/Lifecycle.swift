/// The meaning of an event for the existence of the thing its stream is about.
///
/// It belongs to the log's format, so that "does the session exist?" never depends on a projection
/// or on the names of event types.
public enum Lifecycle: UInt8, Sendable {
    /// The thing goes on as it was.
    case continues = 0
    /// The thing begins to exist, or begins again: its ordinal is this event's position.
    case begins = 1
    /// The thing ceases to exist. Its stream stays, and may begin again.
    case ends = 2
}
