public import Hansard

/// Every event about a record after it was created. (Its creation is its ordinal.)
public struct History: Projection {
    /// Record ordinal, position of the event → nothing.
    public static let events = "records.history"

    public let tables = [events]

    public init() {}

    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool {
        RecordChange.types.contains(type)
    }

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard let change = RecordChange(event) else { return }
        var key = Self.prefix(change.ordinal)
        key.append(event.position)
        try tables.put([], for: key)
    }

    public static func prefix(_ ordinal: Position) -> [UInt8] { Revisions.key(ordinal) }

    /// The event a key stands for; nil when it is no key of the table.
    public static func event(in key: Span<UInt8>) -> Position? {
        var offset = 0
        guard OrderedInteger.read(key, at: &offset) != nil else { return nil }
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }
}
