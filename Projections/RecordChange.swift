public import Hansard
public import HansardRecords

/// The effect of an event on a record that exists.
///
/// A record's ordinal is the position of the event that created it: for a message its own event,
/// for everything else the one its stream began with.
public struct RecordChange: Sendable {
    public enum Effect: Sendable {
        /// The fields given replace those of the same name, or are added.
        case sets(Record)
        /// The event's data are the whole record from now on.
        case replaces
        case redacts
        /// The record's fields stay as they are.
        case nothing
    }

    /// Types of events that change a record, or may: a card may replace another.
    static let types: Set<EventType> = [
        ChatEventTypes.agentRegistered, ChatEventTypes.agentUpdated,
        ChatEventTypes.sessionUpdated, ChatEventTypes.sessionTrimmed,
        ChatEventTypes.sessionDeleted, ChatEventTypes.messageEdited,
        ChatEventTypes.messageRedacted, ChatEventTypes.contextUpdated,
        ChatEventTypes.contextExtended, ChatEventTypes.contextExpired,
        ChatEventTypes.taskUpdated, ChatEventTypes.taskLinked,
    ]

    public let ordinal: Position
    public let effect: Effect

    /// Nil for an event that creates a record, belongs to another domain, or whose data are not
    /// what its type promises.
    public init?(_ recorded: RecordedEvent) {
        let event = recorded.event
        let target: Position?
        switch event.type {
        case ChatEventTypes.messageCreated, ChatEventTypes.sessionCreated,
            ChatEventTypes.contextShared, ChatEventTypes.taskCreated:
            return nil
        case ChatEventTypes.messageEdited:
            guard let changes = event.data.record("changes") else { return nil }
            target = Self.message(of: event)
            effect = .sets(changes.merging(event.data.selecting(["updated_at"])))
        case ChatEventTypes.messageRedacted:
            target = Self.message(of: event)
            effect = .redacts
        case ChatEventTypes.agentRegistered:
            if recorded.entity == recorded.position { return nil }
            target = recorded.entity
            effect = .replaces
        case ChatEventTypes.agentUpdated, ChatEventTypes.sessionUpdated,
            ChatEventTypes.contextUpdated, ChatEventTypes.taskUpdated:
            target = recorded.entity
            effect = .sets(event.data)
        case ChatEventTypes.contextExtended:
            target = recorded.entity
            effect = .sets(event.data.selecting(["expires_at", "context_metadata"]))
        case ChatEventTypes.taskLinked:
            target = recorded.entity
            effect = .sets(event.data.selecting(["updated_at"]))
        case ChatEventTypes.sessionTrimmed, ChatEventTypes.sessionDeleted,
            ChatEventTypes.contextExpired:
            target = recorded.entity
            effect = .nothing
        default: return nil
        }
        guard let target else { return nil }
        ordinal = target
    }

    /// The message an edit or a redaction is about.
    static func message(of event: Event) -> Position? {
        guard let position = event.data.integer("message_position"), position > 0 else {
            return nil
        }
        return Position(UInt64(position))
    }
}
