/// What went wrong: a code to decide on, and a sentence saying what happened, to what, and what to
/// do.
public struct HansardError: Error, Sendable, CustomStringConvertible {
    /// The kind of error. New codes may be added; compare with the members you know.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
    }

    public let code: Code
    public let message: String
    /// Where in the log, when that is known.
    public let position: Position?
    public let stream: StreamName?
    /// The error below this one.
    public let underlying: (any Error)?

    public init(
        _ code: Code, _ message: String, position: Position? = nil, stream: StreamName? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.position = position
        self.stream = stream
        self.underlying = underlying
    }

    public var description: String {
        guard let underlying else { return message }
        return "\(message) (\(underlying))"
    }
}

extension HansardError.Code {
    private init(_ name: String) { self.init(rawValue: name) }

    /// An argument out of its bounds. Nothing was written.
    public static let invalidArgument = Self("invalid_argument")
    /// The stream is not at the revision the append expects. Read it again and decide anew.
    public static let wrongExpectedRevision = Self("wrong_expected_revision")
    /// The id is in the log with other content.
    public static let idConflict = Self("id_conflict")
    /// The log's events are damaged at the position given.
    public static let corruptEvent = Self("corrupt_event")
    /// The index is damaged or belongs to another log.
    public static let corruptIndex = Self("corrupt_index")
    /// A page of the log's or the index's file is damaged.
    public static let damagedFile = Self("damaged_file")
    /// The directory holds no store.
    public static let notAStore = Self("not_a_store")
    /// The directory is taken.
    public static let alreadyExists = Self("already_exists")
    /// The store was written by a newer version.
    public static let newerFormat = Self("newer_format")
    /// The log ends before events the index, or who follows it, has seen: it was rolled back or
    /// cut.
    public static let logRolledBack = Self("log_rolled_back")
    /// Whether the events were written is not known. Open the store again and retry with the same
    /// ids.
    public static let unknownOutcome = Self("unknown_outcome")
    /// The store refuses writes until it is opened again.
    public static let writesStopped = Self("writes_stopped")
    /// The map or the disk is full. Nothing was written.
    public static let full = Self("full")
    /// The operating system refused.
    public static let system = Self("system")
    /// No permission, or a read-only file system.
    public static let noPermission = Self("no_permission")
    /// The store was closed.
    public static let closed = Self("closed")
    /// A projection unit stopped at the position given.
    public static let unitStopped = Self("unit_stopped")
    /// A projection's fold refused an event.
    public static let projectionFailed = Self("projection_failed")
    /// The task waiting for an answer was cancelled; the append may still happen.
    public static let cancelled = Self("cancelled")
    /// The thing was deleted or redacted, and its id can't be used again.
    public static let gone = Self("gone")
    /// The thing asked for does not exist.
    public static let notFound = Self("not_found")
}
