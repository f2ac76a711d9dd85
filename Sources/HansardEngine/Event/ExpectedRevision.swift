/// The state of a stream that an append expects.
public enum ExpectedRevision: Sendable, Equatable {
    /// Nothing.
    case any
    /// The thing the stream is about does not exist: it never did, or it was ended.
    case noStream
    /// Nothing was ever appended to the stream: its thing never existed.
    case newStream
    /// The thing exists.
    case streamExists
    /// The thing exists, and is the one that began with the event at this position: it was not
    /// ended and begun again.
    case entity(Position)
    /// The stream's last event has exactly this revision.
    case exactly(Revision)
}
