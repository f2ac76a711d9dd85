import Hansard
import HansardChat
import HansardRecords

extension ModelContract {
    mutating func update(
        _ kind: RecordKind, _ id: Identifier, _ changes: Record, _ now: Instant
    ) throws -> ContractAnswer {
        guard let index = index(kind, id), !entries[index].isHidden else { return .nothing }
        let entry = entries[index]
        if entry.isRedacted { return .refused(.gone) }
        let identities = Self.identities[kind] ?? []
        let current = shown(entry)
        for name in identities where changes.contains(name) {
            if changes.field(name) != (current.field(name) ?? .null) {
                return .refused(.invalidArgument)
            }
        }
        // A registered card may have replaced one with another time.
        if changes.contains("created_at"),
            try changes.instant("created_at") != entry.fields.instant("created_at")
        {
            return .refused(.invalidArgument)
        }
        var draft = ModelDraft(record: changes.removing(identities + ["created_at"]))
        if kind != .context { draft.fill("updated_at", .string(now.text())) }
        var agents: [Identifier]?
        if kind == .task, case .array? = changes.field("agents") {
            agents = try Self.agents(changes)
        }
        if agents?.contains(where: { present(.agent, $0) == nil }) == true {
            return .refused(.notFound)
        }
        var set = draft.record
        if kind == .message {
            set = set.removing("updated_at")
                .setting("updated_at", to: set.field("updated_at") ?? .null)
        }
        return change(index) {
            $0.fields = $0.fields.merging(set)
            if let agents {
                $0.agents = []
                $0.link(agents)
            }
        }
    }

    private static let identities: [RecordKind: [String]] = [
        .agent: ["id"], .session: ["id"], .message: ["id", "message_uuid", "session_id"],
        .context: ["id", "session_id"], .task: ["id", "session_id"],
    ]

    // MARK: Sessions and messages

    mutating func delete(session id: Identifier) -> ContractAnswer {
        guard let index = index(.session, id) else { return .flag(false) }
        let position = entries[index].position
        _ = change(index) { $0.isGone = true }
        for other in entries.indices {
            let isOfContext =
                entries[other].kind == .context && !entries[other].isGone
                && entries[other].has("session_id", id)
            guard isOfContext || entries[other].session == position else { continue }
            entries[other].isGone = true
            entries[other].history.append(end)
        }
        return .flag(true)
    }

    mutating func trim(_ id: Identifier, _ kept: Int) -> ContractAnswer {
        if kept < 0 { return .refused(.invalidArgument) }
        let messages = messages(ofSession: id)
        guard messages.count > kept, let index = index(.session, id) else { return .count(0) }
        let hidden = messages.prefix(messages.count - kept).map(\.position)
        _ = change(index) { _ in }
        for other in entries.indices where hidden.contains(entries[other].position) {
            entries[other].isHidden = true
            entries[other].history.append(end)
        }
        return .count(hidden.count)
    }

    mutating func redact(
        _ id: Identifier, _ reason: String?, _ actor: String?, _ now: Instant
    ) -> ContractAnswer {
        // History shows the messages of deleted sessions, so they can be redacted too.
        guard let index = entries.lastIndex(where: { $0.kind == .message && $0.id == id }) else {
            return .nothing
        }
        if entries[index].isRedacted { return .record(shown(entries[index])) }
        var mark: [(String, Value)] = [
            ("at", .string(now.text())), ("by", actor.map { .string($0) } ?? .null),
        ]
        if let reason { mark.append(("reason", .string(reason))) }
        return change(index) {
            $0.isRedacted = true
            $0.fields = Self.blanked($0.fields, .object(mark))
        }
    }

    private static func blanked(_ fields: Record, _ mark: Value) -> Record {
        fields.selecting(keptFields).setting("parts", to: []).setting("redacted", to: mark)
    }

    /// The same moment as it is shown later, when messages may have been redacted since.
    public func shown(after later: ModelContract) -> ModelContract {
        var marks: [UInt64: Value] = [:]
        for entry in later.entries where entry.isRedacted {
            marks[entry.position] = entry.fields.field("redacted")
        }
        var shown = self
        for index in shown.entries.indices where shown.entries[index].kind == .message {
            let entry = shown.entries[index]
            guard let mark = marks[entry.position], !entry.isRedacted else { continue }
            shown.entries[index].fields = Self.blanked(entry.fields, mark)
        }
        return shown
    }

    private static let keptFields = [
        "id", "message_uuid", "session_id", "type", "role", "agent_id", "in_reply_to", "created_at",
        "updated_at",
    ]

    // MARK: Contexts and tasks

    mutating func extend(_ id: Identifier, _ minutes: Int, _ now: Instant) -> ContractAnswer {
        guard let index = index(.context, id) else { return .nothing }
        if minutes < 1 { return .refused(.invalidArgument) }
        let fields = entries[index].fields
        let old = (try? fields.instant("expires_at")) ?? nil
        let start = max(now, old ?? now).microsecondsSinceUnixEpoch
        let expires = Instant(microsecondsSinceUnixEpoch: start + Int64(minutes) * 60_000_000)
        var metadata = fields.record("context_metadata") ?? .empty
        metadata = metadata.setting("ttl_extended_at", to: .string(now.text()))
            .setting("ttl_extension", to: .integer(Int64(minutes)))
        return change(index) {
            $0.fields = $0.fields.setting("expires_at", to: .string(expires.text()))
                .setting("context_metadata", to: .object(metadata.map { ($0.name, $0.value) }))
        }
    }

    mutating func removeExpired(_ now: Instant) -> ContractAnswer {
        var count = 0
        let expired = entries.indices.filter {
            entries[$0].kind == .context && !entries[$0].isRemoved && entries[$0].isExpired(at: now)
        }
        // Each is an event; the longest expired comes first.
        let instants = expired.map { (try? entries[$0].fields.instant("expires_at")) ?? nil }
        for (_, index) in zip(instants, expired).sorted(by: {
            ($0.0 ?? now, $0.1) < ($1.0 ?? now, $1.1)
        }) {
            if !entries[index].isGone { count += 1 }
            _ = change(index) { ($0.isRemoved, $0.isGone) = (true, true) }
        }
        return .count(count)
    }

    mutating func link(
        _ id: Identifier, _ agents: [Identifier], _ now: Instant
    ) -> ContractAnswer {
        guard let index = index(.task, id),
            agents.allSatisfy({ present(.agent, $0) != nil })
        else { return .refused(.notFound) }
        if agents.allSatisfy({ entries[index].agents.contains($0) }) {
            return .record(shown(entries[index]))
        }
        return change(index) {
            $0.link(agents)
            $0.fields = $0.fields.setting("updated_at", to: .string(now.text()))
        }
    }
}
