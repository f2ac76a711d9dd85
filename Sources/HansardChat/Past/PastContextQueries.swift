import Hansard
import HansardProjections
public import HansardRecords

extension PastView {
    /// The context as it was; nil when it was not there.
    public func context(_ id: Identifier) throws -> ChatRecord? {
        guard let ordinal = try ordinal(ChatEvents.stream(context: id)) else { return nil }
        return try visibleContext(ordinal)
    }

    /// The contexts a session had, newest first.
    ///
    /// The cost follows the contexts the session ever had, and their histories.
    /// - Parameter unexpiredAt: leaves out those that had expired at this instant; nil keeps them.
    public func contexts(
        ofSession id: Identifier, unexpiredAt now: Instant? = nil
    ) throws -> [ChatRecord] {
        try contexts(everIn: .session, id, Wanted(session: id, now: now))
    }

    /// The contexts that were shared with an agent, newest first, perhaps only those of one session
    /// or source.
    ///
    /// The cost follows the contexts ever shared with the agent, and their histories.
    public func contexts(
        sharedWith target: Identifier, session: Identifier? = nil, source: Identifier? = nil,
        unexpiredAt now: Instant? = nil
    ) throws -> [ChatRecord] {
        try contexts(
            everIn: .target, target,
            Wanted(session: session, source: source, target: target, now: now))
    }

    /// The contexts an agent had shared, newest first, perhaps only those of one session.
    ///
    /// The cost follows the contexts the agent ever shared, and their histories.
    public func contexts(
        sharedBy source: Identifier, session: Identifier? = nil, unexpiredAt now: Instant? = nil
    ) throws -> [ChatRecord] {
        try contexts(
            everIn: .source, source, Wanted(session: session, source: source, now: now))
    }

    /// The contexts of all sessions, the latest shared first.
    ///
    /// The cost follows the answer and the contexts passed over: those removed or expired by then.
    public func contexts(limit: Int, unexpiredAt now: Instant? = nil) throws -> [ChatRecord] {
        var found: [ChatRecord] = []
        if limit < 1 { return [] }
        let wanted = Wanted(now: now)
        let range = KeyRange(from: [], to: Revisions.key(position.next))
        try view.table(Contexts.rows).scan(range, .backwards) { key, _ in
            guard let ordinal = Contexts.context(inRowKey: key),
                let context = try visibleContext(ordinal), wanted.accepts(context)
            else { return true }
            found.append(context)
            return found.count < limit
        }
        return found
    }

    /// The contexts that a list leaves out.
    private struct Wanted {
        var session: Identifier?
        var source: Identifier?
        var target: Identifier?
        var now: Instant?

        func accepts(_ context: ChatRecord) -> Bool {
            func isOf(_ id: Identifier?, _ field: String) -> Bool {
                id == nil || ((try? context.fields.identifier(field)) ?? nil) == id
            }
            guard isOf(session, "session_id"), isOf(source, "source_agent_id"),
                isOf(target, "target_agent_id")
            else { return false }
            guard let now, let expires = (try? context.fields.instant("expires_at")) ?? nil else {
                return true
            }
            return expires > now
        }
    }

    private func contexts(
        everIn scope: Contexts.Scope, _ id: Identifier, _ wanted: Wanted
    ) throws -> [ChatRecord] {
        var ordinals: [Position] = []
        for standing in Contexts.Standing.allCases {
            let prefix = Contexts.prefix(scope, id, standing)
            try view.table(Contexts.lists).scan(KeyRange(prefix: prefix)) { key, _ in
                if let ordinal = Contexts.context(in: key), ordinal <= position {
                    ordinals.append(ordinal)
                }
                return true
            }
        }
        let found = try ordinals.compactMap { ordinal in
            try view.contextRow(ordinal).map { (created: $0.created, ordinal: ordinal) }
        }
        return try found.sorted { ($1.created, $1.ordinal) < ($0.created, $0.ordinal) }
            .compactMap { try visibleContext($0.ordinal) }.filter { wanted.accepts($0) }
    }

    /// Nil when it was removed, or its session deleted, by then.
    private func visibleContext(_ ordinal: Position) throws -> ChatRecord? {
        if let ended = try view.contextRow(ordinal)?.endedAt, ended <= position { return nil }
        guard let context = try identified(ordinal) else { return nil }
        if let session = (try? context.fields.identifier("session_id")) ?? nil,
            try isDeleted(session: session, after: ordinal)
        {
            return nil
        }
        return context
    }
}
