public import Hansard
public import HansardRecords

/// A2A tasks by session, by agent and over all, in whole and by status.
public struct Tasks: Projection {
    /// Task ordinal → `Row`.
    public static let rows = "tasks.rows"
    /// `Scope`, `Class`, instant of creation, ordinal → session ordinal.
    public static let lists = "tasks.lists"
    /// As `lists`: what was in one of them and is not any more, for reads of the past.
    public static let former = "tasks.former"

    public let tables = [rows, lists, former]

    private static let listsTable = 1
    private static let formerTable = 2

    public init() {}

    /// The subject of a list.
    public enum Scope: Sendable {
        case all
        case session(Position)
        case agent(Identifier)
    }

    /// Which of a scope's tasks a list has.
    public enum Class: UInt8, Sendable {
        case any = 0
        /// Neither completed nor cancelled.
        case open = 1
        case pending = 2
        case inProgress = 3
        case completed = 4
        case failed = 5
        case cancelled = 6

        /// The class of a status; nil when it is none the gateway has.
        public init?(status: String) {
            switch status {
            case "pending": self = .pending
            case "in_progress": self = .inProgress
            case "completed": self = .completed
            case "failed": self = .failed
            case "cancelled": self = .cancelled
            default: return nil
            }
        }
    }

    /// The fields by which a task is listed without reading it.
    public struct Row: Sendable, Equatable {
        public let session: Position
        public let created: Instant
        /// Nil for a status the gateway does not have.
        public var status: Class?
        /// Linked agents, in the order they were linked.
        public var agents: [Identifier] = []

        init(session: Position, created: Instant) {
            self.session = session
            self.created = created
        }
    }

    public func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool {
        [
            ChatEventTypes.taskCreated, ChatEventTypes.taskUpdated, ChatEventTypes.taskLinked,
        ].contains(type)
    }

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard let task = event.entity else { return }
        let data = event.event.data
        switch event.event.type {
        case ChatEventTypes.taskCreated:
            guard event.position == task, let created = try? data.instant("created_at"),
                let session = event.event.metadata.integer("session_position"), session > 0
            else { return }
            var row = Row(session: Position(UInt64(session)), created: created)
            row.apply(data)
            try replace(nil, with: row, task, tables)
        case ChatEventTypes.taskUpdated: try change(task, tables) { $0.apply(data) }
        case ChatEventTypes.taskLinked:
            try change(task, tables) { $0.link(Self.agents(in: data) ?? []) }
        default: return
        }
    }

    private func change(
        _ task: Position, _ tables: FoldTables, _ body: (inout Row) -> Void
    ) throws {
        guard let old = try tables.get(Revisions.key(task)).flatMap({ Row($0) }) else { return }
        var new = old
        body(&new)
        try replace(old, with: new, task, tables)
    }

    /// A key is in `lists` or in `former`, never in both: reads of the past merge the two.
    private func replace(
        _ old: Row?, with new: Row, _ task: Position, _ tables: FoldTables
    ) throws {
        try tables.put(new.encode(), for: Revisions.key(task))
        var session: [UInt8] = []
        session.append(new.session)
        let (before, now) = (old?.listKeys(task) ?? [], new.listKeys(task))
        for key in before where !now.contains(key) {
            tables.delete(key, table: Self.listsTable)
            try tables.put(session, for: key, table: Self.formerTable)
        }
        for key in now where !before.contains(key) {
            try tables.put(session, for: key, table: Self.listsTable)
            if old != nil { tables.delete(key, table: Self.formerTable) }
        }
    }

    /// The ids in `agents`: a list of texts, or of objects with an `id`. Nil when it is no list.
    public static func agents(in data: Record) -> [Identifier]? {
        guard case .array(let items)? = data.field("agents") else { return nil }
        return items.compactMap { item in
            switch item {
            case .string(let text): try? Identifier(text)
            case .object(let fields):
                fields.first { $0.0 == "id" }.flatMap { field in
                    if case .string(let text) = field.1 { try? Identifier(text) } else { nil }
                }
            default: nil
            }
        }
    }

    // MARK: Keys

    /// The prefix of a list's keys.
    public static func prefix(_ scope: Scope, _ part: Class) -> [UInt8] {
        var key: [UInt8]
        switch scope {
        case .all: key = [0]
        case .session(let session):
            key = [1]
            key.append(session)
        case .agent(let id):
            key = [2]
            IdentifierKey.append(id, to: &key)
        }
        key.append(part.rawValue)
        return key
    }

    /// The task a key of `lists` stands for, after a prefix of `length` bytes.
    public static func task(in key: Span<UInt8>, behindPrefixOf length: Int) -> Position? {
        var offset = length + Instant.orderedByteCount
        return OrderedInteger.read(key, at: &offset).map { Position($0) }
    }

    /// The session ordinal in a row of `lists`.
    public static func session(in row: Span<UInt8>) -> Position? {
        MessagesByAgent.session(in: row)
    }
}
