public import Hansard
import HansardProjections
public import HansardRecords

extension ReadView {
    /// The message with this id; nil when there is none, its session was deleted, or a trim has
    /// hidden it.
    ///
    /// Its cost does not depend on how many messages there are.
    public func message(_ id: Identifier) throws -> ChatRecord? {
        guard let found = try messageEvent(id), let session = found.entity,
            try stream(of: found)?.entity == session
        else { return nil }
        let sessions = try table(MessagesBySession.sessions)
        let row = try sessionMessages(session, sessions)
        guard try isVisible(found, session, row) else { return nil }
        return try messageRecord(found, hasRevisions: row.hasRevisions)
    }

    /// The event that created a message, be it visible or not.
    func messageEvent(_ id: Identifier) throws -> RecordedEvent? {
        guard let found = try event(withID: id), found.event.id == id,
            found.event.type == ChatEventTypes.messageCreated
        else { return nil }
        return found
    }

    private func isVisible(
        _ message: RecordedEvent, _ session: Position, _ row: SessionMessages
    ) throws -> Bool {
        if row.floor == nil { return true }
        // One of no usable time is in no list, and no trim is about it.
        guard let created = try? message.event.data.instant("created_at") else { return true }
        let key = MessagesBySession.key(
            session: session, created: created, message: message.position)
        if !row.isBelowFloor(key) { return true }
        return try table(MessagesBySession.belowFloor).get(key) != nil
    }

    /// A session's visible messages by `created_at`, then arrival; nil when there is no such
    /// session.
    ///
    /// The cost follows the page and what is skipped, not the session, nor what was trimmed.
    /// - Parameters:
    ///   - limit: at most `PageWalk.limitMax`.
    ///   - skip: counted from the cursor.
    ///   - direction: `.backwards` is newest first.
    public func messages(
        ofSession id: Identifier, limit: Int, skip: Int = 0, after cursor: PageCursor? = nil,
        _ direction: Direction = .backwards
    ) throws -> Page<ChatRecord>? {
        guard let session = try sessionOrdinal(id) else { return nil }
        var walk = try PageWalk.messages(session, limit, skip, direction)
        try walk.begin(after: cursor)
        return try messagesPage(of: session, &walk)
    }

    func messagesPage(
        of session: Position, _ walk: inout PageWalk
    ) throws -> Page<ChatRecord> {
        let row = try sessionMessages(session, table(MessagesBySession.sessions))
        let page = try walk.page(of: messageParts(of: session, row)) { key, _ in
            MessagesBySession.message(in: key)
        }
        return try page.map { position in
            try event(at: position).flatMap {
                try messageRecord($0, hasRevisions: row.hasRevisions)
            }
        }
    }

    /// The place where a session's visible messages stand, in their order.
    func messageParts(
        of session: Position, _ row: SessionMessages
    ) throws -> [(table: TableReader, range: KeyRange)] {
        let all = try table(MessagesBySession.bySession)
        let prefix = MessagesBySession.prefix(session: session)
        guard let floor = row.floor else { return [(all, KeyRange(prefix: prefix))] }
        var above = KeyRange(prefix: prefix)
        above.lower = floor
        return [
            (try table(MessagesBySession.belowFloor), KeyRange(from: prefix, to: floor)),
            (all, above),
        ]
    }

    /// The number of visible messages a session has. Costs two lookups.
    public func messagesCount(ofSession id: Identifier) throws -> Int {
        guard let session = try sessionOrdinal(id) else { return 0 }
        return try Int(
            sessionMessages(session, table(MessagesBySession.sessions)).visibleCount)
    }

    /// The visible messages of an agent, in whichever sessions, by `created_at`, then arrival.
    ///
    /// The cost follows the page, what is skipped, and the hidden messages among them.
    public func messages(
        ofAgent id: Identifier, limit: Int, skip: Int = 0, after cursor: PageCursor? = nil,
        _ direction: Direction = .backwards
    ) throws -> Page<ChatRecord> {
        guard let row = try table(MessagesByAgent.agents).get(MessagesByAgent.agentKey(id)),
            let number = MessagesByAgent.number(row)
        else { return Page(items: [], next: nil, previous: nil) }
        var walk = try PageWalk(
            list: .messagesOfAgent, prefix: MessagesByAgent.prefix(agent: number), limit: limit,
            skip: skip, direction)
        try walk.begin(after: cursor)
        var sessions = SessionsSeen(view: self)
        let page = try walk.page(of: table(MessagesByAgent.byAgent)) {
            key, value -> (Position, Bool)? in
            guard let session = MessagesByAgent.session(in: value),
                let message = MessagesByAgent.message(in: key),
                let row = try sessions.row(session)
            else { return nil }
            if row.floor != nil {
                guard let event = try event(at: message), try isVisible(event, session, row) else {
                    return nil
                }
            }
            return (message, row.hasRevisions)
        }
        return try page.map { message, hasRevisions in
            try event(at: message).flatMap {
                try messageRecord($0, hasRevisions: hasRevisions)
            }
        }
    }

    /// A message as the gateway sees it: with the position as integer `id` unless it brought its
    /// own.
    func messageRecord(_ event: RecordedEvent, hasRevisions: Bool) throws -> ChatRecord? {
        let current = hasRevisions ? try current(event.position) : nil
        let data = current?.fields ?? event.event.data
        return ChatRecord(
            position: event.position, fields: data.withMessageID(event.position),
            redaction: current?.redaction)
    }
}

extension Record {
    /// With the position as integer `id`, unless it has an `id` that is not null.
    func withMessageID(_ position: Position) -> Record {
        let number = Value.integer(Int64(position.rawValue))
        if !contains("id") { return followed(by: Record.empty.setting("id", to: number)) }
        return isNull("id") ? setting("id", to: number) : self
    }
}

extension PageWalk {
    static func messages(
        _ session: Position, _ limit: Int, _ skip: Int, _ direction: Direction
    ) throws(HansardError) -> PageWalk {
        try PageWalk(
            list: .messagesOfSession, prefix: MessagesBySession.prefix(session: session),
            limit: limit, skip: skip, direction)
    }
}

/// The sessions met on a walk; each is looked up once.
private struct SessionsSeen {
    let view: ReadView
    private var rows: [Position: SessionMessages?] = [:]

    init(view: ReadView) { self.view = view }

    /// Nil for a session that was deleted.
    mutating func row(_ session: Position) throws -> SessionMessages? {
        if let known = rows[session] { return known }
        let row =
            try view.isAlive(session: session)
            ? try view.sessionMessages(session, view.table(MessagesBySession.sessions)) : nil
        rows[session] = .some(row)
        return row
    }
}
