public import Hansard
import HansardProjections
public import HansardRecords

/// Turns records of the chat domain into the appends that record them, after checking their fields.
public enum ChatEvents {
    static func stream(session id: Identifier) -> StreamName {
        StreamName(knownCategory: "session", id: id)
    }

    static func stream(agent id: Identifier) -> StreamName {
        StreamName(knownCategory: "agent", id: id)
    }

    static func stream(context id: Identifier) -> StreamName {
        StreamName(knownCategory: "context", id: id)
    }

    static func stream(task id: Identifier) -> StreamName {
        StreamName(knownCategory: "task", id: id)
    }

    /// The stream of showings of redacted messages.
    static let redactions = StreamName(
        knownCategory: systemCategory, id: Identifier(literal: "redactions"))

    /// Streams about what operators did.
    static let systemCategory: StaticString = "system"

    /// A message, with `message_uuid`, `session_id` and `created_at`; its session must exist.
    ///
    /// The event takes the message's id as its own, so that a retry is recognised by it.
    /// - Parameter filled: names of fields the store filled in.
    /// - Throws: `HansardError` (`invalidArgument`) naming the field.
    public static func messageCreated(
        _ message: Record, filled: [String] = []
    ) throws(HansardError) -> Append {
        try FieldRule.check(message, RecordRules.message, of: "message")
        let session = stream(session: try required("session_id", of: message))
        let event = Event(
            id: try required("message_uuid", of: message), type: ChatEventTypes.messageCreated,
            stream: session, data: message, filledFields: filled)
        return Append([event], expecting: [session: .streamExists])
    }

    /// A session with this id, which must not exist.
    public static func sessionCreated(
        _ id: Identifier, _ session: Record, filled: [String] = []
    ) throws(HansardError) -> Append {
        try FieldRule.check(session, RecordRules.session, of: "session")
        try checkID(session, id, of: "session")
        let stream = stream(session: id)
        let event = Event(
            type: ChatEventTypes.sessionCreated, stream: stream, lifecycle: .begins, data: session,
            filledFields: filled)
        return Append([event], expecting: [stream: .noStream])
    }

    /// An agent's card. `revision` is that of the card it replaces, nil for the first.
    public static func agentRegistered(
        _ id: Identifier, _ card: Record, replacing revision: Revision?, filled: [String] = []
    ) throws(HansardError) -> Append {
        try FieldRule.check(card, RecordRules.agent, of: "agent")
        try checkID(card, id, of: "agent")
        let stream = stream(agent: id)
        let event = Event(
            type: ChatEventTypes.agentRegistered, stream: stream,
            lifecycle: revision == nil ? .begins : .continues, data: card, filledFields: filled)
        return Append(
            [event], expecting: [stream: revision.map { .exactly($0) } ?? .noStream])
    }

    /// A context with this id, which was never used.
    static func contextShared(
        _ id: Identifier, _ context: Record, filled: [String]
    ) throws(HansardError) -> Append {
        try FieldRule.check(context, RecordRules.context, of: "context")
        try checkID(context, id, of: "context")
        let stream = stream(context: id)
        let event = Event(
            type: ChatEventTypes.contextShared, stream: stream, lifecycle: .begins, data: context,
            filledFields: filled)
        return Append([event], expecting: [stream: .newStream])
    }

    /// A record that says its id says that of its stream.
    static func checkID(
        _ record: Record, _ id: Identifier, of what: String
    ) throws(HansardError) {
        guard record.contains("id"), !record.isNull("id") else { return }
        if try required("id", of: record) == id { return }
        throw HansardError(
            .invalidArgument,
            "\(what): the field 'id' is not \(id.text), the id it is recorded under")
    }

    static func required(
        _ field: String, of record: Record
    ) throws(HansardError) -> Identifier {
        do {
            if let id = try record.identifier(field) { return id }
        } catch {
            throw HansardError(error, what: "the field '\(field)': \(error.what)")
        }
        throw HansardError(.invalidArgument, "the field '\(field)' is missing")
    }
}
