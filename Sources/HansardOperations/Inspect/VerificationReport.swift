public import HansardEngine

/// The findings of a verification.
public struct VerificationReport: Sendable {
    /// One thing that is wrong.
    public struct Problem: Sendable, CustomStringConvertible {
        /// The fault, as data: code, event, path and what to do.
        public let error: HansardError
        /// The table concerned, when it is one.
        public let table: String?

        public var code: ErrorCode { error.code }
        /// The event concerned, when it is one.
        public var position: Position? { error.position }

        public var description: String { "\(error)" }
    }

    /// Events whose checksum, position, revision and order were checked.
    public var eventsCount = 0
    /// The last position checked.
    public var head = Position.zero
    /// Rows of the index compared with those of a replay.
    public var rowsCount = 0
    /// True if rows of the index were compared at all: not when the log alone was looked at, or is
    /// damaged, so that there is nothing to compare with.
    public var isIndexCompared = false
    /// Units whose rows were not compared, because the index has them not yet in this program's
    /// version.
    public var unitsLeftOut: [String] = []
    /// Sizes of the signed checkpoints the log agrees with.
    public var checkpointSizes: [UInt64] = []
    /// The reason the external copy of the checkpoint was not compared, though its directory was
    /// named.
    public var checkpointsLeftOut: [HansardError] = []
    /// The first problems, at most `problemsMax`.
    public var problems: [Problem] = []
    /// All problems.
    public var problemsCount = 0
    /// The kinds of all problems.
    public private(set) var codes: Set<ErrorCode> = []

    public static let problemsMax = 100

    public var isSound: Bool { problemsCount == 0 }

    init() {}

    /// A report of damage that kept the rest from being checked.
    public init(damage: HansardError) { add(damage) }

    mutating func add(_ error: HansardError, table: String? = nil) {
        problemsCount += 1
        codes.insert(error.code)
        if problems.count < Self.problemsMax {
            problems.append(Problem(error: error, table: table))
        }
    }
}

/// The progress of a verification.
public struct VerificationProgress: Sendable {
    /// The current step: reading the log, or comparing a table.
    public let phase: String
    public let done: Int
    /// Nil when it is not known beforehand.
    public let total: Int?
}
