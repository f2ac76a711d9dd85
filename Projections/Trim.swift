public import Hansard
public import HansardRecords

/// The decision of a trim: everything up to one message is hidden, of what was there when it
/// looked.
public struct Trim: Sendable {
    /// When the newest message it hides was created, and that message.
    let created: Instant
    let message: Position
    /// Messages after this position are not hidden, whatever their time.
    let through: Position

    /// Nil when the data are not those of a trim.
    public init?(_ data: Record) {
        guard let newest = data.record("newest_hidden"),
            let created = try? newest.instant("created_at"),
            let message = newest.integer("position"), message > 0,
            let through = data.integer("through"), through > 0
        else { return nil }
        self.created = created
        self.message = Position(UInt64(message))
        self.through = Position(UInt64(through))
    }

    /// True if a message with this key was there when the trim looked.
    func covers(_ key: [UInt8]) -> Bool {
        MessagesBySession.message(in: key.span).map { $0 <= through } ?? false
    }

    /// True if the trim hides a message of its session.
    public func hides(_ message: Position, created: Instant) -> Bool {
        message <= through && (created, message) <= (self.created, self.message)
    }
}
