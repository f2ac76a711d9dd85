public import Hansard
import HansardRecords

/// The place where the present value of each changed field of a record stands, and whether it was
/// redacted.
///
/// However often a record was changed, its row has each field once; reading the record costs one
/// event for each of the changes that still show.
public struct Revisions: Projection {
    /// Record ordinal → `Row`; no row for a record that was never changed.
    public static let rows = "records.revisions"

    public let tables = [rows]

    public init() {}

    public struct Row: Sendable, Equatable {
        /// The event with the whole record.
        public var base: Position
        public var redactedAt: Position?
        /// Changed fields, in the order they were first changed, and the event that has their
        /// value.
        public var fields: [(name: String, position: Position)] = []

        public init(base: Position) { self.base = base }

        public static func == (a: Row, b: Row) -> Bool { a.encode() == b.encode() }

        mutating func set(_ names: [String], at position: Position) {
            // By their bytes: names that are equal as Unicode text are different fields.
            var places = Dictionary(
                fields.enumerated().map { (Array($0.element.name.utf8), $0.offset) },
                uniquingKeysWith: { first, _ in first })
            for name in names {
                if let place = places[Array(name.utf8)] {
                    fields[place].position = position
                } else {
                    places[Array(name.utf8)] = fields.count
                    fields.append((name, position))
                }
            }
        }

        public func encode() -> [UInt8] {
            var row: [UInt8] = []
            row.append(base)
            row.append(redactedAt)
            for field in fields {
                row.appendWithCount(Array(field.name.utf8))
                row.append(field.position)
            }
            return row
        }

        /// Nil when the bytes are no row.
        public init?(_ bytes: [UInt8]) {
            var reader = RowReader(bytes)
            guard let base = reader.position(), let redactedAt = reader.optionalPosition() else {
                return nil
            }
            self.base = base
            self.redactedAt = redactedAt
            while !reader.isAtEnd {
                guard let name = reader.bytesWithCount(), let position = reader.position() else {
                    return nil
                }
                fields.append((String(decoding: name, as: UTF8.self), position))
            }
        }
    }

    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool {
        RecordChange.types.contains(type)
    }

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard let change = RecordChange(event) else { return }
        if case .nothing = change.effect { return }
        let key = Self.key(change.ordinal)
        var row = try tables.get(key).flatMap { Row($0) } ?? Row(base: change.ordinal)
        switch change.effect {
        case .sets(let fields): row.set(fields.fieldNames, at: event.position)
        case .replaces:
            row.base = event.position
            row.fields = []
        case .redacts: row.redactedAt = row.redactedAt ?? event.position
        case .nothing: break
        }
        try tables.put(row.encode(), for: key)
    }

    public static func key(_ ordinal: Position) -> [UInt8] {
        var key: [UInt8] = []
        key.append(ordinal)
        return key
    }
}
