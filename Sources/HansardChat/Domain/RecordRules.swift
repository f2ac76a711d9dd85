import HansardRecords

/// The rules for the fields of each kind of record. Fields not named here are free.
enum RecordRules {
    static let agent = [
        FieldRule(name: "id", kind: .identifier),
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

    static let session = [
        FieldRule(name: "id", kind: .identifier),
        FieldRule(name: "title", kind: .text),
        FieldRule(name: "session_type", kind: .text),
        FieldRule(name: "session_metadata", kind: .object),
        FieldRule(name: "created_at", kind: .time, isRequired: true),
        FieldRule(name: "updated_at", kind: .time),
    ]

    static let message = [
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

    static let context = [
        FieldRule(name: "id", kind: .identifier),
        FieldRule(name: "session_id", kind: .identifier),
        FieldRule(name: "source_agent_id", kind: .identifier, isRequired: true),
        FieldRule(name: "target_agent_id", kind: .identifier, isRequired: true),
        FieldRule(name: "context_type", kind: .oneOf(["full", "relevant", "summary"])),
        FieldRule(name: "content", kind: .object),
        FieldRule(name: "context_metadata", kind: .object),
        FieldRule(name: "created_at", kind: .time, isRequired: true),
        FieldRule(name: "expires_at", kind: .time),
    ]

    static let taskStatuses = ["pending", "in_progress", "completed", "failed", "cancelled"]

    static let task = [
        FieldRule(name: "id", kind: .identifier),
        FieldRule(name: "session_id", kind: .identifier, isRequired: true),
        FieldRule(name: "title", kind: .text),
        FieldRule(name: "description", kind: .text),
        FieldRule(name: "status", kind: .oneOf(taskStatuses)),
        FieldRule(name: "priority", kind: .oneOf(["low", "medium", "high", "critical"])),
        FieldRule(name: "config", kind: .object),
        FieldRule(name: "context", kind: .object),
        FieldRule(name: "created_at", kind: .time, isRequired: true),
        FieldRule(name: "updated_at", kind: .time),
        FieldRule(name: "started_at", kind: .time),
        FieldRule(name: "completed_at", kind: .time),
        FieldRule(name: "agents", kind: .list),
    ]

    /// The fields every agent card comes back with.
    static let agentFields = [
        "id", "name", "description", "color", "icon_path", "is_active", "capabilities", "config",
        "created_at", "updated_at",
    ]

    /// The fields every task comes back with.
    static let taskFields = [
        "id", "session_id", "title", "description", "status", "priority", "config", "context",
        "result", "created_at", "updated_at", "started_at", "completed_at", "agents",
    ]

    /// The same rules for some of the fields: none is required, those given must hold.
    static func optional(_ rules: [FieldRule]) -> [FieldRule] {
        rules.map { FieldRule(name: $0.name, kind: $0.kind) }
    }
}
