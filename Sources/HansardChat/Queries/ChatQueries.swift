public import Hansard
import Projections
public import Records

/// A record of the chat domain as it was read: its fields, and where it stands in the log.
public struct ChatRecord: Sendable {
    /// Position of the event that created it.
    public let position: Position
    public let fields: Record
}

/// A session in a list, with what is counted about it.
public struct SessionSummary: Sendable {
    public let session: ChatRecord
    public let id: Identifier
    /// Nil while the unit that counts messages is stopped: the list of sessions does not depend on
    /// it.
    public let messagesCount: Int?
}

/// A page of a list; `next` begins the next one.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    /// Nil on the last page.
    public let next: PageCursor?
}

extension ReadView {
    /// The session with this id; nil when it does not exist. Costs one lookup and one event read.
    public func session(_ id: Identifier) throws -> ChatRecord? {
        guard let ordinal = try stream(ChatEvents.stream(session: id))?.entity else { return nil }
        return try sessionRecord(ordinal)
    }

    private func sessionRecord(_ ordinal: Position) throws -> ChatRecord? {
        try event(at: ordinal).map {
            ChatRecord(position: ordinal, fields: $0.event.data.withID($0.event.stream.id))
        }
    }

    /// The message with this id; nil when there is none, or its session is gone.
    ///
    /// Its cost does not depend on how many messages there are.
    public func message(_ id: Identifier) throws -> ChatRecord? {
        guard let found = try event(withID: id),
            found.event.type == ChatEventTypes.messageCreated,
            let session = try stream(of: found)?.entity, found.entity == session
        else { return nil }
        return record(found)
    }

    /// Sessions by time of creation. The cost follows the page.
    public func sessions(
        limit: Int, after cursor: PageCursor? = nil, _ direction: Direction = .backwards
    ) throws -> Page<SessionSummary> {
        let counts = try? table(MessagesBySession.counts)
        let page = try page(
            of: Sessions.byCreated, prefix: [], limit, cursor, direction, Sessions.session(in:))
        let items = try page.positions.compactMap { ordinal -> SessionSummary? in
            guard let event = try event(at: ordinal) else { return nil }
            let count = try counts.map { table in
                let row = try table.get(MessagesBySession.prefix(session: ordinal))
                return Int(row.flatMap(MessagesBySession.count(in:)) ?? 0)
            }
            return SessionSummary(
                session: ChatRecord(
                    position: ordinal, fields: event.event.data.withID(event.event.stream.id)),
                id: event.event.stream.id, messagesCount: count)
        }
        return Page(items: items, next: page.next)
    }

    /// A session's messages by `created_at`, then arrival; nil when there is no such session.
    ///
    /// The cost follows the page, not the session.
    public func messages(
        ofSession id: Identifier, limit: Int, after cursor: PageCursor? = nil,
        _ direction: Direction = .backwards
    ) throws -> Page<ChatRecord>? {
        guard let session = try stream(ChatEvents.stream(session: id))?.entity else { return nil }
        let page = try page(
            of: MessagesBySession.bySession, prefix: MessagesBySession.prefix(session: session),
            limit, cursor, direction, MessagesBySession.message(in:))
        let items = try page.positions.compactMap { try event(at: $0).map(record) }
        return Page(items: items, next: page.next)
    }

    /// How many messages a session has.
    public func messagesCount(ofSession id: Identifier) throws -> Int {
        guard let session = try stream(ChatEvents.stream(session: id))?.entity else { return 0 }
        let row = try table(MessagesBySession.counts).get(
            MessagesBySession.prefix(session: session))
        return Int(row.flatMap(MessagesBySession.count(in:)) ?? 0)
    }

    /// A session's record as it was stored, without its id; nil when it does not exist.
    func storedSession(_ id: Identifier) throws -> Record? {
        guard let ordinal = try stream(ChatEvents.stream(session: id))?.entity else { return nil }
        return try event(at: ordinal)?.event.data
    }

    /// Every card an agent had, oldest first, as stored.
    func agentHistory(_ id: Identifier) throws -> [(revision: Revision, card: Record)] {
        var history: [(revision: Revision, card: Record)] = []
        var position = try stream(ChatEvents.stream(agent: id))?.last
        while let here = position, let event = try event(at: here) {
            history.append((event.revision, event.event.data))
            position = event.previous
        }
        return history.reversed()
    }

    /// The agent's card; nil when it was never registered.
    public func agent(_ id: Identifier) throws -> (card: ChatRecord, revision: Revision)? {
        guard let state = try stream(ChatEvents.stream(agent: id)), state.entity != nil,
            let event = try event(at: state.last)
        else { return nil }
        let fields = event.event.data.withID(id)
        return (ChatRecord(position: state.last, fields: fields), state.revision)
    }

    /// A message as the gateway sees it: with the position as integer `id` unless it brought its
    /// own.
    private func record(_ event: RecordedEvent) -> ChatRecord {
        let data = event.event.data
        let fields =
            data.contains("id")
            ? data
            : data.followed(
                by: Record.empty.setting("id", to: .integer(Int64(event.position.rawValue))))
        return ChatRecord(position: event.position, fields: fields)
    }

    private func page(
        of name: String, prefix: [UInt8], _ limit: Int, _ cursor: PageCursor?,
        _ direction: Direction, _ position: (Span<UInt8>) -> Position?
    ) throws -> (positions: [Position], next: PageCursor?) {
        guard limit > 0 else {
            throw HansardError(.invalidArgument, "a page has at least one entry, not \(limit)")
        }
        var range = KeyRange(prefix: prefix)
        if let cursor {
            guard cursor.key.starts(with: prefix) else {
                throw HansardError(
                    .invalidArgument, "the cursor is of another list: begin without one")
            }
            switch direction {
            case .forwards: range.lower = cursor.key + [0]
            case .backwards: range.upper = cursor.key
            }
        }
        var positions: [Position] = []
        var last: [UInt8] = []
        var hasMore = false
        try table(name).scan(range, direction) { key, _ in
            if positions.count == limit {
                hasMore = true
                return false
            }
            guard let found = position(key) else { return true }
            positions.append(found)
            if positions.count == limit { last = (0..<key.count).map { key[$0] } }
            return true
        }
        return (positions, hasMore ? PageCursor(key: last) : nil)
    }
}

extension Record {
    /// With the id of the thing it is about in front, which the stream's name holds.
    func withID(_ id: Identifier) -> Record {
        let first = Record.empty.setting("id", to: id)
        return contains("id") ? first.merging(self) : first.followed(by: self)
    }
}
