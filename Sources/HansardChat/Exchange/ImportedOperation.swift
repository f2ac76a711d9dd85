import Hansard
import HansardProjections
import HansardRecords

/// A line whose effect depends on what is in the store: everything but new sessions, agents and
/// messages.
struct ImportedOperation: Sendable {
    enum Outcome {
        case added
        case repeated
    }

    let name: String
    private let line: Record

    /// Operations that create something: of which kind, and the field with its id.
    private static let creations = ["share_context": "context_id", "create_task": "task_id"]

    static let names = [
        "update_agent", "update_session", "delete_session", "trim_session_messages",
        "edit_message", "redact_message", "share_context", "update_context", "extend_context",
        "expire_context", "create_task", "update_task", "link_task_agents",
    ]

    /// Nil for an operation of another name.
    init?(_ name: String, _ line: @autoclosure () -> Record) {
        guard Self.names.contains(name) else { return nil }
        self.name = name
        self.line = line()
    }

    var isRedaction: Bool { name == "redact_message" }

    /// The agent it changes; nil when it changes none.
    var agent: Identifier? {
        name == "update_agent" ? (try? line.identifier("agent_id")) ?? nil : nil
    }

    /// The event it was recorded as where it was exported.
    var eventID: Identifier? { (try? line.identifier("event_id")) ?? nil }

    /// Does what the line says, unless the log shows that it was done before.
    ///
    /// - Parameter provenance: who did it and why, as far as the line may say so.
    func run(on chat: Chat, as provenance: Provenance) async throws -> Outcome {
        if try wasDone(in: chat) { return .repeated }
        var provenance = provenance
        provenance.eventID = try line.identifier("event_id")
        try await perform(on: chat, as: provenance)
        return .added
    }

    private func wasDone(in chat: Chat) throws -> Bool {
        if let field = Self.creations[name] {
            let id = try ChatEvents.required(field, of: line)
            let stream =
                name == "create_task" ? ChatEvents.stream(task: id) : ChatEvents.stream(context: id)
            let first = try chat.read { try $0.firstEvent(of: stream) }
            let draft = RecordDraft(try created(field, id))
            return first.map { $0.event.isRepeated(by: draft, id: id) } ?? false
        }
        guard let id = try line.identifier("event_id") else { return false }
        return try chat.read { try $0.event(withID: id)?.event.id == id }
    }

    private func created(_ field: String, _ id: Identifier) throws -> Record {
        let record = try LineFields.created(in: line, own: [field, "event_id"]).withID(id)
        try ChatEvents.checkID(record, id, of: name)
        // The line may be a level deeper than a record.
        return try Record(validating: record.bytes)
    }

    private func perform(on chat: Chat, as provenance: Provenance) async throws {
        switch name {
        case "share_context", "create_task": try await create(on: chat, as: provenance)
        case "delete_session":
            let id = try id("session_id")
            if try await !chat.perform(.deleteSession(id, reason: reason), as: provenance) {
                throw missing("session", id)
            }
        case "trim_session_messages":
            guard let kept = line.integer("max_messages") else {
                throw wrong("max_messages", "a whole number")
            }
            _ = try await chat.perform(trim(keeping: Int(kept)), as: provenance)
        case "link_task_agents":
            guard let agents = Tasks.agents(in: line) else { throw wrong("agents", "a list") }
            _ = try await chat.perform(
                .linkTask(id("task_id"), to: agents, at: time("updated_at")), as: provenance)
        default:
            let (command, what, id) = try change()
            if try await chat.perform(command, as: provenance) == nil { throw missing(what, id) }
        }
    }

    private func trim(keeping messagesMax: Int) throws -> ChatCommand<Int> {
        let id = try id("session_id")
        guard let newest = try line.identifier("newest_hidden") else {
            return .trimMessages(ofSession: id, keeping: messagesMax, reason: reason)
        }
        return .trimMessages(
            ofSession: id, keeping: messagesMax, hiding: newest, through: try self.id("through"),
            reason: reason)
    }

    private func create(on chat: Chat, as provenance: Provenance) async throws {
        if name == "create_task" {
            let record = try created("task_id", id("task_id"))
            _ = try await chat.perform(.createTask(record), as: provenance)
        } else {
            let record = try created("context_id", id("context_id"))
            _ = try await chat.perform(.shareContext(record), as: provenance)
        }
    }

    private func change() throws -> (ChatCommand<ChatRecord?>, String, Identifier) {
        switch name {
        case "update_agent":
            let id = try id("agent_id")
            return (.updateAgent(id, try changes()), "agent", id)
        case "update_session":
            let id = try id("session_id")
            return (.updateSession(id, try changes()), "session", id)
        case "edit_message":
            let id = try id("message_uuid")
            return (.editMessage(id, try changes()), "message", id)
        case "redact_message":
            let id = try id("message_uuid")
            return (.redactMessage(id, reason: reason, at: try time("redacted_at")), "message", id)
        case "update_context":
            let id = try id("context_id")
            return (.updateContext(id, try changes()), "context", id)
        case "extend_context":
            let id = try id("context_id")
            guard let minutes = line.integer("additional_minutes") else {
                throw wrong("additional_minutes", "a whole number")
            }
            let resolved = line.selecting(["expires_at", "context_metadata"])
            return (
                .extendContext(id, minutes: Int(minutes), resolved: resolved), "context", id
            )
        case "expire_context":
            let id = try id("context_id")
            return (.expireContext(id, at: try time("expired_at")), "context", id)
        default:
            let id = try id("task_id")
            return (.updateTask(id, try changes()), "task", id)
        }
    }

    private var reason: String? { line.string("reason") }

    private func id(_ field: String) throws(HansardError) -> Identifier {
        try ChatEvents.required(field, of: line)
    }

    private func changes() throws(HansardError) -> Record {
        guard let changes = line.record("changes") else { throw wrong("changes", "an object") }
        return changes
    }

    private func time(_ field: String) throws -> Instant? { try line.instant(field) }

    private func wrong(_ field: String, _ expected: String) -> HansardError {
        if !line.contains(field) || line.isNull(field) {
            return HansardError(.invalidArgument, "the field '\(field)' is missing")
        }
        return HansardError(.wrongType, "the field '\(field)' must be \(expected)")
    }

    private func missing(_ what: String, _ id: Identifier) -> HansardError {
        HansardError(.notFound, "\(what) \(id.text) does not exist")
    }
}
