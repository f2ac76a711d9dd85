public import Hansard
public import HansardRecords

/// The messages of each agent in order, whichever sessions they are in.
///
/// Agents need not be registered; each gets the position of the first message that named it as a
/// number, which is shorter than an id.
public struct MessagesByAgent: Projection {
    /// Agent number, instant of creation, position → session ordinal.
    public static let byAgent = "messages.by_agent"
    /// Agent id (`IdentifierKey`) → agent number.
    public static let agents = "messages.agents"
    /// Message position → the number of the agent it is listed under since an edit gave it another;
    /// zero for none.
    public static let moved = "messages.moved"

    public let tables = [byAgent, agents, moved]

    private static let agentsTable = 1
    private static let movedTable = 2

    public init() {}

    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool {
        [ChatEventTypes.messageCreated, ChatEventTypes.messageEdited].contains(type)
    }

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard let session = event.entity else { return }
        switch event.event.type {
        case ChatEventTypes.messageCreated:
            guard let agent = Self.agent(event.event.data),
                let created = try? event.event.data.instant("created_at")
            else { return }
            let number = try number(of: agent, at: event.position, tables)
            try put(number, created, event.position, session, tables)
        case ChatEventTypes.messageEdited: try move(event, session, tables)
        default: return
        }
    }

    private static func agent(_ data: Record) -> Identifier? {
        (try? data.identifier("agent_id")) ?? nil
    }

    private func number(
        of agent: Identifier, at position: Position, _ tables: FoldTables
    ) throws -> Position {
        if let known = try number(of: agent, tables) { return known }
        try tables.put(
            Self.prefix(agent: position), for: Self.agentKey(agent), table: Self.agentsTable)
        return position
    }

    private func number(of agent: Identifier, _ tables: FoldTables) throws -> Position? {
        try tables.get(Self.agentKey(agent), table: Self.agentsTable).flatMap { Self.number($0) }
    }

    /// An edit that gives the message another agent moves it to that agent's list.
    private func move(
        _ event: RecordedEvent, _ session: Position, _ tables: FoldTables
    ) throws {
        let data = event.event.data
        guard let changes = data.record("changes"), changes.contains("agent_id"),
            let message = RecordChange.message(of: event.event),
            let original = data.record("original"),
            let created = try? original.instant("created_at")
        else { return }
        let movedKey = Self.prefix(agent: message)
        let before: Position?
        if let row = try tables.get(movedKey, table: Self.movedTable) {
            before = Self.number(row)
        } else {
            before = try Self.agent(original).flatMap { try number(of: $0, tables) }
        }
        if let before {
            tables.delete(Self.key(agent: before, created: created, message: message))
        }
        let after = try Self.agent(changes).map {
            try number(of: $0, at: event.position, tables)
        }
        var row: [UInt8] = []
        row.append(after)
        try tables.put(row, for: movedKey, table: Self.movedTable)
        if let after { try put(after, created, message, session, tables) }
    }

    private func put(
        _ agent: Position, _ created: Instant, _ message: Position, _ session: Position,
        _ tables: FoldTables
    ) throws {
        var value: [UInt8] = []
        value.append(session)
        try tables.put(value, for: Self.key(agent: agent, created: created, message: message))
    }

    // MARK: Keys

    public static func agentKey(_ id: Identifier) -> [UInt8] {
        var key: [UInt8] = []
        IdentifierKey.append(id, to: &key)
        return key
    }

    /// The number in a row of `agents` or `moved`; nil for none.
    public static func number(_ row: [UInt8]) -> Position? {
        var reader = RowReader(row)
        return reader.optionalPosition() ?? nil
    }

    public static func prefix(agent number: Position) -> [UInt8] {
        var key: [UInt8] = []
        key.append(number)
        return key
    }

    public static func key(agent number: Position, created: Instant, message: Position) -> [UInt8] {
        var key = prefix(agent: number)
        created.appendOrdered(to: &key)
        key.append(message)
        return key
    }

    /// The message a key stands for; nil when it is no key of the table.
    public static func message(in key: Span<UInt8>) -> Position? {
        MessagesBySession.message(in: key)
    }

    /// The session ordinal in a row of `by_agent`.
    public static func session(in row: Span<UInt8>) -> Position? {
        var offset = 0
        return OrderedInteger.read(row, at: &offset).map { Position($0) }
    }
}
