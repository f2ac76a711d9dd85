import Hansard
import HansardRecords

extension Tasks.Row {
    mutating func apply(_ data: Record) {
        if data.contains("status") {
            status = data.string("status").flatMap { Tasks.Class(status: $0) }
        }
        if let agents = Tasks.agents(in: data) {
            self.agents = []
            link(agents)
        }
    }

    mutating func link(_ ids: [Identifier]) {
        var known = Set(agents)
        for id in ids where known.insert(id).inserted { agents.append(id) }
    }

    var isOpen: Bool { status != .completed && status != .cancelled }

    func listKeys(_ task: Position) -> [[UInt8]] {
        let classes = [.any] + (isOpen ? [.open] : []) + (status.map { [$0] } ?? [])
        let scopes: [Tasks.Scope] = [.all, .session(session)] + agents.map { .agent($0) }
        return scopes.flatMap { scope in
            classes.map { part in
                var key = Tasks.prefix(scope, part)
                created.appendOrdered(to: &key)
                key.append(task)
                return key
            }
        }
    }

    func encode() -> [UInt8] {
        var row: [UInt8] = []
        row.append(session)
        created.appendOrdered(to: &row)
        row.append(status?.rawValue ?? 0)
        for id in agents { IdentifierKey.append(id, to: &row) }
        return row
    }

    /// Nil when the bytes are no row.
    public init?(_ bytes: [UInt8]) {
        var reader = RowReader(bytes)
        guard let session = reader.position(), let created = reader.instant(),
            let status = reader.byte()
        else { return nil }
        self.init(session: session, created: created)
        self.status = status == 0 ? nil : Tasks.Class(rawValue: status)
        while !reader.isAtEnd {
            guard let id = reader.identifier() else { return nil }
            agents.append(id)
        }
    }
}
