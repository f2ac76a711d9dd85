public import Hansard
public import HansardRecords

/// Agents by id.
public struct Agents: Projection {
    /// The id's bytes → agent ordinal.
    public static let byID = "agents.by_id"

    public let tables = [byID]

    public init() {}

    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool {
        type == ChatEventTypes.agentRegistered
    }

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard event.event.type == ChatEventTypes.agentRegistered, let agent = event.entity,
            agent == event.position
        else { return }
        var row: [UInt8] = []
        row.append(agent)
        try tables.put(row, for: Self.key(event.event.stream.id))
    }

    public static func key(_ id: Identifier) -> [UInt8] {
        var key: [UInt8] = []
        id.appendUTF8(to: &key)
        return key
    }

    /// The agent a row stands for; nil when it is no row of the table.
    public static func agent(in row: Span<UInt8>) -> Position? {
        var offset = 0
        return OrderedInteger.read(row, at: &offset).map { Position($0) }
    }
}
