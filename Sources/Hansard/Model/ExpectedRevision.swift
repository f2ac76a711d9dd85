/// What an append takes for granted about a stream.
public enum ExpectedRevision: Sendable, Equatable {
    /// Nothing.
    case any
    /// The thing the stream is about does not exist: it never did, or it was ended.
    case noStream
    /// The thing exists.
    case streamExists
    /// The stream's last event has exactly this revision.
    case exactly(Revision)
}
