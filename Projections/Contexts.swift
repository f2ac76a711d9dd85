public import Hansard
public import Records

/// Shared contexts by session, source and target, newest last, and by expiry.
///
/// The lists hold what is there now in one range and what was removed in another, so that a list of
/// current contexts never walks over removed ones.
public struct Contexts: Projection {
    /// Context ordinal → `Row`.
    public static let rows = "contexts.rows"
    /// `Scope`, whether removed, id (`IdentifierKey`), instant of creation, ordinal → `Row`.
    public static let lists = "contexts.lists"
    /// Instant of expiry, ordinal → nothing. Without those removed.
    public static let byExpiry = "contexts.by_expiry"

    public let tables = [rows, lists, byExpiry]

    private static let listsTable = 1
    private static let byExpiryTable = 2

    public init() {}

    /// What a list is about.
    public enum Scope: UInt8, Sendable {
        case session = 1
        case source = 2
        case target = 3
    }

    /// What is needed of a context to list it without reading it.
    public struct Row: Sendable, Equatable {
        public var created: Instant
        public var expires: Instant?
        public var session: Identifier?
        public var source: Identifier?
        public var target: Identifier?
        public var endedAt: Position?

        init(created: Instant) { self.created = created }
    }

    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool {
        lifecycle == .ends
            || [
                ChatEventTypes.contextShared, ChatEventTypes.contextUpdated,
                ChatEventTypes.contextExtended,
            ].contains(type)
    }

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard let context = event.entity else { return }
        let data = event.event.data
        if event.event.lifecycle == .ends {
            return try change(context, tables) { $0.endedAt = event.position }
        }
        switch event.event.type {
        case ChatEventTypes.contextShared:
            guard event.position == context, let created = try? data.instant("created_at") else {
                return
            }
            var row = Row(created: created)
            row.apply(data)
            try replace(nil, with: row, context, tables)
        case ChatEventTypes.contextUpdated, ChatEventTypes.contextExtended:
            try change(context, tables) { $0.apply(data) }
        default: return
        }
    }

    private func change(
        _ context: Position, _ tables: FoldTables, _ body: (inout Row) -> Void
    ) throws {
        guard let old = try tables.get(Revisions.key(context)).flatMap({ Row($0) }) else { return }
        var new = old
        body(&new)
        try replace(old, with: new, context, tables)
    }

    private func replace(
        _ old: Row?, with new: Row, _ context: Position, _ tables: FoldTables
    ) throws {
        for key in old?.listKeys(context) ?? [] { tables.delete(key, table: Self.listsTable) }
        if let key = old?.expiryKey(context) { tables.delete(key, table: Self.byExpiryTable) }
        let bytes = new.encode()
        try tables.put(bytes, for: Revisions.key(context))
        for key in new.listKeys(context) { try tables.put(bytes, for: key, table: Self.listsTable) }
        if let key = new.expiryKey(context) {
            try tables.put([], for: key, table: Self.byExpiryTable)
        }
    }

    // MARK: Keys

    /// What the keys of a list begin with.
    public static func prefix(_ scope: Scope, _ id: Identifier, removed: Bool = false) -> [UInt8] {
        var key: [UInt8] = [scope.rawValue, removed ? 1 : 0]
        IdentifierKey.append(id, to: &key)
        return key
    }

    /// The context a key of `lists` stands for; nil when it is no key of the table.
    public static func context(in key: Span<UInt8>) -> Position? {
        var offset = 2
        guard IdentifierKey.read(key, at: &offset) != nil else { return nil }
        offset += Instant.orderedByteCount
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }

    /// The context a key of `rows` stands for; nil when it is no key of the table.
    public static func context(inRowKey key: Span<UInt8>) -> Position? {
        var offset = 0
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }

    /// The context a key of `by_expiry` stands for; nil when it is no key of the table.
    public static func context(inExpiryKey key: Span<UInt8>) -> Position? {
        var offset = Instant.orderedByteCount
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }
}

extension Contexts.Row {
    /// Takes over the fields that `data` has; one that is no time or id counts as none.
    mutating func apply(_ data: Record) {
        if data.contains("expires_at") { expires = (try? data.instant("expires_at")) ?? nil }
        if data.contains("session_id") { session = (try? data.identifier("session_id")) ?? nil }
        if data.contains("source_agent_id") {
            source = (try? data.identifier("source_agent_id")) ?? nil
        }
        if data.contains("target_agent_id") {
            target = (try? data.identifier("target_agent_id")) ?? nil
        }
    }

    func listKeys(_ context: Position) -> [[UInt8]] {
        let lists: [(Contexts.Scope, Identifier?)] = [
            (.session, session), (.source, source), (.target, target),
        ]
        return lists.compactMap { scope, id in
            guard let id else { return nil }
            var key = Contexts.prefix(scope, id, removed: endedAt != nil)
            created.appendOrdered(to: &key)
            key.append(context)
            return key
        }
    }

    func expiryKey(_ context: Position) -> [UInt8]? {
        guard let expires, endedAt == nil else { return nil }
        return expires.orderedBytes + Revisions.key(context)
    }

    func encode() -> [UInt8] {
        var row = created.orderedBytes
        row.append(endedAt)
        row.append(expires == nil ? 0 : 1)
        expires?.appendOrdered(to: &row)
        for id in [session, source, target] {
            row.append(id == nil ? 0 : 1)
            if let id { IdentifierKey.append(id, to: &row) }
        }
        return row
    }

    /// Nil when the bytes are no row.
    public init?(_ bytes: [UInt8]) {
        var reader = RowReader(bytes)
        guard let created = reader.instant(), let endedAt = reader.optionalPosition() else {
            return nil
        }
        self.init(created: created)
        self.endedAt = endedAt
        guard let expires = reader.optional({ $0.instant() }),
            let session = reader.optional({ $0.identifier() }),
            let source = reader.optional({ $0.identifier() }),
            let target = reader.optional({ $0.identifier() })
        else { return nil }
        self.expires = expires
        self.session = session
        self.source = source
        self.target = target
    }
}
