public import Hansard
public import HansardRecords

/// Shared contexts by session, source and target, newest last, and by expiry.
///
/// A list has a range for what is there now, one for what was removed, and one for what went over
/// to another list: lists of current contexts never walk over what only the past asks for.
public struct Contexts: Projection {
    /// Context ordinal → `Row`.
    public static let rows = "contexts.rows"
    /// `Scope`, `Standing`, id (`IdentifierKey`), instant of creation, ordinal → `Row`; nothing for
    /// what moved away.
    public static let lists = "contexts.lists"
    /// Instant of expiry, ordinal → nothing. Without those removed.
    public static let byExpiry = "contexts.by_expiry"

    public let tables = [rows, lists, byExpiry]

    private static let listsTable = 1
    private static let byExpiryTable = 2

    public init() {}

    /// The subject of a list.
    public enum Scope: UInt8, Sendable {
        case session = 1
        case source = 2
        case target = 3
    }

    /// The state of a context in a list it was ever in.
    public enum Standing: UInt8, Sendable, CaseIterable {
        case current = 0
        case removed = 1
        /// An update gave it to another session or agent.
        case moved = 2
    }

    /// One list: of what, and of which.
    struct List: Hashable {
        let scope: Scope
        let id: Identifier
    }

    /// The fields by which a context is listed without reading it.
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
        if let old { try take(old, outOfListsOtherThan: Set(new.lists), context, tables) }
        let bytes = new.encode()
        try tables.put(bytes, for: Revisions.key(context))
        for list in new.lists {
            try tables.put(bytes, for: new.key(context, in: list), table: Self.listsTable)
            if old == nil { continue }
            tables.delete(new.key(context, in: list, .moved), table: Self.listsTable)
        }
        if let key = new.expiryKey(context) {
            try tables.put([], for: key, table: Self.byExpiryTable)
        }
    }

    private func take(
        _ old: Row, outOfListsOtherThan lists: Set<List>, _ context: Position, _ tables: FoldTables
    ) throws {
        for list in old.lists {
            tables.delete(old.key(context, in: list), table: Self.listsTable)
            if lists.contains(list) { continue }
            try tables.put([], for: old.key(context, in: list, .moved), table: Self.listsTable)
        }
        if let key = old.expiryKey(context) { tables.delete(key, table: Self.byExpiryTable) }
    }

    // MARK: Keys

    /// The prefix of a list's keys.
    public static func prefix(
        _ scope: Scope, _ id: Identifier, _ standing: Standing = .current
    ) -> [UInt8] {
        var key: [UInt8] = [scope.rawValue, standing.rawValue]
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
