public import Hansard
public import HansardRecords

/// The showings of redacted messages: the events that recorded them.
///
/// A unit of its own, so that a store which never had it goes on answering everything else while
/// it is built.
public struct Showings: Projection {
    /// Message id (`IdentifierKey`), position of the event → nothing.
    public static let byMessage = "showings.by_message"
    /// Position of an event that showed all redacted messages, or those of a part of the log →
    /// its `through`. `Showing` of the event says what that bounds.
    public static let ofAll = "showings.of_all"

    public let tables = [byMessage, ofAll]

    private static let ofAllTable = 1

    public init() {}

    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool {
        type == ChatEventTypes.redactedShown
    }

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard let showing = Showing(event.event) else { return }
        switch showing {
        case .message(let id):
            try tables.put([], for: Self.prefix(message: id) + Revisions.key(event.position))
        case .all(let through), .events(_, let through):
            try tables.put(
                Revisions.key(through), for: Self.key(ofAll: event.position),
                table: Self.ofAllTable)
        }
    }

    public static func prefix(message id: Identifier) -> [UInt8] {
        MessagesByAgent.agentKey(id)
    }

    public static func key(ofAll position: Position) -> [UInt8] { Revisions.key(position) }

    /// The event a key of `by_message` stands for, after a prefix of `length` bytes.
    public static func event(in key: Span<UInt8>, behindPrefixOf length: Int) -> Position? {
        var offset = length
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }

    /// The position in a key or a row of `of_all`.
    public static func position(in bytes: Span<UInt8>) -> Position? {
        event(in: bytes, behindPrefixOf: 0)
    }
}

/// The text that was shown.
public enum Showing: Sendable, Equatable {
    case message(Identifier)
    /// Every message that was redacted up to an event.
    case all(through: Position)
    /// The text in these events of the log, of messages that had been redacted by then.
    case events(from: Position, through: Position)

    /// Nil for an event that records no showing.
    public init?(_ event: Event) {
        guard event.type == ChatEventTypes.redactedShown else { return nil }
        if let id = (try? event.data.identifier("message_uuid")) ?? nil {
            self = .message(id)
        } else if let through = event.data.integer("through"), through > 0 {
            let through = Position(UInt64(through))
            if let from = event.data.integer("from"), from > 0 {
                self = .events(from: Position(UInt64(from)), through: through)
            } else {
                self = .all(through: through)
            }
        } else {
            return nil
        }
    }
}
