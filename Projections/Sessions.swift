public import Hansard
public import HansardRecords

/// Sessions by the time they were created, deleted ones too.
///
/// An event of another type, or one whose data has no usable `created_at`, is passed over.
public struct Sessions: Projection {
    /// Instant of creation, session ordinal → `State`.
    public static let byCreated = "sessions.by_created"
    /// Session ordinal → instant of creation, then `State`.
    public static let rows = "sessions.rows"

    public let tables = [byCreated, rows]

    public init() {}

    /// The state of a session since it was created. Nothing takes no bytes.
    public struct State: Sendable, Equatable {
        /// True if fields of it were changed.
        public var isChanged = false
        public var endedAt: Position?

        init() {}

        func encode() -> [UInt8] {
            if !isChanged && endedAt == nil { return [] }
            var row: [UInt8] = [isChanged ? 1 : 0]
            row.append(endedAt)
            return row
        }

        /// Nil when the bytes are no state.
        public init?(_ bytes: Span<UInt8>) {
            if bytes.isEmpty { return }
            var offset = 1
            guard bytes[0] <= 1, let ended = OrderedInteger.read(bytes, at: &offset) else {
                return nil
            }
            isChanged = bytes[0] == 1
            endedAt = ended == 0 ? nil : Position(ended)
        }
    }

    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool {
        lifecycle == .ends
            || [ChatEventTypes.sessionCreated, ChatEventTypes.sessionUpdated].contains(type)
    }

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard let session = event.entity else { return }
        if event.event.lifecycle == .ends {
            return try change(session, in: tables) { $0.endedAt = event.position }
        }
        switch event.event.type {
        case ChatEventTypes.sessionCreated:
            guard event.position == session,
                let created = try? event.event.data.instant("created_at")
            else { return }
            try put(State(), created: created, session: session, into: tables)
        case ChatEventTypes.sessionUpdated:
            try change(session, in: tables) { $0.isChanged = true }
        default: return
        }
    }

    private func change(
        _ session: Position, in tables: FoldTables, _ body: (inout State) -> Void
    ) throws {
        guard let row = try tables.get(Self.rowKey(session), table: 1),
            let created = Self.created(inRow: row.span), var state = Self.state(inRow: row.span)
        else { return }
        body(&state)
        try put(state, created: created, session: session, into: tables)
    }

    private func put(
        _ state: State, created: Instant, session: Position, into tables: FoldTables
    ) throws {
        let value = state.encode()
        try tables.put(value, for: Self.key(created: created, session: session))
        try tables.put(created.orderedBytes + value, for: Self.rowKey(session), table: 1)
    }

    public static func key(created: Instant, session: Position) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(16)
        created.appendOrdered(to: &key)
        key.append(session)
        return key
    }

    public static func rowKey(_ session: Position) -> [UInt8] { Revisions.key(session) }

    /// The session a key stands for; nil when it is no key of the table.
    public static func session(in key: Span<UInt8>) -> Position? {
        var offset = Instant.orderedByteCount
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }

    /// When the session of a row was created; nil when it is no row of the table.
    public static func created(inRow row: Span<UInt8>) -> Instant? {
        guard row.count >= Instant.orderedByteCount else { return nil }
        return Instant(ordered: row.extracting(0..<Instant.orderedByteCount))
    }

    public static func state(inRow row: Span<UInt8>) -> State? {
        guard row.count >= Instant.orderedByteCount else { return nil }
        return State(row.extracting(Instant.orderedByteCount..<row.count))
    }
}
