import Hansard
import HansardProjections
import HansardRecords

/// Writes events as the lines an import reads: `op` first, then the id of what the stream is about
/// where the data do not hold it, who did it, then the data's fields in their order.
struct MutationLine: Sendable {
    private var writer = JSONWriter()

    /// Appends one event as a line of JSON, with its newline.
    ///
    /// - Parameter trim: for a trim, the messages it names; without them its line asks for a trim
    ///   of what there is then.
    /// - Returns: false for an event that is no mutation of the chat: an operator's act, or a
    ///   program's own.
    mutating func append(
        _ recorded: RecordedEvent, trim: TrimmedMessages? = nil, to out: inout [UInt8]
    ) throws -> Bool {
        guard let form = Self.forms[recorded.event.type] else { return false }
        let event = recorded.event
        out.append(contentsOf: "{\"op\":\"\(form.operation)\"".utf8)
        if let field = form.idField { Self.field(field, event.stream.id, &out) }
        if form.hasEventID { Self.field("event_id", event.id, &out) }
        try append(provenance: event, to: &out)
        switch form.body {
        case .fields: try append(record: event.data, form, to: &out)
        case .changes: try append("changes", event.data, to: &out)
        case .edit: try append(Self.edit(event.data), to: &out)
        case .selected(let names): try append(event.data.selecting(names), to: &out)
        case .trim:
            let asked = event.data.selecting(["max_messages", "reason"])
            try append(trim?.added(to: asked) ?? asked, to: &out)
        }
        out.append(UInt8(ascii: "\n"))
        return true
    }

    /// Appends a record's fields after what the object has already, and closes it.
    private mutating func append(_ fields: Record, to out: inout [UInt8]) throws {
        if fields.isEmpty { return out.append(UInt8(ascii: "}")) }
        let brace = out.count
        try writer.write(packed: fields.bytes.span, to: &out)
        out[brace] = UInt8(ascii: ",")
    }

    /// Appends a record as the last field, and closes the object.
    private mutating func append(
        _ field: String, _ record: Record, to out: inout [UInt8]
    ) throws {
        out.append(contentsOf: ",\"\(field)\":".utf8)
        try writer.write(packed: record.bytes.span, to: &out)
        out.append(UInt8(ascii: "}"))
    }

    /// Appends a record that was created: its fields, or where one has a name that means something
    /// in a line, the record whole.
    private mutating func append(record: Record, _ form: Form, to out: inout [UInt8]) throws {
        let isAmbiguous =
            LineFields.reserved.contains(where: record.contains)
            || form.idField.map { record.contains($0) || record.contains("event_id") } ?? false
        if isAmbiguous {
            try append(LineFields.record, record, to: &out)
        } else {
            try append(record, to: &out)
        }
    }

    private mutating func append(provenance event: Event, to out: inout [UInt8]) throws {
        guard let provenance = LineFields.provenance(of: event) else { return }
        out.append(contentsOf: ",\"\(LineFields.provenance)\":".utf8)
        try writer.write(packed: provenance.bytes.span, to: &out)
    }

    private static func edit(_ data: Record) throws -> Record {
        let changes = data.record("changes") ?? .empty
        let all = changes.merging(data.selecting(["updated_at"]))
        return data.selecting(["message_uuid"]).setting("changes", to: try all.value())
    }

    /// The form in which an event of one type is written.
    private struct Form {
        enum Body {
            /// The data's fields, after the id.
            case fields
            /// The data as `changes`.
            case changes
            case edit
            /// Some of the data's fields: those that were asked for and not looked up.
            case selected([String])
            /// The number of messages a trim keeps, and the messages it names.
            case trim
        }

        let operation: String
        /// The field with the stream's id, where the data do not hold it.
        let idField: String?
        let body: Body

        /// A created record is recognised by its own id.
        var hasEventID: Bool { if case .fields = body { false } else { true } }

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
        ChatEventTypes.sessionDeleted: Form("delete_session", "session_id", .selected(["reason"])),
        ChatEventTypes.sessionTrimmed: Form("trim_session_messages", "session_id", .trim),
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
