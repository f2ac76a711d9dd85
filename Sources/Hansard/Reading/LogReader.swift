import Bindings

/// The log alone, without its index: for tools that must work when the index is missing or damaged.
public struct LogReader: Sendable {
    let log: Log
    private let form: EventForm

    /// Opens the log of a store for reading. Nothing is folded and nothing written.
    ///
    /// - Parameter isRaw: whether events are read as they are stored, in the shapes of the programs
    ///   that wrote them, instead of as `Settings.upcasters` make them. Every sound event can be
    ///   read so.
    /// - Throws: `HansardError`: `notAStore`, `newerFormat`, `corruptEvent`, `noPermission`.
    public init(
        path: String, settings: Settings = Settings(), isRaw: Bool = false
    ) throws(HansardError) {
        form = isRaw ? .stored : .current
        let files = StoreFiles(directory: path)
        try files.checkIsStore()
        do {
            try files.checkFileSystem(settings: settings)
            log = try Log(directory: files.log, settings: settings)
        } catch {
            throw HansardError.wrapping(error, doing: "opening the log of \(path)")
        }
    }

    /// The log of an open store.
    public init(_ store: Store, isRaw: Bool = false) {
        log = store.log
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

    /// Looks at every event for itself, as it is stored.
    ///
    /// - Parameter isCancelled: asked between some thousand events; true ends the check.
    /// - Returns: a report that names each damaged or missing event. Whether they follow from each
    ///   other, and what the index holds, is not looked at.
    /// - Throws: `HansardError` when the log can't be read; `cancelled`, saying how far it got.
    public func check(
        isCancelled: () -> Bool = { false }
    ) throws(HansardError) -> VerificationReport {
        do { return try checkEvents(isCancelled) } catch {
            throw HansardError.wrapping(error, doing: "checking the log")
        }
    }

    private func checkEvents(_ isCancelled: () -> Bool) throws -> VerificationReport {
        var report = VerificationReport()
        let head = try log.environment.read { try log.head(in: $0) }
        var position = Position(1)
        while position <= head {
            if isCancelled() {
                throw HansardError(
                    .cancelled,
                    "checked \(position.rawValue - 1) of \(head) events, \(report.problemsCount) of "
                        + "them damaged")
            }
            let last = min(head, Position(position.rawValue + 9_999))
            try log.codecs.with { codec in
                try log.environment.read { transaction in
                    while position <= last {
                        do {
                            let event = try log.event(
                                at: position, in: transaction, codec: codec, as: .stored)
                            if event == nil {
                                throw EventHeader.corrupt(position.rawValue, "is missing")
                            }
                        } catch let error as HansardError {
                            report.add(error, at: position)
                        }
                        position = position.next
                    }
                }
            }
        }
        report.eventsCount = Int(head.rawValue)
        report.head = head
        return report
    }
}
