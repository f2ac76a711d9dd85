import HansardBindings

/// The log alone, without its index: for tools that must work when the index is missing or damaged.
public struct LogReader: Sendable {
    package let log: Log
    private let form: EventForm

    init(_ log: Log, isRaw: Bool) {
        self.log = log
        form = isRaw ? .stored : .current
    }

    /// The last position; zero when the log is empty.
    public func head() throws(HansardError) -> Position {
        do { return try log.environment.read { try log.head(in: $0) } } catch {
            throw HansardError.wrapping(error, doing: "reading the log")
        }
    }

    /// Hands the events of a range to `body`, in order, in one snapshot: at most some thousand.
    ///
    /// - Throws: what `body` throws; `HansardError` (`corruptEvent`) at the first damaged event,
    ///   after `body` had those before it.
    public func forEachEvent(
        from first: Position, through last: Position, _ body: (RecordedEvent) throws -> Void
    ) throws {
        try scanEvents(from: first, through: last) {
            try body($0)
            return true
        }
    }

    /// As `forEachEvent`, until `body` returns false.
    package func scanEvents(
        from first: Position, through last: Position, _ body: (RecordedEvent) throws -> Bool
    ) throws {
        try log.codecs.with { codec in
            try log.environment.read { transaction in
                try log.scanEvents(
                    from: first, through: last, in: transaction, codec: codec, as: form, body)
            }
        }
    }

    /// The event at a position; nil beyond the head.
    ///
    /// - Throws: `HansardError` (`corruptEvent`) when it is damaged.
    package func event(at position: Position) throws -> RecordedEvent? {
        try log.codecs.with { codec in
            try log.environment.read { transaction in
                try log.event(at: position, in: transaction, codec: codec, as: form)
            }
        }
    }
}
