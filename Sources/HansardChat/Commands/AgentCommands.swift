public import Hansard
import HansardProjections
public import HansardRecords

extension ChatCommand where Answer == ChatRecord {
    /// Registers an agent (`create_agent_card`): answers with its card.
    ///
    /// A missing `id` becomes a UUID, missing times are filled. The same id again replaces the
    /// card: one event each time the content differs from the current card, none otherwise.
    public static func registerAgent(_ card: Record) -> ChatCommand {
        var draft = RecordDraft(card)
        let identified = Result { () throws(HansardError) in try draft.identify("id") }
        return ChatCommand { [draft] view, context in
            let id = try identified.get()
            var draft = draft
            guard let state = try view.stream(ChatEvents.stream(agent: id)),
                let ordinal = state.entity, let current = try view.current(ordinal)
            else {
                draft.fill("created_at", .string(context.now.text()))
                return .append(try plan(id, draft, replacing: nil))
            }
            draft.fill("created_at", current.fields.field("created_at") ?? .null)
            if isSame(draft, current, id), let card = try view.agentCard(ordinal) {
                return .answer(card)
            }
            draft.fill("updated_at", .string(context.now.text()))
            return .append(try plan(id, draft, replacing: state.revision))
        }
    }

    /// True if the card says what the present one does, leaving out the times it does not say.
    /// Cards read with every field, so a null is as good as none.
    private static func isSame(
        _ new: RecordDraft, _ current: CurrentRecord, _ id: Identifier
    ) -> Bool {
        var ignored = Set(new.filled)
        if !new.record.contains("updated_at") || new.record.isNull("updated_at") {
            ignored.insert("updated_at")
        }
        return new.record.withNulls(for: RecordRules.agentFields).isEquivalent(
            to: current.fields.withID(id).withNulls(for: RecordRules.agentFields),
            ignoring: ignored)
    }

    private static func plan(
        _ id: Identifier, _ draft: RecordDraft, replacing revision: Revision?
    ) throws(HansardError) -> Plan {
        let append = try ChatEvents.agentRegistered(
            id, draft.record, replacing: revision, filled: draft.filled)
        return Plan(append: append) { appended, store in
            try store.read { view in
                try view.agent(id) ?? ChatRecord(position: appended.first, fields: draft.record)
            }
        }
    }
}

extension ChatCommand where Answer == ChatRecord? {
    /// Merges fields into an agent's card (`update_agent_card`): answers with the card, nil when
    /// there is none. `updated_at` is filled when it is not given.
    public static func updateAgent(_ id: Identifier, _ changes: Record) -> ChatCommand {
        let update = RecordUpdate(what: "agent", rules: RecordRules.agent, identities: ["id"])
        let stream = ChatEvents.stream(agent: id)
        return ChatCommand { view, context in
            guard let current = try view.agent(id) else { return .answer(nil) }
            let draft = try update.draft(changes, of: current.fields, context)
            let append = ChatEvents.change(
                ChatEventTypes.agentUpdated, stream, current.position, draft)
            return .append(Plan(append: append) { _, store in try store.read { try $0.agent(id) } })
        }
    }
}

extension Chat {
    /// The agents a new system begins with.
    static let defaultAgents = [
        ("chloe", "Chloe"), ("phil_connors", "Phil Connors"),
    ]

    /// Registers the default agents `chloe` and `phil_connors` when there is no agent at all
    /// (`init_database`). Safe to repeat.
    public func registerDefaultAgents() async throws(HansardError) {
        for card in try missingDefaultAgents() { _ = try await perform(.registerAgent(card)) }
    }

    /// `registerDefaultAgents` for a plain thread.
    public func registerDefaultAgentsBlocking() throws(HansardError) {
        for card in try missingDefaultAgents() { _ = try performBlocking(.registerAgent(card)) }
    }

    private func missingDefaultAgents() throws(HansardError) -> [Record] {
        do {
            if try read({ try $0.hasAgents() }) { return [] }
            return try Self.defaultAgents.map { id, name in
                try Record([
                    ("id", .string(id)), ("name", .string(name)), ("is_active", true),
                    ("capabilities", ["chat"]), ("config", [:]),
                ])
            }
        } catch {
            throw HansardError.wrapping(error, doing: "registering the default agents")
        }
    }
}
