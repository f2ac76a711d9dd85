import HansardChat
import HansardRecords

/// Makes commands such as clients of the gateway send, from a seed: on few sessions, agents and
/// ids, so that they meet, with times that are equal, out of order, missing or written differently.
public struct RandomCommands: Sendable {
    private var random: SeededGenerator
    private let sessions: [Identifier]
    private let agents: [Identifier]
    private let messages: [Identifier]
    private let others: [Identifier]
    /// Commands made lately, to be sent again or contradicted.
    private var recent: [ContractCommand] = []
    private static let recentMax = 60
    /// Agents and sessions to begin with, so that most of what follows finds what it names.
    private var first: [ContractCommand] = []

    public init(_ random: SeededGenerator) throws {
        let mark = "\u{0}"
        self.random = random
        sessions = try ["s", "s/", "s/s", "ss", "e\u{301}", "é"].map { try Identifier($0) }
        agents = try ["a", "a/", "aa", "chloe", "a" + mark].map { try Identifier($0) }
        messages = try (0..<70).map { try Identifier("m\($0 / 2)" + ($0 % 2 == 0 ? "" : "/")) }
        others = try (0..<12).map { try Identifier("o\($0 / 2)" + ($0 % 2 == 0 ? "" : mark)) }
        try prepare()
    }

    private mutating func prepare() throws {
        for id in agents where random.chance(80) {
            first.append(.registerAgent(try record(id: id, [("name", text())])))
        }
        for id in sessions where random.chance(80) {
            first.append(.createSession(try record(id: id, [("title", text())])))
        }
        first.shuffle(using: &random)
    }

    public mutating func next() throws -> ContractCommand {
        if let command = first.popLast() { return command }
        if random.chance(8), !recent.isEmpty { return random.pick(recent) }
        if random.chance(4), !recent.isEmpty { return contradiction(of: random.pick(recent)) }
        let command = try fresh()
        recent.append(command)
        if recent.count > Self.recentMax { recent.remove(at: random.below(recent.count)) }
        return command
    }

    private mutating func fresh() throws -> ContractCommand {
        let session = random.pick(sessions)
        switch random.below(100) {
        case ..<2: return .registerDefaultAgents
        case ..<7: return .registerAgent(try agent())
        case ..<11: return .updateAgent(random.pick(agents), try changes())
        case ..<19: return .createSession(try record(id: session, [("title", text())]))
        case ..<23: return .updateSession(session, try changes())
        case ..<26: return .deleteSession(session)
        case ..<31: return .trim(session, keeping: random.below(12) - 1)
        case ..<58: return .createMessage(try message(in: session))
        case ..<63: return .editMessage(random.pick(messages), try changes(agentField: "agent_id"))
        case ..<66:
            return .redactMessage(random.pick(messages), reason: random.chance(50) ? "r" : nil)
        case ..<74: return .shareContext(try context(in: session))
        case ..<78:
            let field = random.pick(["source_agent_id", "target_agent_id"])
            let fields = try changes(agentField: field, mayBeNull: false)
            return .updateContext(random.pick(others), fields)
        case ..<82: return .extendContext(random.pick(others), minutes: random.below(200) - 5)
        case ..<84: return .removeExpired(batchSize: 1 + random.below(5))
        case ..<91: return .createTask(try task(in: session))
        case ..<96: return .updateTask(random.pick(others), try taskChanges())
        default: return .linkTask(random.pick(others), someAgents())
        }
    }

    /// The same id with another field.
    private mutating func contradiction(of command: ContractCommand) -> ContractCommand {
        func other(_ record: Record) -> Record { record.setting("contradiction", to: true) }
        return switch command {
        case .registerAgent(let card): .registerAgent(other(card))
        case .createSession(let record): .createSession(other(record))
        case .createMessage(let record): .createMessage(other(record))
        case .shareContext(let record): .shareContext(other(record))
        case .createTask(let record): .createTask(other(record))
        default: command
        }
    }

    // MARK: Records

    /// Fields no record knows, some of which mean something in the lines of an export.
    private static let unknownFields = [
        "x", "é", "op", "$record", "$provenance", "event_id", "context_id", "task_id", "changes",
        "through", "newest_hidden", "max_messages",
    ]

