import HansardBindings

extension Log {
    /// Notes an act that is done once `condition` holds, in a transaction of its own.
    package func note(_ act: PendingAct) throws {
        try environment.write { try act.put(to: meta, in: $0) }
    }

    /// Takes back what was noted: it did not come to it.
    func forgetAct(_ condition: PendingAct.Condition) throws {
        try environment.write { transaction in
            for row in try PendingAct.all(in: meta, transaction)
            where row.act?.condition == condition {
                _ = try transaction.delete(row.key.span, from: meta)
            }
        }
    }

    /// True if acts wait to be recorded by the next commit of a writer.
    ///
    /// Those noted before a change of files are let go first, if the change was made: a process
    /// may have ended between the two.
    func hasActsToRecord(in store: StoreFiles) throws -> Bool {
        let conditions = try environment.read { transaction in
            try PendingAct.all(in: meta, transaction).compactMap(\.act?.condition)
        }
        let met = conditions.filter { $0 != .none && isMet($0, in: store) }
        if !met.isEmpty { try release(met) }
        return !met.isEmpty || conditions.contains(.none)
    }

    private func release(_ conditions: [PendingAct.Condition]) throws {
        try environment.write { transaction in
            for row in try PendingAct.all(in: meta, transaction) {
                guard let act = row.act, conditions.contains(act.condition) else { continue }
                _ = try transaction.delete(row.key.span, from: meta)
                try PendingAct(act.event).put(to: meta, in: transaction)
            }
        }
    }

    private func isMet(_ condition: PendingAct.Condition, in store: StoreFiles) -> Bool {
        switch condition {
        case .none: return true
        case .isGone(let generation):
            return !FileSystem.exists(store.index(generation: generation))
        case .signs(let key):
            return store.signing?.isInForce(key: key, at: store.directory, logID: id) ?? false
        }
    }
}
