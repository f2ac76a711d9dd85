public import HansardEngine
public import HansardRecords

/// Up to where a backup is restored.
public enum RestoreTarget: Sendable, Equatable {
    /// All there is.
    case end
    /// This event, and none after it.
    case position(Position)
    /// The last event recorded at a moment or before it.
    case time(Instant)
}

/// The progress of a restore.
public struct RestoreProgress: Sendable {
    public enum Phase: String, Sendable {
        case events = "writing log and index"
        case finishing = "flushing to the disk"
        /// Events after the last restored one are read, up to the next checkpoint.
        case proving = "reading on to the next signed checkpoint"
    }

    public let phase: Phase
    /// Events done in this phase, of how many.
    public let done: Int
    public let total: Int
    /// Since the phase began.
    public let eventsPerSecond: Double
}

/// The report of a restore.
public struct RestoreReport: Sendable {
    /// The new log.
    public let logID: String
    /// The log that was backed up, and those that it was restored from, oldest first.
    public let ancestry: [LogAncestor]
    /// The last event, and when it was recorded; zero and nil when there is none.
    public let position: Position
    public let recordedAt: Instant?
    /// The last event of the backup.
    public let backupThrough: Position
    /// The moment asked for, as it was understood.
    public let moment: RestoreMoment?
    /// The events up to here are those that a signed checkpoint names; nil when the backup has no
    /// checkpoint that says so.
    public let provedThrough: Position?
    /// The number of events that checkpoint covers: more than were restored when it comes after
    /// them.
    public let provedBy: Position?
    /// The files that could not be compared or copied, and the reasons.
    public let warnings: [HansardError]
    public let duration: Duration

    public var eventsPerSecond: Double { Double(position.rawValue) / max(duration.inSeconds, 1e-6) }
}
