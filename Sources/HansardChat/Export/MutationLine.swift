public import Hansard
import Projections
import Records

/// Writes events as the lines an import reads: `op` first, then the id of what the stream is about
/// where the data do not hold it, then the data's fields in their order.
public struct MutationLine: Sendable {
    private var writer = JSONWriter()

    public init() {}

    /// Appends one event as a line of JSON, with its newline; nothing for operators' acts.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) for an event that is no mutation of the chat
    ///   domain.
    public mutating func append(_ recorded: RecordedEvent, to out: inout [UInt8]) throws {
        // What operators did is no mutation of the chat.
        if recorded.event.stream.category == ChatEvents.systemCategory.description { return }
        guard let form = Self.forms[recorded.event.type] else {
            throw HansardError(
                .invalidArgument,
                "event \(recorded.position) is of type '\(recorded.event.type)', which has no form as "
                    + "a line: export with a version that knows it", position: recorded.position)
        }
        let event = recorded.event
        out.append(contentsOf: "{\"op\":\"\(form.operation)\"".utf8)
        if let field = form.idField { Self.field(field, event.stream.id, &out) }
        switch form.body {
        case .fields: try append(event.data, to: &out)
        case .changes:
            Self.field("event_id", event.id, &out)
            out.append(contentsOf: #","changes":"#.utf8)
            try writer.write(packed: event.data.bytes.span, to: &out)
            out.append(UInt8(ascii: "}"))
        case .edit:
            Self.field("event_id", event.id, &out)
            try append(Self.edit(event.data), to: &out)
        case .selected(let names):
            Self.field("event_id", event.id, &out)
            try append(event.data.selecting(names), to: &out)
        }
        out.append(UInt8(ascii: "\n"))
    }

    /// Appends a record's fields behind what the object has already, and closes it.
    private mutating func append(_ fields: Record, to out: inout [UInt8]) throws {
        if fields.isEmpty { return out.append(UInt8(ascii: "}")) }
        let brace = out.count
        try writer.write(packed: fields.bytes.span, to: &out)
        out[brace] = UInt8(ascii: ",")
    }

    private static func edit(_ data: Record) throws -> Record {
        let changes = data.record("changes") ?? .empty
        let all = changes.merging(data.selecting(["updated_at"]))
        return data.selecting(["message_uuid"]).setting("changes", to: try all.value())
    }

    /// How an event of one type is written.
    private struct Form {
        enum Body {
            /// The data's fields, behind the id.
            case fields
            /// The data as `changes`.
            case changes
            case edit
            /// Some of the data's fields: those that were asked for and not looked up.
            case selected([String])
        }

        let operation: String
        /// The field with the stream's id, where the data do not hold it.
        let idField: String?
        let body: Body

        init(_ operation: String, _ idField: String?, _ body: Body) {
            self.operation = operation
            self.idField = idField
            self.body = body
        }
    }

    private static let forms: [EventType: Form] = [
        ChatEventTypes.messageCreated: Form("create_message", nil, .fields),
        ChatEventTypes.sessionCreated: Form("create_session", "session_id", .fields),
        ChatEventTypes.agentRegistered: Form("register_agent", "agent_id", .fields),
        ChatEventTypes.agentUpdated: Form("update_agent", "agent_id", .changes),
        ChatEventTypes.sessionUpdated: Form("update_session", "session_id", .changes),
        ChatEventTypes.sessionDeleted: Form("delete_session", "session_id", .selected([])),
        ChatEventTypes.sessionTrimmed: Form(
            "trim_session_messages", "session_id", .selected(["max_messages"])),
        ChatEventTypes.messageEdited: Form("edit_message", nil, .edit),
        ChatEventTypes.messageRedacted: Form(
            "redact_message", nil, .selected(["message_uuid", "reason", "redacted_at"])),
        ChatEventTypes.contextShared: Form("share_context", "context_id", .fields),
        ChatEventTypes.contextUpdated: Form("update_context", "context_id", .changes),
        ChatEventTypes.contextExtended: Form(
            "extend_context", "context_id",
            .selected(["additional_minutes", "expires_at", "context_metadata"])),
        ChatEventTypes.contextExpired: Form(
            "expire_context", "context_id", .selected(["expired_at"])),
        ChatEventTypes.taskCreated: Form("create_task", "task_id", .fields),
        ChatEventTypes.taskUpdated: Form("update_task", "task_id", .changes),
        ChatEventTypes.taskLinked: Form(
            "link_task_agents", "task_id", .selected(["agents", "updated_at"])),
    ]

    private static func field(_ name: String, _ id: Identifier, _ out: inout [UInt8]) {
        out.append(contentsOf: ",\"\(name)\":".utf8)
        quote(id, &out)
    }

    private static func quote(_ id: Identifier, _ out: inout [UInt8]) {
        if id.uuid != nil {
            out.append(UInt8(ascii: "\""))
            id.appendUTF8(to: &out)
            out.append(UInt8(ascii: "\""))
        } else {
            JSONWriter.quote(id.text.utf8Span.span, to: &out)
        }
    }
}
