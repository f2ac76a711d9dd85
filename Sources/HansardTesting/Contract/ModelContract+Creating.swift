import Hansard
import HansardChat
public import HansardRecords

/// A record as a caller gave it, with what the contract fills in.
struct ModelDraft {
    var record: Record
    var filled: Set<String> = []

    mutating func fill(_ name: String, _ value: Value) {
        if record.contains(name), !record.isNull(name) { return }
        record = record.setting(name, to: value)
        filled.insert(name)
    }

    /// True if it says what another record does, leaving out what it does not say.
    func says(_ other: Record) -> Bool { record.isEquivalent(to: other, ignoring: filled) }
}

extension ModelContract {
    /// Does what a command asks at the time given, on whose word, and answers.
    public mutating func apply(
        _ command: ContractCommand, at now: Instant, by actor: String? = nil
    ) throws -> ContractAnswer {
        switch command {
        case .registerDefaultAgents: try registerDefaultAgents(now)
        case .registerAgent(let card): try registerAgent(card, now)
        case .createSession(let record): try createSession(record, now)
        case .createMessage(let record): try createMessage(record, now)
        case .shareContext(let record): try shareContext(record, now)
        case .createTask(let record): try createTask(record, now)
        case .linkTask(let id, let agents): link(id, agents, now)
        case .deleteSession(let id): delete(session: id)
        case .trim(let id, let kept): trim(id, kept)
        case .redactMessage(let id, let reason): redact(id, reason, actor, now)
        case .extendContext(let id, let minutes): extend(id, minutes, now)
        case .removeExpired: removeExpired(now)
        case .updateAgent(let id, let changes): try update(.agent, id, changes, now)
        case .updateSession(let id, let changes): try update(.session, id, changes, now)
        case .editMessage(let id, let changes): try update(.message, id, changes, now)
        case .updateContext(let id, let changes): try update(.context, id, changes, now)
        case .updateTask(let id, let changes): try update(.task, id, changes, now)
        }
    }

    // MARK: Creating

    private mutating func registerDefaultAgents(_ now: Instant) throws -> ContractAnswer {
        if entries.contains(where: { $0.kind == .agent }) { return .nothing }
        for (id, name) in [("chloe", "Chloe"), ("phil_connors", "Phil Connors")] {
            let card = Record.empty.setting("id", to: .string(id))
                .setting("name", to: .string(name)).setting("is_active", to: true)
                .setting("capabilities", to: ["chat"]).setting("config", to: [:])
            _ = try registerAgent(card, now)
        }
        return .nothing
    }

    private mutating func registerAgent(_ card: Record, _ now: Instant) throws -> ContractAnswer {
        var draft = ModelDraft(record: card)
        let id = try id(of: card)
        guard let index = index(.agent, id) else {
            draft.fill("created_at", .string(now.text()))
            return try create(.agent, id, draft)
        }
        let agent = entries[index]
        draft.fill("created_at", agent.fields.field("created_at") ?? .null)
        var compared = draft
        compared.fill("updated_at", .null)
        compared.record = shown(with(agent, compared.record))
        if compared.says(shown(agent)) { return .record(shown(agent)) }
        draft.fill("updated_at", .string(now.text()))
        return change(index) { $0.fields = draft.record }
    }

    private func with(_ entry: Entry, _ fields: Record) -> Entry {
        var entry = entry
        entry.fields = fields
        return entry
    }

    private mutating func createSession(_ record: Record, _ now: Instant) throws -> ContractAnswer {
        var draft = ModelDraft(record: record)
        let id = try id(of: record)
        draft.fill("title", .string("Chat Session \(now.text())"))
        draft.fill("session_type", "chat")
        draft.fill("session_metadata", [:])
        draft.fill("created_at", .string(now.text()))
        if let session = present(.session, id) {
            return draft.says(session.original)
                ? .record(session.fields) : .refused(.idConflict)
        }
        return try create(.session, id, draft)
    }

    private mutating func createMessage(_ record: Record, _ now: Instant) throws -> ContractAnswer {
        var draft = ModelDraft(record: record)
        let id = try id(of: record, "message_uuid")
        draft.fill("created_at", .string(now.text()))
        if let refusal = repeated(.message, id, draft) { return refusal }
        guard let session = present(.session, try self.id(of: record, "session_id")) else {
            return .refused(.notFound)
        }
        return try create(.message, id, draft, in: session.position)
    }

    private mutating func shareContext(_ record: Record, _ now: Instant) throws -> ContractAnswer {
        var draft = ModelDraft(record: record)
        let id = try id(of: record)
        draft.fill("created_at", .string(now.text()))
        return try repeated(.context, id, draft) ?? create(.context, id, draft)
    }

    private mutating func createTask(_ record: Record, _ now: Instant) throws -> ContractAnswer {
        var draft = ModelDraft(record: record)
        let id = try id(of: record)
        draft.fill("created_at", .string(now.text()))
        if let refusal = repeated(.task, id, draft) { return refusal }
        guard let session = present(.session, try self.id(of: record, "session_id")) else {
            return .refused(.notFound)
        }
        let agents = try Self.agents(record)
        if agents.contains(where: { present(.agent, $0) == nil }) { return .refused(.notFound) }
        return try create(.task, id, draft, in: session.position, linked: agents)
    }

    /// The answer for an id that was used before; nil for a new one.
    private func repeated(
        _ kind: RecordKind, _ id: Identifier, _ draft: ModelDraft
    ) -> ContractAnswer? {
        guard wasUsed(kind, id) else { return nil }
        guard let there = present(kind, id) else { return .refused(.gone) }
        return draft.says(there.original) ? .record(shown(there)) : .refused(.idConflict)
    }

    private mutating func create(
        _ kind: RecordKind, _ id: Identifier, _ draft: ModelDraft, in session: UInt64? = nil,
        linked agents: [Identifier] = []
    ) throws -> ContractAnswer {
        guard let created = try draft.record.instant("created_at") else {
            throw Mismatch("a draft without a time")
        }
        end += 1
        var entry = Entry(
            kind: kind, id: id, position: end, created: created, original: draft.record,
            fields: draft.record, history: [end])
        entry.session = session
        entry.link(agents)
        entries.append(entry)
        return .record(shown(entry))
    }

    // MARK: Parts

    /// Records an event about an entry and answers with what became of it.
    mutating func change(_ index: Int, _ body: (inout Entry) -> Void) -> ContractAnswer {
        end += 1
        body(&entries[index])
        entries[index].history.append(end)
        return .record(shown(entries[index]))
    }

    private func id(of record: Record, _ field: String = "id") throws -> Identifier {
        guard let id = try record.identifier(field) else { throw Mismatch("a record without id") }
        return id
    }

    /// The ids in `agents`, a list of objects.
    static func agents(_ record: Record) throws -> [Identifier] {
        guard case .array(let items)? = record.field("agents") else { return [] }
        return try items.map { item in
            guard case .object(let fields) = item, case .string(let id)? = fields.first?.1 else {
                throw Mismatch("an agent that is no object")
            }
            return try Identifier(id)
        }
    }
}

extension ModelContract.Entry {
    mutating func link(_ ids: [Identifier]) {
        for id in ids where !agents.contains(id) { agents.append(id) }
    }
}
