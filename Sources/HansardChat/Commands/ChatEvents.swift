public import Hansard
import Projections
public import Records

/// Turns records of the chat domain into the appends that record them, after checking their fields.
public enum ChatEvents {
    static let sessionCategory: StaticString = "session"
    static let agentCategory: StaticString = "agent"

    static func stream(session id: Identifier) -> StreamName {
        StreamName(knownCategory: sessionCategory, id: id)
    }

    static func stream(agent id: Identifier) -> StreamName {
        StreamName(knownCategory: agentCategory, id: id)
    }

    private static let messageRules = [
        FieldRule(name: "message_uuid", kind: .identifier, isRequired: true),
        FieldRule(name: "session_id", kind: .identifier, isRequired: true),
        FieldRule(name: "type", kind: .text),
        FieldRule(name: "role", kind: .text),
        FieldRule(name: "agent_id", kind: .identifier),
        FieldRule(name: "parts", kind: .list),
        FieldRule(name: "message_metadata", kind: .object),
        FieldRule(name: "in_reply_to", kind: .text),
        FieldRule(name: "context_refs", kind: .list),
        FieldRule(name: "capabilities_used", kind: .list),
        FieldRule(name: "created_at", kind: .time, isRequired: true),
        FieldRule(name: "updated_at", kind: .time),
    ]

    /// A message, with `message_uuid`, `session_id` and `created_at`; its session must exist.
    ///
    /// The event takes the message's id as its own, so that a retry is recognised by it.
    /// - Throws: `HansardError` (`invalidArgument`) naming the field.
    public static func messageCreated(_ message: Record) throws(HansardError) -> Append {
        try FieldRule.check(message, messageRules, of: "message")
        let session = stream(session: try required("session_id", of: message))
        let event = Event(
            id: try required("message_uuid", of: message), type: ChatEventTypes.messageCreated,
            stream: session, data: message)
        return Append([event], expecting: [session: .streamExists])
    }

    private static let sessionRules = [
        FieldRule(name: "title", kind: .text),
        FieldRule(name: "session_type", kind: .text),
        FieldRule(name: "session_metadata", kind: .object),
        FieldRule(name: "created_at", kind: .time, isRequired: true),
        FieldRule(name: "updated_at", kind: .time),
    ]

    /// A session with this id, which must not exist.
    public static func sessionCreated(
        _ id: Identifier, _ session: Record
    ) throws(HansardError) -> Append {
        try FieldRule.check(session, sessionRules, of: "session")
        let stream = stream(session: id)
        let event = Event(
            type: ChatEventTypes.sessionCreated, stream: stream, lifecycle: .begins, data: session)
        return Append([event], expecting: [stream: .noStream])
    }

    private static let agentRules = [
        FieldRule(name: "name", kind: .text),
        FieldRule(name: "description", kind: .text),
        FieldRule(name: "color", kind: .text),
        FieldRule(name: "icon_path", kind: .text),
        FieldRule(name: "is_active", kind: .bool),
        FieldRule(name: "capabilities", kind: .list),
        FieldRule(name: "config", kind: .object),
        FieldRule(name: "created_at", kind: .time, isRequired: true),
        FieldRule(name: "updated_at", kind: .time),
    ]

    /// An agent's card. `revision` is that of the card it replaces, nil for the first.
    public static func agentRegistered(
        _ id: Identifier, _ card: Record, replacing revision: Revision?
    ) throws(HansardError) -> Append {
        try FieldRule.check(card, agentRules, of: "agent")
        let stream = stream(agent: id)
        let event = Event(
            type: ChatEventTypes.agentRegistered, stream: stream,
            lifecycle: revision == nil ? .begins : .continues, data: card)
        return Append(
            [event], expecting: [stream: revision.map { .exactly($0) } ?? .noStream])
    }

    private static func required(
        _ field: String, of record: Record
    ) throws(HansardError) -> Identifier {
        do {
            if let id = try record.identifier(field) { return id }
        } catch {
            throw HansardError(.invalidArgument, "the field '\(field)': \(error.message)")
        }
        throw HansardError(.invalidArgument, "the field '\(field)' is missing")
    }
}