    private mutating func agent() throws -> Record {
        try record(id: random.pick(agents), [("name", text())])
    }

    private mutating func message(in session: Identifier) throws -> Record {
        var fields: [(String, Value)] = [("session_id", .string(session.text))]
        fields.append(("parts", [["type": "text", "content": text()]]))
        if random.chance(60) { fields.append(("agent_id", .string(random.pick(agents).text))) }
        if random.chance(10) { fields.append(("id", random.chance(50) ? .null : "own")) }
        return try record(id: random.pick(messages), fields, idField: "message_uuid")
    }

    private mutating func context(in session: Identifier) throws -> Record {
        var fields: [(String, Value)] = [
            ("source_agent_id", .string(random.pick(agents).text)),
            ("target_agent_id", .string(random.pick(agents).text)),
        ]
        if random.chance(70) { fields.append(("session_id", .string(session.text))) }
        if random.chance(70) { fields.append(("expires_at", .string(time()))) }
        if random.chance(30) {
            fields.append(("context_metadata", ["z": 1, "ttl_extension": text()]))
        }
        return try record(id: random.pick(others), fields)
    }

    private mutating func task(in session: Identifier) throws -> Record {
        var fields: [(String, Value)] = [("session_id", .string(session.text))]
        if random.chance(70) { fields.append(("status", status())) }
        if random.chance(70) { fields.append(("agents", agentList())) }
        return try record(id: random.pick(others), fields)
    }

    private mutating func record(
        id: Identifier, _ fields: [(String, Value)], idField: String = "id"
    ) throws -> Record {
        var fields = [(idField, Value.string(id.text))] + fields
        if random.chance(75) {
            fields.append(("created_at", random.chance(5) ? .null : .string(time())))
        }
        for name in Self.unknownFields where random.chance(5) { fields.append((name, value())) }
        fields.shuffle(using: &random)
        return try Record(fields)
    }

    /// Fields to change: mostly good, sometimes one that says which record it is.
    private mutating func changes(
        agentField: String? = nil, mayBeNull: Bool = true
    ) throws -> Record {
        var fields: [(String, Value)] = []
        for name in ["x", "é", "e\u{301}", "new"] where random.chance(30) {
            fields.append((name, value()))
        }
        for name in Self.unknownFields.dropFirst(2) where random.chance(4) {
            fields.append((name, value()))
        }
        if let agentField, random.chance(60) {
            let isNull = mayBeNull && random.chance(15)
            fields.append((agentField, isNull ? .null : .string(random.pick(agents).text)))
        }
        if random.chance(20) {
            fields.append(("updated_at", random.chance(30) ? .null : .string(time())))
        }
        if random.chance(6) { fields.append(("id", .string(random.pick(others).text))) }
        if random.chance(6) { fields.append(("created_at", .string(time()))) }
        return try Record(fields)
    }

    private mutating func taskChanges() throws -> Record {
        var record = try changes()
        if random.chance(50) { record = record.setting("status", to: status()) }
        if random.chance(40) {
            record = record.setting("agents", to: random.chance(10) ? .null : agentList())
        }
        return record
    }

    // MARK: Values

    private mutating func someAgents() -> [Identifier] {
        (0..<random.below(4)).map { _ in random.pick(agents) }
    }

    private mutating func agentList() -> Value {
        .array(someAgents().map { ["id": .string($0.text)] })
    }

    private mutating func status() -> Value {
        random.pick(["pending", "in_progress", "completed", "failed", "cancelled", .null])
    }

    /// One of few instants, in one of several forms.
    private mutating func time() -> String {
        // Two digits of minutes.
        let minutes = 10 * random.below(5) + 10
        switch random.below(5) {
        case 0: return "2026-01-01 00:\(minutes):00"
        case 1: return "2026-01-01T01:\(minutes):00.000000000+01:00"
        case 2: return "2025-12-31T23:\(minutes):00-01:00"
        case 3: return "2026-01-01T00:\(minutes):00.000000+00:00"
        default: return "2026-01-01T00:\(minutes):00.00000000\(random.below(3))Z"
        }
    }

    private mutating func value() -> Value {
        random.pick([.null, 1, 1.0, true, "t", ["k": 2.5], [1, .null], "a\u{0}b"])
    }

    private mutating func text() -> Value { .string("text \(random.below(4))") }
}
