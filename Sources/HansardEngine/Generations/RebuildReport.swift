/// The progress of a rebuild.
public struct RebuildProgress: Sendable {
    public enum Phase: String, Sendable {
        case folding = "reading the log"
        case finishing = "flushing to the disk"
    }

    public let phase: Phase
    /// Events folded, of how many there are by now.
    public let done: Int
    public let total: Int
    /// Since the beginning.
    public let eventsPerSecond: Double
}

/// The report of a rebuild.
public struct RebuildReport: Sendable {
    /// The generation that is live now, and the one that was.
    public let generation: UInt64
    public let previous: UInt64
    /// Old generations removed.
    public let removed: [UInt64]
    /// Old generations that stay because no other has some unit of another program.
    public let keptForForeignUnits: [UInt64]
    /// The reason not all old generations were removed that should have been; the new one is live
    /// all the same.
    public let removalFailure: HansardError?
    /// Units of other programs whose rows the new generation has as the previous one had them.
    public let carriedUnits: [String]
    /// Units of other programs that the previous generation had and the new one has not.
    public let lostUnits: [String]
    /// Events folded. Those appended since are folded by the processes that have the store open.
    public let eventsCount: Int
    /// From the first event read to the swap, the flush to the disk included.
    public let duration: Duration
    /// Size of the live index's file before and after; nil when there was none.
    public let bytesBefore: Int?
    public let bytesAfter: Int

    public var eventsPerSecond: Double { Double(eventsCount) / max(duration.inSeconds, 1e-6) }
}
