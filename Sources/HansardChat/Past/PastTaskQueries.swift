import Hansard
import HansardProjections
public import HansardRecords

extension PastView {
    /// The task as it was, its agents' cards as they were; nil when it was not there.
    public func task(_ id: Identifier) throws -> ChatRecord? {
        guard let ordinal = try ordinal(ChatEvents.stream(task: id)) else { return nil }
        return try task(at: ordinal).map { try record(of: $0) }
    }

    /// The tasks a session had, newest first; without `includingCompleted` those that were neither
    /// completed nor cancelled.
    public func tasks(
        ofSession id: Identifier, includingCompleted: Bool = false
    ) throws -> [ChatRecord] {
        var tasks: [ChatRecord] = []
        var next: PageCursor?
        repeat {
            let page = try taskPage(
                ofSession: id, includingCompleted: includingCompleted, limit: PageWalk.limitMax,
                after: next)
            tasks += page.items
            next = page.next
        } while next != nil
        return tasks
    }

    /// As `tasks(ofSession:)`, a page of them. The cost follows the page, and the tasks among it
    /// that came later or are not asked for.
    ///
    /// - Parameter cursor: where the page begins: the `next` of one before it.
    /// - Throws: `HansardError` (`invalidArgument`) for a cursor of another list, or a page of more
    ///   than 10,000.
    public func taskPage(
        ofSession id: Identifier, includingCompleted: Bool = false, limit: Int,
        after cursor: PageCursor? = nil
    ) throws -> Page<ChatRecord> {
        guard let session = try ordinal(ChatEvents.stream(session: id)) else {
            return Page(items: [], next: nil, previous: nil)
        }
        // Status changes with time, the session never: of all its tasks none moved away.
        return try page(.session(session), .any, limit, cursor) { task in
            includingCompleted || !["completed", "cancelled"].contains(task.status ?? "")
        }
    }

    /// A page of the tasks there were of an agent, newest first, perhaps only those that had a
    /// status.
    ///
    /// The cost follows the page, and the tasks among it that were the agent's, or had the status,
    /// at another time.
    /// - Throws: `HansardError` (`invalidArgument`) for a status no task can have, a cursor of
    ///   another list, or a page of more than 10,000.
    public func taskPage(
        ofAgent id: Identifier, status: String? = nil, limit: Int, after cursor: PageCursor? = nil
    ) throws -> Page<ChatRecord> {
        let part = try ReadView.taskClass(of: status)
        return try page(.agent(id), part, limit, cursor) { task in
            task.agents.contains(id) && (status == nil || task.status == status)
        }
    }

    /// As `taskPage(ofAgent:)`, of the tasks of all sessions.
    public func taskPage(
        status: String? = nil, limit: Int, after cursor: PageCursor? = nil
    ) throws -> Page<ChatRecord> {
        let part = try ReadView.taskClass(of: status)
        return try page(.all, part, limit, cursor) { status == nil || $0.status == status }
    }

    /// A task as it was: what a list looks at before its agents' cards are read.
    private struct PastTask {
        let ordinal: Position
        let fields: Record
        let agents: [Identifier]
        var status: String? { fields.string("status") }
    }

    private func page(
        _ scope: Tasks.Scope, _ part: Tasks.Class, _ limit: Int, _ cursor: PageCursor?,
        _ isWanted: (PastTask) -> Bool
    ) throws -> Page<ChatRecord> {
        let prefix = Tasks.prefix(scope, part)
        var walk = try PageWalk(list: .tasks, prefix: prefix, limit: limit, skip: 0, .backwards)
        try walk.begin(after: cursor)
        let tables = try [view.table(Tasks.lists), view.table(Tasks.former)]
        let page = try walk.page(ofMerged: tables) { key, _ -> PastTask? in
            guard let ordinal = Tasks.task(in: key, behindPrefixOf: prefix.count),
                ordinal <= position, let task = try task(at: ordinal), isWanted(task)
            else { return nil }
            return task
        }
        return try page.map { try record(of: $0) }
    }

    private func task(at ordinal: Position) throws -> PastTask? {
        guard let task = try identified(ordinal), let row = try view.taskRow(ordinal),
            let session = try view.event(at: row.session),
            try self.ordinal(session.event.stream) == row.session
        else { return nil }
        return try PastTask(
            ordinal: ordinal, fields: task.fields, agents: linkedAgents(ordinal))
    }

    private func record(of task: PastTask) throws -> ChatRecord {
        let cards = try task.agents.compactMap { try agent($0)?.fields.value() }
        return ChatRecord(
            position: task.ordinal,
            fields: task.fields.withNulls(for: RecordRules.taskFields)
                .setting("agents", to: .array(cards)))
    }

    /// The agents a task was linked to, in the order they were linked.
    private func linkedAgents(_ task: Position) throws -> [Identifier] {
        var linked: [Identifier] = []
        for change in try [task] + view.changes(of: task) where change <= position {
            guard let event = try view.event(at: change),
                let agents = Tasks.agents(in: event.event.data)
            else { continue }
            if event.event.type != ChatEventTypes.taskLinked { linked = [] }
            for agent in agents where !linked.contains(agent) { linked.append(agent) }
        }
        return linked
    }
}
