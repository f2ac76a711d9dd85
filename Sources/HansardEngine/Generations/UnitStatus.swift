/// A unit that the index in use does not hold in this program's version, and how far the generation
/// is that will.
public struct UnitStatus: Error, Sendable, CustomStringConvertible {
    public enum Phase: String, Sendable {
        /// This process does not build it: somebody else has to.
        case absent = "not built"
        /// This process is about to build it.
        case notBegun = "not begun yet"
        /// Another process builds or changes generations. `done` and `total` are what it tells of
        /// itself; both 0 when that is nothing.
        case waiting = "waiting for another process"
        case folding = "reading the log"
        case finishing = "flushing to the disk"
        /// It is live; this process is about to use it.
        case moving = "moving over"
        case failed = "failed"
    }

    public let unit: String
    /// The version this program keeps, and the one the index has; nil when it has none.
    public let version: Int
    public let storedVersion: Int?
    public let phase: Phase
    /// Events folded, of how many there were at the last look, by this process or the one it waits
    /// for; both 0 before the building began.
    public let done: Int
    public let total: Int
    /// The reason the last try failed; there may be another.
    public let failure: HansardError?

    /// `reading the log: 120000 of 1000000 events`
    public var description: String {
        switch phase {
        case .absent: "no process builds it"
        case .waiting where total > 0, .folding, .finishing:
            "\(phase.rawValue): \(done) of \(total) events"
        case .notBegun, .waiting, .moving: phase.rawValue
        case .failed: "failed: \(failure.map { "\($0)" } ?? "unknown")"
        }
    }

    private var isProgressKnown: Bool {
        phase == .folding || phase == .finishing || (phase == .waiting && total > 0)
    }

    /// The error of a read of the unit's tables.
    var error: HansardError {
        let has = storedVersion.map { "has version \($0)" } ?? "has none"
        return HansardError(
            .rebuilding,
            "'\(unit)' can't be read yet: this program keeps version \(version), but the index "
                + "\(has)",
            advice: phase == .absent ? .openInBuilder : .retryLater,
            position: isProgressKnown ? Position(UInt64(done)) : nil,
            underlying: self)
    }
}
