import Hansard
import HansardRecords

extension Contexts.Row {
    /// Takes over the fields that `data` has; one that is no time or id counts as none.
    mutating func apply(_ data: Record) {
        if data.contains("expires_at") { expires = (try? data.instant("expires_at")) ?? nil }
        if data.contains("session_id") { session = (try? data.identifier("session_id")) ?? nil }
        if data.contains("source_agent_id") {
            source = (try? data.identifier("source_agent_id")) ?? nil
        }
        if data.contains("target_agent_id") {
            target = (try? data.identifier("target_agent_id")) ?? nil
        }
    }

    /// The lists the context belongs to.
    var lists: [Contexts.List] {
        let ids: [(Contexts.Scope, Identifier?)] = [
            (.session, session), (.source, source), (.target, target),
        ]
        return ids.compactMap { scope, id in id.map { Contexts.List(scope: scope, id: $0) } }
    }

    /// - Parameter standing: as the row says, when none is given.
    func key(
        _ context: Position, in list: Contexts.List, _ standing: Contexts.Standing? = nil
    ) -> [UInt8] {
        let standing = standing ?? (endedAt == nil ? .current : .removed)
        var key = Contexts.prefix(list.scope, list.id, standing)
        created.appendOrdered(to: &key)
        key.append(context)
        return key
    }

    func expiryKey(_ context: Position) -> [UInt8]? {
        guard let expires, endedAt == nil else { return nil }
        return expires.orderedBytes + Revisions.key(context)
    }

    func encode() -> [UInt8] {
        var row = created.orderedBytes
        row.append(endedAt)
        row.append(expires == nil ? 0 : 1)
        expires?.appendOrdered(to: &row)
        for id in [session, source, target] {
            row.append(id == nil ? 0 : 1)
            if let id { IdentifierKey.append(id, to: &row) }
        }
        return row
    }

    /// Nil when the bytes are no row.
    public init?(_ bytes: [UInt8]) {
        var reader = RowReader(bytes)
        guard let created = reader.instant(), let endedAt = reader.optionalPosition() else {
            return nil
        }
        self.init(created: created)
        self.endedAt = endedAt
        guard let expires = reader.optional({ $0.instant() }),
            let session = reader.optional({ $0.identifier() }),
            let source = reader.optional({ $0.identifier() }),
            let target = reader.optional({ $0.identifier() })
        else { return nil }
        self.expires = expires
        self.session = session
        self.source = source
        self.target = target
    }
}
