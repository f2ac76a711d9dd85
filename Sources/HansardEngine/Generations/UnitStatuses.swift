import HansardBindings

/// The units that a process can't serve yet.
package final class UnitStatuses: Sendable {
    private struct State {
        var phase = UnitStatus.Phase.absent
        var done = 0
        var total = 0
        var failure: HansardError?
        var isClosed = false
    }

    /// All of this program's units, the core first.
    package let wanted: [UnitDefinition]
    private let unitsByTable: [String: Int]
    /// The version the index had of each when the store was opened.
    private let storedVersions: [String: Int?]
    private let state = ConditionLock(State())

    init(wanted: [UnitDefinition], lacking: [String: Int?]) {
        self.wanted = wanted
        unitsByTable = TablePlace.byName(wanted).mapValues(\.unit)
        storedVersions = lacking
    }

    var lackingAtOpening: Set<String> { Set(storedVersions.keys) }

    /// True if an index in use has not all units.
    func isLacking(_ index: Index) -> Bool { index.units.count < wanted.count }

    package func list(in published: Published) -> [UnitStatus] {
        guard isLacking(published.index) else { return [] }
        let served = Set(published.index.units.map(\.name))
        let state = state.withLock { $0 }
        return wanted.filter { !served.contains($0.name) }.map { rebuild(of: $0, state) }
    }

    /// The reason a table can't be read; nil for one the program does not have.
    package func error(forTable name: String) -> HansardError? {
        guard let unit = unitsByTable[name] else { return nil }
        return rebuild(of: wanted[unit], state.withLock { $0 }).error
    }

    private func rebuild(of unit: UnitDefinition, _ state: State) -> UnitStatus {
        UnitStatus(
            unit: unit.name, version: unit.version, storedVersion: storedVersions[unit.name] ?? nil,
            phase: state.phase, done: state.done, total: state.total, failure: state.failure)
    }

    // MARK: What the builder tells

    func note(_ phase: UnitStatus.Phase, failure: HansardError? = nil) {
        state.withLock { state in
            state.phase = phase
            state.failure = failure
        }
    }

    func note(_ progress: RebuildProgress) {
        state.withLock { state in
            state.phase = progress.phase == .folding ? .folding : .finishing
            state.failure = nil
            (state.done, state.total) = (progress.done, progress.total)
        }
    }

    /// Another process builds: how far it is, as far as it tells.
    func note(waitingFor other: BuilderProgress) {
        state.withLock { state in
            state.phase = .waiting
            state.failure = nil
            (state.done, state.total) = (other.done, other.total)
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func close() {
        state.withLock { $0.isClosed = true }
        state.broadcast()
    }

    /// Waits, unless the store closes.
    func pause(microseconds: UInt64) {
        state.wait(microseconds: microseconds, until: { $0.isClosed }, then: { _, _ in })
    }
}
