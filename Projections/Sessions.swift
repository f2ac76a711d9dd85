public import Hansard
public import Records

/// Sessions by the time they were created.
///
/// An event of another type, or one whose data has no usable `created_at`, is passed over.
public struct Sessions: Projection {
    /// Instant of creation, session ordinal → nothing.
    public static let byCreated = "sessions.by_created"

    public let tables = [byCreated]

    public init() {}

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard event.event.type == ChatEventTypes.sessionCreated, let session = event.entity,
            let created = try? event.event.data.instant("created_at")
        else { return }
        try tables.put([], for: Self.key(created: created, session: session))
    }

    public static func key(created: Instant, session: Position) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(16)
        created.appendOrdered(to: &key)
        OrderedInteger.append(session.rawValue, to: &key)
        return key
    }

    /// The session a key stands for; nil when it is no key of the table.
    public static func session(in key: Span<UInt8>) -> Position? {
        var offset = Instant.orderedByteCount
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }
}
