public import Hansard
import HansardProjections
public import HansardRecords

/// The side an agent is on in a shared context.
public enum ContextRole: Sendable {
    case source
    case target
}

extension ReadView {
    /// The context with this id; nil when there is none, it was removed as expired, or its session
    /// was deleted. One past its expiry that was not removed yet is there.
    ///
    /// Costs two lookups, one event, and one more for each update that still shows.
    public func context(_ id: Identifier) throws -> ChatRecord? {
        guard let ordinal = try stream(ChatEvents.stream(context: id))?.entity,
            let row = try contextRow(ordinal), try isVisible(context: ordinal, row)
        else { return nil }
        return try contextRecord(ordinal)
    }

    /// Contexts to or from an agent, newest first, expired ones too.
    ///
    /// The cost follows the answer and the contexts of deleted sessions among it.
    public func contexts(
        ofAgent id: Identifier, as role: ContextRole = .target
    ) throws -> [ChatRecord] {
        try contexts(role == .target ? .target : .source, id) { _ in true }
    }

    /// Contexts of a session, newest first.
    ///
    /// - Parameter unexpiredAt: leaves out those that have expired at this instant; nil keeps them.
    public func contexts(
        ofSession id: Identifier, unexpiredAt now: Instant? = nil
    ) throws -> [ChatRecord] {
        try contexts(.session, id) { $0.isUnexpired(at: now) }
    }

    /// Contexts shared with an agent, newest first, perhaps only those of one session or source.
    ///
    /// The cost follows the contexts shared with the agent.
    public func contexts(
        sharedWith target: Identifier, session: Identifier? = nil, source: Identifier? = nil,
        unexpiredAt now: Instant? = nil
    ) throws -> [ChatRecord] {
        try contexts(.target, target) { row in
            (session == nil || row.session == session) && (source == nil || row.source == source)
                && row.isUnexpired(at: now)
        }
    }

    /// Contexts shared by an agent, newest first, perhaps only those of one session.
    ///
    /// The cost follows the contexts the agent has shared.
    public func contexts(
        sharedBy source: Identifier, session: Identifier? = nil, unexpiredAt now: Instant? = nil
    ) throws -> [ChatRecord] {
        try contexts(.source, source) { row in
            (session == nil || row.session == session) && row.isUnexpired(at: now)
        }
    }

    /// The contexts of all sessions, the latest shared first.
    ///
    /// The cost follows the answer and the contexts passed over: those removed or expired since.
    public func contexts(limit: Int, unexpiredAt now: Instant? = nil) throws -> [ChatRecord] {
        var found: [Position] = []
        if limit < 1 { return [] }
        try table(Contexts.rows).scan(KeyRange(prefix: []), .backwards) { key, value in
            let row = Contexts.Row((0..<value.count).map { value[$0] })
            guard let ordinal = Contexts.context(inRowKey: key), let row, row.isUnexpired(at: now),
                try isVisible(context: ordinal, row)
            else { return true }
            found.append(ordinal)
            return found.count < limit
        }
        return try found.compactMap { try contextRecord($0) }
    }

    /// Contexts past their expiry that were not removed yet, the longest expired first.
    func expiredContexts(
        at now: Instant, limit: Int
    ) throws -> [(id: Identifier, ordinal: Position, isVisible: Bool)] {
        var ordinals: [Position] = []
        let range = KeyRange(from: [], to: now.orderedBytes + [0xFF])
        try table(Contexts.byExpiry).scan(range) { key, _ in
            if let ordinal = Contexts.context(inExpiryKey: key) { ordinals.append(ordinal) }
            return ordinals.count < limit
        }
        return try ordinals.compactMap { ordinal in
            guard let row = try contextRow(ordinal), let event = try event(at: ordinal) else {
                return nil
            }
            return (event.event.stream.id, ordinal, try isVisible(context: ordinal, row))
        }
    }

    private func contexts(
        _ scope: Contexts.Scope, _ id: Identifier, _ isWanted: (Contexts.Row) -> Bool
    ) throws -> [ChatRecord] {
        var found: [Position] = []
        try table(Contexts.lists).scan(
            KeyRange(prefix: Contexts.prefix(scope, id)), .backwards
        ) { key, value in
            let row = Contexts.Row((0..<value.count).map { value[$0] })
            guard let ordinal = Contexts.context(in: key), let row, isWanted(row),
                try isVisible(context: ordinal, row)
            else { return true }
            found.append(ordinal)
            return true
        }
        return try found.compactMap { try contextRecord($0) }
    }

    func contextRow(_ ordinal: Position) throws -> Contexts.Row? {
        try table(Contexts.rows).get(Revisions.key(ordinal)).flatMap { Contexts.Row($0) }
    }

    /// True if a context was neither removed nor its session deleted since. (The session it names
    /// need not exist.)
    private func isVisible(context ordinal: Position, _ row: Contexts.Row) throws -> Bool {
        if row.endedAt != nil { return false }
        guard let session = row.session,
            let deletedAt = try stream(ChatEvents.stream(session: session))?.endedAt
        else { return true }
        return deletedAt < ordinal
    }

    func contextRecord(_ ordinal: Position) throws -> ChatRecord? {
        try current(ordinal).map {
            ChatRecord(position: ordinal, fields: $0.fields.withID($0.base.event.stream.id))
        }
    }
}

extension Contexts.Row {
    /// True if the context has not expired at `now`; always when `now` is nil.
    func isUnexpired(at now: Instant?) -> Bool {
        guard let now, let expires else { return true }
        return expires > now
    }
}
