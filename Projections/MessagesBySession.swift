public import Hansard
public import HansardRecords

/// The messages of each session in order, how many are visible, and which a trim has hidden.
///
/// Order within a session is `created_at`, then position. A trim hides everything before a *floor*;
/// what arrives later with an older time is below the floor all the same, and is kept in a small
/// table of its own. So a trim writes one row however much it hides, and a list from either end
/// never walks over what is hidden.
public struct MessagesBySession: Projection {
    /// Session ordinal, instant of creation, position → nothing. Hidden messages too.
    public static let bySession = "messages.by_session"
    /// Session ordinal → `SessionMessages`.
    public static let sessions = "messages.sessions"
    /// Keys as in `by_session`: the visible messages below their session's floor.
    public static let belowFloor = "messages.below_floor"
    /// Session ordinal, position of a trim → how many messages it hid.
    public static let trims = "messages.trims"

    public let tables = [bySession, sessions, belowFloor, trims]

    private static let sessionsTable = 1
    private static let belowFloorTable = 2
    private static let trimsTable = 3

    public init() {}

    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool {
        [
            ChatEventTypes.messageCreated, ChatEventTypes.messageEdited,
            ChatEventTypes.messageRedacted, ChatEventTypes.sessionTrimmed,
        ].contains(type)
    }

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard let session = event.entity else { return }
        switch event.event.type {
        case ChatEventTypes.messageCreated: try create(event, session, tables)
        case ChatEventTypes.messageEdited, ChatEventTypes.messageRedacted:
            try change(session, tables) { $0.hasRevisions = true }
        case ChatEventTypes.sessionTrimmed: try trim(event, session, tables)
        default: return
        }
    }

    private func create(
        _ event: RecordedEvent, _ session: Position, _ tables: FoldTables
    ) throws {
        guard let created = try? event.event.data.instant("created_at") else { return }
        let key = Self.key(session: session, created: created, message: event.position)
        try tables.put([], for: key)
        var isBelow = false
        try change(session, tables) { row in
            row.visibleCount += 1
            isBelow = row.isBelowFloor(key)
        }
        if isBelow { try tables.put([], for: key, table: Self.belowFloorTable) }
    }

    private func change(
        _ session: Position, _ tables: FoldTables, _ body: (inout SessionMessages) throws -> Void
    ) throws {
        let key = Self.prefix(session: session)
        var row =
            try tables.get(key, table: Self.sessionsTable).flatMap { SessionMessages($0) }
            ?? SessionMessages()
        try body(&row)
        try tables.put(row.encode(), for: key, table: Self.sessionsTable)
    }

    // MARK: Trimming

    private func trim(
        _ event: RecordedEvent, _ session: Position, _ tables: FoldTables
    ) throws {
        guard let trim = Trim(event.event.data) else { return }
        try change(session, tables) { row in
            let prefix = Self.prefix(session: session)
            let floor =
                Self.key(session: session, created: trim.created, message: trim.message) + [0]
            var hidden = try hideBelowFloor(prefix, floor, trim, tables)
            let oldFloor = row.floor ?? prefix
            if oldFloor.lexicographicallyPrecedes(floor) {
                hidden += try raise(oldFloor, to: floor, trim, tables)
                row.floor = floor
            }
            row.visibleCount -= min(row.visibleCount, hidden)
            var count: [UInt8] = []
            count.appendInteger(hidden)
            try tables.put(
                count, for: Self.trimKey(session: session, trim: event.position),
                table: Self.trimsTable)
        }
    }

    /// Hides what is below the old floor and is not older than the trim's end.
    private func hideBelowFloor(
        _ prefix: [UInt8], _ floor: [UInt8], _ trim: Trim, _ tables: FoldTables
    ) throws -> UInt64 {
        var hidden: [[UInt8]] = []
        try tables.scan(
            KeyRange(from: prefix, to: floor), table: Self.belowFloorTable
        ) { key, _ in
            if trim.covers(key) { hidden.append(key) }
            return true
        }
        for key in hidden { tables.delete(key, table: Self.belowFloorTable) }
        return UInt64(hidden.count)
    }

    /// Counts what is hidden between two floors; what the trim does not cover stays visible.
    private func raise(
        _ old: [UInt8], to new: [UInt8], _ trim: Trim, _ tables: FoldTables
    ) throws -> UInt64 {
        var hidden: UInt64 = 0
        var kept: [[UInt8]] = []
        try tables.scan(KeyRange(from: old, to: new)) { key, _ in
            if trim.covers(key) { hidden += 1 } else { kept.append(key) }
            return true
        }
        for key in kept { try tables.put([], for: key, table: Self.belowFloorTable) }
        return hidden
    }

    // MARK: Keys

    /// The prefix of the keys of a session's messages; also the key of its row.
    public static func prefix(session: Position) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(24)
        key.append(session)
        return key
    }

    public static func key(
        session: Position, created: Instant, message: Position
    ) -> [UInt8] {
        var key = prefix(session: session)
        created.appendOrdered(to: &key)
        key.append(message)
        return key
    }

    public static func trimKey(session: Position, trim: Position) -> [UInt8] {
        var key = prefix(session: session)
        key.append(trim)
        return key
    }

    /// The trim a key of `trims` stands for; nil when it is no key of the table.
    public static func trim(in key: Span<UInt8>) -> Position? { History.event(in: key) }

    /// The number in a row of `trims`; nil when it is no row of the table.
    public static func hiddenCount(_ row: [UInt8]) -> Int? {
        var offset = 0
        return OrderedInteger.read(row.span, at: &offset).map { Int(clamping: $0) }
    }

    /// The message a key stands for; nil when it is no key of the table.
    public static func message(in key: Span<UInt8>) -> Position? {
        var offset = 0
        guard OrderedInteger.read(key, at: &offset) != nil else { return nil }
        offset += Instant.orderedByteCount
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }
}

/// The summary of a session's messages.
public struct SessionMessages: Sendable, Equatable {
    public var visibleCount: UInt64 = 0
    /// True if any of them was edited or redacted.
    public var hasRevisions = false
    /// Messages with keys before it are hidden, but for those in `messages.below_floor`.
    public var floor: [UInt8]?

    public init() {}

    public func isBelowFloor(_ key: [UInt8]) -> Bool {
        floor.map { key.lexicographicallyPrecedes($0) } ?? false
    }

    func encode() -> [UInt8] {
        var row: [UInt8] = []
        row.appendInteger(visibleCount)
        if !hasRevisions && floor == nil { return row }
        row.append(hasRevisions ? 1 : 0)
        row.append(contentsOf: floor ?? [])
        return row
    }

    /// Nil when the bytes are no row.
    public init?(_ bytes: [UInt8]) {
        var offset = 0
        guard let count = OrderedInteger.read(bytes.span, at: &offset) else { return nil }
        visibleCount = count
        if offset == bytes.count { return }
        hasRevisions = bytes[offset] == 1
        let rest = Array(bytes[(offset + 1)...])
        floor = rest.isEmpty ? nil : rest
    }
}
