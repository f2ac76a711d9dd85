import Hansard
import HansardProjections
import HansardRecords

/// Makes events of every type of the chat domain with data that may be what the type promises, or
/// lack it, or be something else: what any program that appends by itself could write.
struct RandomChatEvents: Sendable {
    private var random: SeededGenerator
    private let ids: [Identifier]

    init(_ random: SeededGenerator, ids: [Identifier]) {
        self.random = random
        self.ids = ids
    }

    private static let types = [
        ChatEventTypes.agentRegistered, ChatEventTypes.agentUpdated, ChatEventTypes.sessionCreated,
        ChatEventTypes.sessionUpdated, ChatEventTypes.sessionTrimmed, ChatEventTypes.sessionDeleted,
        ChatEventTypes.messageCreated, ChatEventTypes.messageEdited, ChatEventTypes.messageRedacted,
        ChatEventTypes.contextShared, ChatEventTypes.contextUpdated, ChatEventTypes.contextExtended,
        ChatEventTypes.contextExpired, ChatEventTypes.taskCreated, ChatEventTypes.taskUpdated,
        ChatEventTypes.taskLinked,
    ]

    /// The events that name other events by their positions.
    private static let referring = [
        ChatEventTypes.sessionTrimmed, ChatEventTypes.messageEdited, ChatEventTypes.messageRedacted,
    ]

    private static let names = [
        "id", "session_id", "message_uuid", "created_at", "updated_at", "message_position",
        "changes", "original", "newest_hidden", "through", "max_messages", "redacted_at", "reason",
        "agent_id", "source_agent_id", "target_agent_id", "expires_at", "context_metadata",
        "agents", "status", "title", "é", "e\u{301}",
    ]

    /// An event on a stream, whatever kind of thing that is about.
    mutating func next(stream: StreamName, id: Identifier) throws -> Event {
        let type = random.pick(random.chance(40) ? Self.referring : Self.types)
        let isEnd = random.chance(4)
        let begins = [
            ChatEventTypes.sessionCreated, ChatEventTypes.contextShared, ChatEventTypes.taskCreated,
            ChatEventTypes.agentRegistered,
        ]
        let isBeginning = begins.contains(type) && random.chance(70)
        let metadata: Record =
            random.chance(60)
            ? .empty.setting("session_position", to: random.chance(80) ? position() : .null)
            : .empty
        return Event(
            id: id, type: type, stream: stream,
            lifecycle: isEnd ? .ends : isBeginning ? .begins : .continues,
            actor: random.chance(20) ? "alice" : nil, data: try data(), metadata: metadata)
    }

    private mutating func data() throws -> Record {
        var fields: [(String, Value)] = []
        for name in Self.names where random.chance(85) {
            fields.append((name, random.chance(12) ? oddValue() : value(name)))
        }
        return try Record(fields)
    }

    /// The expected content of a field.
    private mutating func value(_ name: String) -> Value {
        switch name {
        case "created_at", "updated_at", "redacted_at", "expires_at": return time()
        case "message_position", "through", "max_messages": return position()
        case "id", "session_id", "message_uuid", "agent_id", "source_agent_id", "target_agent_id":
            return id()
        case "newest_hidden":
            return ["created_at": time(), "position": random.chance(90) ? position() : oddValue()]
        case "original": return ["created_at": time(), "agent_id": id()]
        case "changes": return ["agent_id": random.chance(80) ? id() : .null, "parts": []]
        case "agents": return [["id": id()], id()]
        case "status": return random.pick(["pending", "completed", "cancelled", "none such"])
        default: return .string("text")
        }
    }

    private mutating func oddValue() -> Value {
        random.pick([
            .null, .bool(true), -1, 0, 1.5, .integer(.max), .integer(.min), .unsigned(.max), "",
            "x",
            [], [:], [[]], ["id": [:]], .string(String(repeating: "x", count: 300)),
        ])
    }

    private mutating func id() -> Value { .string(random.pick(ids).text) }

    /// A position of something there, of nothing, or of something to come.
    private mutating func position() -> Value { .integer(Int64(random.below(300))) }

    private mutating func time() -> Value {
        let seconds = Int64(1_740_000_000 + random.below(3))
        return .string(Instant(microsecondsSinceUnixEpoch: seconds * 1_000_000).text())
    }
}
