public import Hansard
import HansardProjections
public import HansardRecords

extension ReadView {
    /// The session with this id; nil when it does not exist.
    ///
    /// Costs one lookup, one event, and one more for each update that still shows.
    public func session(_ id: Identifier) throws -> ChatRecord? {
        guard let ordinal = try sessionOrdinal(id) else { return nil }
        return try sessionRecord(ordinal, isChanged: true)?.session
    }

    /// The session's present incarnation.
    func sessionOrdinal(_ id: Identifier) throws -> Position? {
        try stream(ChatEvents.stream(session: id))?.entity
    }

    private func sessionRecord(
        _ ordinal: Position, isChanged: Bool
    ) throws -> (id: Identifier, session: ChatRecord)? {
        guard
            let (event, fields) = isChanged
                ? try current(ordinal).map({ ($0.base, $0.fields) })
                : try event(at: ordinal).map({ ($0, $0.event.data) })
        else { return nil }
        let id = event.event.stream.id
        return (id, ChatRecord(position: ordinal, fields: fields.withID(id)))
    }

    /// Sessions by time of creation. The cost follows the page, what is skipped, and the deleted
    /// sessions among them.
    ///
    /// - Parameters:
    ///   - limit: at most `PageWalk.limitMax`.
    ///   - skip: how many to leave out first.
    public func sessions(
        limit: Int, skip: Int = 0, after cursor: PageCursor? = nil,
        _ direction: Direction = .backwards
    ) throws -> Page<SessionSummary> {
        var walk = try PageWalk(list: .sessions, prefix: [], limit: limit, skip: skip, direction)
        try walk.begin(after: cursor)
        let page = try walk.page(of: table(Sessions.byCreated)) {
            key, value -> (Position, Bool)? in
            guard let state = Sessions.State(value), state.endedAt == nil else { return nil }
            return Sessions.session(in: key).map { ($0, state.isChanged) }
        }
        let counts = try? table(MessagesBySession.sessions)
        return try page.map { ordinal, isChanged in
            guard let (id, session) = try sessionRecord(ordinal, isChanged: isChanged) else {
                return nil
            }
            return SessionSummary(
                session: session, id: id,
                messagesCount: try counts.map { try Int(sessionMessages(ordinal, $0).visibleCount) }
            )
        }
    }

    func sessionMessages(
        _ session: Position, _ table: TableReader
    ) throws -> SessionMessages {
        let row = try table.get(MessagesBySession.prefix(session: session))
        return row.flatMap { SessionMessages($0) } ?? SessionMessages()
    }

    /// True if a session's incarnation still exists.
    func isAlive(session: Position) throws -> Bool {
        guard let row = try table(Sessions.rows).get(Sessions.rowKey(session)) else { return false }
        return Sessions.state(inRow: row.span)?.endedAt == nil
    }

    /// A session's record as it was stored, without its id; nil when it does not exist.
    func storedSession(_ id: Identifier) throws -> (ordinal: Position, record: Record)? {
        guard let ordinal = try sessionOrdinal(id) else { return nil }
        return try event(at: ordinal).map { (ordinal, $0.event.data) }
    }
}
