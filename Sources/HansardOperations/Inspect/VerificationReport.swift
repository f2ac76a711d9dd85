public import HansardEngine

/// What a verification found.
public struct VerificationReport: Sendable {
    /// One thing that is wrong.
    public struct Problem: Sendable, CustomStringConvertible {
        /// The event concerned, when it is one.
        public let position: Position?
        /// The table concerned, when it is one.
        public let table: String?
        /// The kind: what an error about it would have as its code.
        public let code: HansardError.Code
        public let message: String

        public var description: String { message }
    }

    /// Events whose checksum, position, revision and order were checked.
    public var eventsCount = 0
    /// The last position checked.
    public var head = Position.zero
    /// Rows of the index compared with those of a replay.
    public var rowsCount = 0
    /// Whether rows of the index were compared at all: not when the log alone was looked at, or is
    /// damaged, so that there is nothing to compare with.
    public var isIndexCompared = false
    /// Units whose rows were not compared, because the index has them not yet in this program's
    /// version.
    public var unitsLeftOut: [String] = []
    /// Sizes of the signed checkpoints the log agrees with.
    public var checkpointSizes: [UInt64] = []
    /// Why the copy of the checkpoint elsewhere was not compared, though its directory was named; a
    /// sentence each.
    public var checkpointsLeftOut: [String] = []
    /// The first problems, at most `problemsMax`.
    public var problems: [Problem] = []
    /// All problems.
    public var problemsCount = 0
    /// The kinds of all problems.
    public private(set) var codes: Set<HansardError.Code> = []

    public static let problemsMax = 100

    public var isSound: Bool { problemsCount == 0 }

    init() {}

    /// Of damage that kept the rest from being checked.
    public init(
        damage: String, code: HansardError.Code = .damagedFile, position: Position? = nil
    ) {
        add(Problem(position: position, table: nil, code: code, message: damage))
    }

    /// Adds a damaged event.
    mutating func add(_ error: HansardError, at position: Position) {
        let isAdvised = error.message.hasSuffix(EventHeader.advice)
        let message =
            isAdvised ? error.message.dropLast(EventHeader.advice.count) : error.message[...]
        add(Problem(position: position, table: nil, code: error.code, message: String(message)))
    }

    mutating func add(_ problem: Problem) {
        problemsCount += 1
        codes.insert(problem.code)
        if problems.count < Self.problemsMax { problems.append(problem) }
    }
}

/// How far a verification is.
public struct VerificationProgress: Sendable {
    /// What is being done: reading the log, or comparing a table.
    public let phase: String
    public let done: Int
    /// Nil when it is not known beforehand.
    public let total: Int?
}
