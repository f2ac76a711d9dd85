public import Hansard
import HansardProjections
public import HansardRecords

extension ReadView {
    /// The agent's card with every field of the table; nil when it was never registered.
    ///
    /// Costs one lookup, one event, and one more for each update that still shows.
    public func agent(_ id: Identifier) throws -> ChatRecord? {
        guard let ordinal = try stream(ChatEvents.stream(agent: id))?.entity else { return nil }
        return try agentCard(ordinal)
    }

    /// All agents' cards, in the order of their ids' bytes. The cost follows their number.
    public func agents() throws -> [ChatRecord] {
        var ordinals: [Position] = []
        try table(Agents.byID).scan(KeyRange(prefix: [])) { _, row in
            if let agent = Agents.agent(in: row) { ordinals.append(agent) }
            return true
        }
        return try ordinals.compactMap { try agentCard($0) }
    }

    /// True if there is any agent at all.
    func hasAgents() throws -> Bool {
        var isFound = false
        try table(Agents.byID).scan(KeyRange(prefix: [])) { _, _ in
            isFound = true
            return false
        }
        return isFound
    }

    func agentCard(_ ordinal: Position) throws -> ChatRecord? {
        try current(ordinal).map { current in
            let fields = current.fields.withID(current.base.event.stream.id)
            return ChatRecord(
                position: ordinal, fields: fields.withNulls(for: RecordRules.agentFields))
        }
    }

    /// Every card registered for an agent, oldest first, as stored.
    func agentHistory(_ id: Identifier) throws -> [(revision: Revision, card: Record)] {
        var history: [(revision: Revision, card: Record)] = []
        var position = try stream(ChatEvents.stream(agent: id))?.last
        while let here = position, let event = try event(at: here) {
            if event.event.type == ChatEventTypes.agentRegistered {
                history.append((event.revision, event.event.data))
            }
            position = event.previous
        }
        return history.reversed()
    }
}
