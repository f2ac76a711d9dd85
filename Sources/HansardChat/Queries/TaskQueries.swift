public import Hansard
import HansardProjections
public import HansardRecords

extension ReadView {
    /// The task with this id, its agents as cards; nil when there is none or its session was
    /// deleted.
    ///
    /// Costs three lookups, one event, and one more for each agent and each update that still
    /// shows.
    public func task(_ id: Identifier) throws -> ChatRecord? {
        guard let ordinal = try stream(ChatEvents.stream(task: id))?.entity,
            let row = try taskRow(ordinal), try isAlive(session: row.session)
        else { return nil }
        return try taskRecord(ordinal, row)
    }

    /// Tasks of an agent, newest first, perhaps only those with a status.
    ///
    /// The cost follows the answer and the tasks of deleted sessions among it.
    /// - Throws: `HansardError` (`invalidArgument`) for a status no task can have.
    public func tasks(ofAgent id: Identifier, status: String? = nil) throws -> [ChatRecord] {
        try tasks(.agent(id), try Self.taskClass(of: status))
    }

    /// Tasks of a session, newest first; without `includingCompleted` those that are neither
    /// completed nor cancelled. An unknown session has none.
    public func tasks(
        ofSession id: Identifier, includingCompleted: Bool = false
    ) throws -> [ChatRecord] {
        guard let session = try sessionOrdinal(id) else { return [] }
        return try tasks(.session(session), includingCompleted ? .any : .open)
    }

    /// The newest tasks of all sessions, perhaps only those with a status.
    public func tasks(status: String? = nil, limit: Int) throws -> [ChatRecord] {
        try tasks(.all, try Self.taskClass(of: status), limit: limit)
    }

    /// A page of the tasks of all sessions, newest first, perhaps only those with a status.
    ///
    /// - Parameter cursor: where the page begins: the `next` of one before it.
    /// - Throws: `HansardError` (`invalidArgument`) for a status no task can have, a cursor of
    ///   another list, or a page of more than 10,000.
    public func taskPage(
        status: String? = nil, limit: Int, after cursor: PageCursor? = nil
    ) throws -> Page<ChatRecord> {
        try page(.all, try Self.taskClass(of: status), limit, cursor)
    }

    /// As `tasks(ofAgent:)`, a page of them.
    public func taskPage(
        ofAgent id: Identifier, status: String? = nil, limit: Int, after cursor: PageCursor? = nil
    ) throws -> Page<ChatRecord> {
        try page(.agent(id), try Self.taskClass(of: status), limit, cursor)
    }

    /// As `tasks(ofSession:)`, a page of them.
    public func taskPage(
        ofSession id: Identifier, includingCompleted: Bool = false, limit: Int,
        after cursor: PageCursor? = nil
    ) throws -> Page<ChatRecord> {
        guard let session = try sessionOrdinal(id) else {
            return Page(items: [], next: nil, previous: nil)
        }
        return try page(.session(session), includingCompleted ? .any : .open, limit, cursor)
    }

    private func page(
        _ scope: Tasks.Scope, _ part: Tasks.Class, _ limit: Int, _ cursor: PageCursor?
    ) throws -> Page<ChatRecord> {
        let prefix = Tasks.prefix(scope, part)
        var walk = try PageWalk(list: .tasks, prefix: prefix, limit: limit, skip: 0, .backwards)
        try walk.begin(after: cursor)
        var alive: [Position: Bool] = [:]
        let page = try walk.page(of: table(Tasks.lists)) { key, value -> Position? in
            guard let task = Tasks.task(in: key, behindPrefixOf: prefix.count),
                let session = Tasks.session(in: value)
            else { return nil }
            let isAlive = try alive[session] ?? isAlive(session: session)
            alive[session] = isAlive
            return isAlive ? task : nil
        }
        return try page.map { task in
            try taskRow(task).flatMap { try taskRecord(task, $0) }
        }
    }

    static func taskClass(of status: String?) throws(HansardError) -> Tasks.Class {
        guard let status else { return .any }
        if let part = Tasks.Class(status: status) { return part }
        throw HansardError(
            .invalidArgument,
            "'\(status)' is not a status of tasks: it is one of "
                + RecordRules.taskStatuses.joined(separator: ", "))
    }

    private func tasks(
        _ scope: Tasks.Scope, _ part: Tasks.Class, limit: Int = .max
    ) throws -> [ChatRecord] {
        let prefix = Tasks.prefix(scope, part)
        var found: [Position] = []
        var alive: [Position: Bool] = [:]
        try table(Tasks.lists).scan(KeyRange(prefix: prefix), .backwards) { key, value in
            guard found.count < limit else { return false }
            guard let task = Tasks.task(in: key, behindPrefixOf: prefix.count),
                let session = Tasks.session(in: value)
            else { return true }
            let isAlive = try alive[session] ?? isAlive(session: session)
            alive[session] = isAlive
            if isAlive { found.append(task) }
            return true
        }
        return try found.compactMap { task in
            try taskRow(task).flatMap { try taskRecord(task, $0) }
        }
    }

    func taskRow(_ ordinal: Position) throws -> Tasks.Row? {
        try table(Tasks.rows).get(Revisions.key(ordinal)).flatMap { Tasks.Row($0) }
    }

    func taskRecord(_ ordinal: Position, _ row: Tasks.Row) throws -> ChatRecord? {
        guard let current = try current(ordinal) else { return nil }
        let cards = try row.agents.compactMap { try agent($0)?.fields.value() }
        let fields = current.fields.withID(current.base.event.stream.id)
            .withNulls(for: RecordRules.taskFields)
            .setting("agents", to: .array(cards))
        return ChatRecord(position: ordinal, fields: fields)
    }
}
