public import Hansard
import HansardProjections
public import HansardRecords

extension PastView {
    /// The agent's card as it was; nil when it was not registered yet.
    public func agent(_ id: Identifier) throws -> ChatRecord? {
        guard let ordinal = try ordinal(ChatEvents.stream(agent: id)) else { return nil }
        return try identified(ordinal).map {
            ChatRecord(
                position: ordinal, fields: $0.fields.withNulls(for: RecordRules.agentFields))
        }
    }

    /// The session as it was; nil when it did not exist.
    public func session(_ id: Identifier) throws -> ChatRecord? {
        try ordinal(ChatEvents.stream(session: id)).flatMap { try identified($0) }
    }

    /// The sessions there were, by time of creation.
    ///
    /// The cost follows the page, the sessions created or deleted since among it, and the messages
    /// of those to which anything happened since: of them `countedMax` rows are looked at, and the
    /// sessions after that are not counted.
    public func sessions(
        limit: Int, after cursor: PageCursor? = nil, _ direction: Direction = .backwards
    ) throws -> Page<SessionSummary> {
        var walk = try PageWalk(list: .sessions, prefix: [], limit: limit, skip: 0, direction)
        try walk.begin(after: cursor)
        let page = try walk.page(of: view.table(Sessions.byCreated)) { key, value in
            guard let state = Sessions.State(value), let session = Sessions.session(in: key),
                session <= position, state.endedAt.map({ $0 > position }) ?? true
            else { return nil as Position? }
            return session
        }
        var rowsLeft = Self.countedMax
        return try page.map { ordinal in
            guard let session = try identified(ordinal) else { return nil }
            let id = try session.fields.identifier("id") ?? .random()
            return SessionSummary(
                session: session, id: id,
                messagesCount: try messagesCount(ofSession: ordinal, id, rowsLeft: &rowsLeft))
        }
    }

    /// Most rows that are looked at to count the messages of a page of sessions.
    static let countedMax = 10_000

    /// The number of messages a session had; nil when it did not exist, or when that would take
    /// more than `countedMax` rows.
    public func messagesCount(ofSession id: Identifier) throws -> Int? {
        guard let session = try ordinal(ChatEvents.stream(session: id)) else { return nil }
        var rowsLeft = Self.countedMax
        return try messagesCount(ofSession: session, id, rowsLeft: &rowsLeft)
    }

    private func messagesCount(
        ofSession session: Position, _ id: Identifier, rowsLeft: inout Int
    ) throws -> Int? {
        // Nothing happened to it since: what is kept is what was.
        if let head = try view.stream(ChatEvents.stream(session: id)), head.last <= position {
            return try view.messagesCount(ofSession: id)
        }
        let trims = try trims(session)
        var count = 0
        var rows = rowsLeft
        let prefix = MessagesBySession.prefix(session: session)
        try view.table(MessagesBySession.bySession).scan(KeyRange(prefix: prefix)) { key, _ in
            rows -= 1
            let instant = key.extracting(prefix.count..<prefix.count + Instant.orderedByteCount)
            guard let message = MessagesBySession.message(in: key), message <= position,
                let created = Instant(ordered: instant)
            else { return rows >= 0 }
            if !trims.contains(where: { $0.hides(message, created: created) }) { count += 1 }
            return rows >= 0
        }
        rowsLeft = max(rows, 0)
        return rows < 0 ? nil : count
    }

    /// The message as it was; nil when it was not there, or hidden by a trim.
    public func message(_ id: Identifier) throws -> ChatRecord? {
        guard let found = try view.messageEvent(id), found.position <= position,
            let session = try ordinal(found.event.stream), found.entity == session,
            let created = try found.event.data.instant("created_at")
        else { return nil }
        let isHidden = try trims(session).contains { $0.hides(found.position, created: created) }
        return isHidden ? nil : try message(at: found.position)
    }

    /// The messages a session had, by `created_at`, then arrival; nil when it did not exist.
    ///
    /// The cost follows the page, what is skipped, and the messages among it that came later or
    /// were hidden.
    public func messages(
        ofSession id: Identifier, limit: Int, skip: Int = 0, after cursor: PageCursor? = nil,
        _ direction: Direction = .backwards
    ) throws -> Page<ChatRecord>? {
        guard let session = try ordinal(ChatEvents.stream(session: id)) else { return nil }
        let trims = try trims(session)
        let prefixLength = MessagesBySession.prefix(session: session).count
        var walk = try PageWalk.messages(session, limit, skip, direction)
        try walk.begin(after: cursor)
        let page = try walk.page(of: view.table(MessagesBySession.bySession)) { key, _ in
            let instant = key.extracting(prefixLength..<prefixLength + Instant.orderedByteCount)
            guard let message = MessagesBySession.message(in: key), message <= position,
                let created = Instant(ordered: instant),
                !trims.contains(where: { $0.hides(message, created: created) })
            else { return nil as Position? }
            return message
        }
        return try page.map { try message(at: $0) }
    }

    private func message(at message: Position) throws -> ChatRecord? {
        try record(message).map {
            ChatRecord(
                position: message, fields: $0.fields.withMessageID(message),
                redaction: $0.redaction)
        }
    }

    /// The trims of a session's life until then.
    func trims(_ session: Position) throws -> [Trim] {
        try view.trims(of: session).compactMap { trim in
            guard trim <= position, let event = try view.event(at: trim) else { return nil }
            return Trim(event.event.data)
        }
    }
}
