public import HansardChat
public import HansardRecords

/// The gateway's contract as one array of records that is searched from end to end: no index, no
/// event, none of the projector's code.
public struct ModelContract: Sendable {
    /// A record of any kind, in one incarnation.
    public struct Entry: Sendable {
        public let kind: RecordKind
        public let id: Identifier
        /// Position of the event that created it.
        public let position: UInt64
        public let created: Instant
        /// As it was when it was created.
        let original: Record
        public var fields: Record
        /// Positions of all events that touched it.
        public var history: [UInt64]
        /// The session it is in, by the position of that incarnation; for messages and tasks.
        public var session: UInt64?
        /// Deleted, or in a deleted session.
        public var isGone = false
        /// A message hidden by a trim.
        public var isHidden = false
        public var isRedacted = false
        /// A context that was removed for having expired.
        var isRemoved = false
        /// Agents a task is linked to.
        public var agents: [Identifier] = []
    }

    public var entries: [Entry] = []
    /// Position of the last event.
    public var end: UInt64 = 0

    public init() {}

    // MARK: What is there

    /// The entry with this id that was not deleted; messages hidden by a trim are among them.
    public func present(_ kind: RecordKind, _ id: Identifier) -> Entry? {
        entries.last { $0.kind == kind && $0.id == id && !$0.isGone }
    }

    func index(_ kind: RecordKind, _ id: Identifier) -> Int? {
        entries.lastIndex { $0.kind == kind && $0.id == id && !$0.isGone }
    }

    /// True if there ever was one with this id.
    func wasUsed(_ kind: RecordKind, _ id: Identifier) -> Bool {
        entries.contains { $0.kind == kind && $0.id == id }
    }

    /// The record that a read answers with; nil when it is not to be seen.
    public func record(_ kind: RecordKind, _ id: Identifier) -> Record? {
        present(kind, id).flatMap { $0.isHidden ? nil : shown($0) }
    }

    /// A record as it is answered: with every field its kind has to have.
    public func shown(_ entry: Entry) -> Record {
        switch entry.kind {
        case .session, .context: return entry.fields
        case .message:
            if entry.fields.contains("id"), !entry.fields.isNull("id") { return entry.fields }
            return entry.fields.setting("id", to: .integer(Int64(entry.position)))
        case .agent: return entry.fields.completed(with: Self.agentFields)
        case .task:
            let cards = entry.agents.compactMap { present(.agent, $0) }.map { agent in
                Value.object(shown(agent).map { ($0.name, $0.value) })
            }
            return entry.fields.completed(with: Self.taskFields)
                .setting("agents", to: .array(cards))
        }
    }

    private static let agentFields = [
        "id", "name", "description", "color", "icon_path", "is_active", "capabilities", "config",
        "created_at", "updated_at",
    ]
    private static let taskFields = [
        "id", "session_id", "title", "description", "status", "priority", "config", "context",
        "result", "created_at", "updated_at", "started_at", "completed_at", "agents",
    ]

    // MARK: Lists, oldest first

    /// Entries that can be seen and that `isWanted`, by time of creation, then arrival.
    public func list(
        _ kind: RecordKind, where isWanted: (Entry) -> Bool = { _ in true }
    ) -> [Entry] {
        entries.filter { $0.kind == kind && !$0.isGone && !$0.isHidden && isWanted($0) }
            .sorted { ($0.created, $0.position) < ($1.created, $1.position) }
    }

    public func messages(ofSession id: Identifier) -> [Entry] {
        guard let session = present(.session, id) else { return [] }
        return list(.message) { $0.session == session.position }
    }

    /// Positions of the events that touched whatever had this id.
    public func history(_ kind: RecordKind, _ id: Identifier) -> [UInt64] {
        entries.filter { $0.kind == kind && $0.id == id }.flatMap(\.history).sorted()
    }
}

extension ModelContract.Entry {
    /// True if a context has expired at an instant.
    public func isExpired(at now: Instant) -> Bool {
        guard let expires = (try? fields.instant("expires_at")) ?? nil else { return false }
        return expires <= now
    }

    /// True if a field has this id.
    public func has(_ field: String, _ id: Identifier) -> Bool {
        ((try? fields.identifier(field)) ?? nil) == id
    }
}

extension Record {
    fileprivate func completed(with names: [String]) -> Record {
        names.filter { !contains($0) }.reduce(self) { $0.setting($1, to: .null) }
    }
}
