import Hansard
import HansardProjections
public import HansardRecords

extension ChatCommand where Answer == ChatRecord {
    /// Creates a task (`create_task`): answers with it, its agents as cards.
    ///
    /// A missing `id` becomes a UUID, a missing `created_at` now. The session and every agent in
    /// `agents` must exist, else `notFound` and nothing is written. The same id and content again
    /// answer with the task there is; other content is an `idConflict`, an id of a deleted task
    /// `gone`.
    public static func createTask(_ task: Record) -> ChatCommand {
        var draft = RecordDraft(task)
        let identified = Result { () throws(HansardError) in try draft.identify("id") }
        return ChatCommand { [draft] view, context in
            let id = try identified.get()
            var draft = draft
            draft.fill("created_at", .string(context.now.text()))
            let name = ChatEvents.stream(task: id)
            if let first = try view.firstEvent(of: name) {
                guard let record = try view.task(id) else { throw gone("task", id) }
                guard first.event.isRepeated(by: draft, id: id) else {
                    throw exists("task", id, at: first.position)
                }
                return .answer(record)
            }
            try FieldRule.check(draft.record, RecordRules.task, of: "task")
            let sessionID = try ChatEvents.required("session_id", of: draft.record)
            guard let session = try view.sessionOrdinal(sessionID) else {
                throw noSession(sessionID)
            }
            var append = try TaskAgents(in: draft.record).checked(in: view)
            append.events = [
                Event(
                    type: ChatEventTypes.taskCreated, stream: name, lifecycle: .begins,
                    data: draft.record,
                    metadata: .empty.setting(
                        "session_position", to: .integer(Int64(session.rawValue))),
                    filledFields: draft.filled + ["session_position"])
            ]
            append.expecting[name] = .newStream
            append.expecting[ChatEvents.stream(session: sessionID)] = .entity(session)
            return .append(
                Plan(append: append) { _, store in
                    guard let record = try store.read({ try $0.task(id) }) else {
                        throw gone("task", id)
                    }
                    return record
                })
        }
    }
}

/// The agents a task is linked to, as a record names them.
struct TaskAgents {
    let ids: [Identifier]

    static let agentsMax = 1_000

    init(_ ids: [Identifier]) { self.ids = ids }

    /// Reads `agents`: objects with an `id`, or ids.
    ///
    /// - Throws: `HansardError`: `wrongType` when it is no list or an entry is neither,
    ///   `invalidIdentifier` when the id of an entry can't be one.
    init(in record: Record) throws(HansardError) {
        guard record.contains("agents"), !record.isNull("agents") else {
            ids = []
            return
        }
        guard case .array(let items)? = record.field("agents") else { throw Self.wrongType }
        var ids: [Identifier] = []
        for item in items { ids.append(try Self.id(item)) }
        self.ids = ids
    }

    private static let wrongType = HansardError(
        .wrongType, "task: the field 'agents' must be a list of objects with an 'id', or of ids")

    private static func id(_ item: Value) throws(HansardError) -> Identifier {
        var id: Value? = item
        if case .object(let fields) = item { id = fields.first { $0.0 == "id" }?.1 }
        guard case .string(let text)? = id else { throw wrongType }
        do { return try Identifier(text) } catch {
            throw HansardError(error, what: "task: the field 'agents': \(error.what)")
        }
    }

    /// An append that expects every agent to exist, without events yet.
    ///
    /// - Throws: `HansardError` (`notFound`) for the first that does not.
    func checked(in view: ReadView) throws -> Append {
        guard ids.count <= Self.agentsMax else {
            throw HansardError(
                .invalidArgument, "a task can be linked to at most \(Self.agentsMax) agents at once"
            )
        }
        var append = Append([])
        for id in ids {
            let stream = ChatEvents.stream(agent: id)
            guard try view.stream(stream)?.entity != nil else {
                throw HansardError(
                    .notFound,
                    "agent \(id.text) does not exist",
                    advice: .createFirst("agent"))
            }
            append.expecting[stream] = .streamExists
        }
        return append
    }
}

extension ChatCommand where Answer == ChatRecord? {
    /// Merges fields into a task (`update_task`): answers with it, nil when there is none.
    /// `agents`, when given, replaces the links. `updated_at` is filled when it is not given.
    public static func updateTask(_ id: Identifier, _ changes: Record) -> ChatCommand {
        let update = RecordUpdate(
            what: "task", rules: RecordRules.task, identities: ["id", "session_id"])
        return ChatCommand { view, context in
            guard let current = try view.task(id) else { return .answer(nil) }
            let draft = try update.draft(changes, of: current.fields, context)
            var append = try TaskAgents(in: draft.record).checked(in: view)
            let change = ChatEvents.change(
                ChatEventTypes.taskUpdated, ChatEvents.stream(task: id), current.position, draft)
            append.events = change.events
            append.expecting.merge(change.expecting) { $1 }
            return .append(Plan(append: append) { _, store in try store.read { try $0.task(id) } })
        }
    }
}

extension ChatCommand where Answer == ChatRecord {
    /// Links agents to a task (`link_task_agents`): answers with the task. When the task or one of
    /// the agents does not exist it is `notFound`, and nothing is linked.
    public static func linkTask(_ id: Identifier, to agents: [Identifier]) -> ChatCommand {
        linkTask(id, to: agents, at: nil)
    }

    /// - Parameter time: when it was done, for history from another store.
    static func linkTask(
        _ id: Identifier, to agents: [Identifier], at time: Instant?
    ) -> ChatCommand {
        ChatCommand { view, context in
            guard let current = try view.task(id), let row = try view.taskRow(current.position)
            else {
                throw HansardError(.notFound, "task \(id.text) does not exist")
            }
            var append = try TaskAgents(agents).checked(in: view)
            if Set(agents).isSubset(of: row.agents) { return .answer(current) }
            var draft = RecordDraft(
                .empty.setting("agents", to: .array(agents.map { .string($0.text) })))
            draft.choose("updated_at", .string((time ?? context.now).text()))
            let change = ChatEvents.change(
                ChatEventTypes.taskLinked, ChatEvents.stream(task: id), current.position, draft)
            append.events = change.events
            append.expecting.merge(change.expecting) { $1 }
            return .append(
                Plan(append: append) { _, store in
                    try store.read { try $0.task(id) } ?? current
                })
        }
    }
}
