public import Hansard
import HansardBindings
import HansardProjections
public import HansardRecords

extension PastView {
    /// The cards of all agents there were, in the order of their ids' bytes. The cost follows the
    /// number of agents and their histories.
    public func agents() throws -> [ChatRecord] {
        var ordinals: [Position] = []
        try view.table(Agents.byID).scan(KeyRange(prefix: [])) { _, row in
            if let agent = Agents.agent(in: row) { ordinals.append(agent) }
            return true
        }
        return try ordinals.compactMap { ordinal in
            try view.event(at: ordinal).flatMap { try agent($0.event.stream.id) }
        }
    }

    /// The messages an agent had, in whichever sessions, by `created_at`, then arrival.
    ///
    /// The cost follows the page, what is skipped, the messages among it that came later or were
    /// hidden, and all messages that an edit ever gave to another agent.
    public func messages(
        ofAgent id: Identifier, limit: Int, skip: Int = 0, after cursor: PageCursor? = nil,
        _ direction: Direction = .backwards
    ) throws -> Page<ChatRecord> {
        guard let row = try view.table(MessagesByAgent.agents).get(MessagesByAgent.agentKey(id)),
            let number = MessagesByAgent.number(row)
        else { return Page(items: [], next: nil, previous: nil) }
        let moved = try movedMessages()
        var walk = try PageWalk(
            list: .messagesOfAgent, prefix: MessagesByAgent.prefix(agent: number), limit: limit,
            skip: skip, direction)
        try walk.begin(after: cursor)
        var sessions = PastSessions(past: self)
        return try walk.page(
            of: view.table(MessagesByAgent.byAgent),
            with: try moved.filter { $0.value != number }.keys.compactMap {
                try entry(of: $0, inListOf: id, number)
            }
        ) { key, value -> ChatRecord? in
            guard let session = MessagesByAgent.session(in: value),
                let message = MessagesByAgent.message(in: key), message <= position,
                let found = try record(message),
                let created = try? found.base.event.data.instant("created_at"),
                try sessions.shows(message, of: session, created: created)
            else { return nil }
            if moved[message] != nil, try found.fields.identifier("agent_id") != id { return nil }
            return ChatRecord(
                position: message, fields: found.fields.withMessageID(message),
                redaction: found.redaction)
        }
    }

    /// Messages of then that an edit gave to another agent, be it later, with the number of the
    /// agent they are listed under now; zero for none.
    private func movedMessages() throws -> [Position: Position] {
        var moved: [Position: Position] = [:]
        try view.table(MessagesByAgent.moved).scan(KeyRange(prefix: [])) { key, value in
            var offset = 0
            guard let message = OrderedInteger.read(key, at: &offset).map({ Position($0) }) else {
                return true
            }
            if message > position { return false }
            let row = (0..<value.count).map { value[$0] }
            moved[message] = MessagesByAgent.number(row) ?? .zero
            return true
        }
        return moved
    }

    /// The row the agent's list would have for a message that left it; nil when the message
    /// was not the agent's.
    private func entry(
        of message: Position, inListOf id: Identifier, _ number: Position
    ) throws -> PageWalk.Entry? {
        guard let found = try record(message), let session = found.base.entity,
            try found.fields.identifier("agent_id") == id,
            let created = try? found.base.event.data.instant("created_at")
        else { return nil }
        return PageWalk.Entry(
            key: MessagesByAgent.key(agent: number, created: created, message: message),
            value: MessagesByAgent.prefix(agent: session))
    }
}

/// The sessions met on a walk through the past; each is looked up once.
private struct PastSessions {
    let past: PastView
    /// Nil for a session that was not there.
    private var trims: [Position: [Trim]?] = [:]

    init(past: PastView) { self.past = past }

    /// True if a message was there and no trim hid it.
    mutating func shows(
        _ message: Position, of session: Position, created: Instant
    ) throws -> Bool {
        if trims[session] == nil {
            trims[session] = .some(
                try past.isThere(session: session) ? try past.trims(session) : nil)
        }
        guard let known = trims[session], let known else { return false }
        return !known.contains { $0.hides(message, created: created) }
    }
}

extension PastView {
    fileprivate func isThere(session: Position) throws -> Bool {
        guard let event = try view.event(at: session) else { return false }
        return try ordinal(event.event.stream) == session
    }
}
