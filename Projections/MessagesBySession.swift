public import Hansard
public import Records

/// The messages of each session in order, and how many there are.
///
/// Order within a session is `created_at`, then position. An event of another type, or one whose data has
/// no usable `created_at`, is passed over.
public struct MessagesBySession: Projection {
    /// Session ordinal, instant of creation, position → nothing.
    public static let bySession = "messages.by_session"
    /// Session ordinal → number of messages, as 8 bytes, big-endian.
    public static let counts = "messages.counts"

    public let tables = [bySession, counts]

    public init() {}

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard event.event.type == ChatEventTypes.messageCreated, let session = event.entity,
            let created = try? event.event.data.instant("created_at")
        else { return }
        try tables.put(
            [], for: Self.key(session: session, created: created, message: event.position),
            table: 0)
        let key = Self.prefix(session: session)
        let count = try tables.get(key, table: 1).flatMap { Self.count(in: $0) } ?? 0
        try tables.put(FixedInteger.bytes(count + 1), for: key, table: 1)
    }

    /// What the keys of a session's messages begin with; also the key of its count.
    public static func prefix(session: Position) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(24)
        OrderedInteger.append(session.rawValue, to: &key)
        return key
    }

    public static func key(
        session: Position, created: Instant, message: Position
    ) -> [UInt8] {
        var key = prefix(session: session)
        created.appendOrdered(to: &key)
        OrderedInteger.append(message.rawValue, to: &key)
        return key
    }

    /// The message a key stands for; nil when it is no key of the table.
    public static func message(in key: Span<UInt8>) -> Position? {
        var offset = 0
        guard OrderedInteger.read(key, at: &offset) != nil else { return nil }
        offset += Instant.orderedByteCount
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }

    public static func count(in row: [UInt8]) -> UInt64? { FixedInteger.read(row) }
}
