/// The state of one unit while events are folded. Guarded by the projector's lock.
package final class UnitState {
    let definition: UnitDefinition
    private(set) var tail: UnitTail
    private(set) var overlays: [OverlayTable]
    /// The last event folded, sealed or not.
    package private(set) var foldedThrough: Position
    private(set) var stop: UnitStop?
    /// True if it stopped since the last seal.
    private var isStopPending = false
    /// The tables into which the events of one group are folded; made when the first of them comes.
    private var group: FoldGroup?

    init(_ definition: UnitDefinition, durablePosition: Position) {
        self.definition = definition
        tail = UnitTail(base: durablePosition)
        overlays = definition.tables.map { _ in OverlayTable() }
        foldedThrough = durablePosition
    }

    package func view(over index: IndexReader) -> UnitView {
        UnitView(
            overlays: overlays, tail: tail, index: index, firstTable: definition.firstTable)
    }

    /// The tables that projections read and write until the unit is sealed or what it holds changes
    /// otherwise.
    func foldGroup(over index: IndexReader) -> FoldGroup {
        if let group, group.view.index === index { return group }
        let new = FoldGroup(view(over: index))
        group = new
        return new
    }

    /// Notes that the overlays include the events up to `position`, all that follow the last one.
    func advance(to position: Position) {
        precondition(position > foldedThrough, "events are folded in order, each once")
        foldedThrough = position
    }

    /// Moves what the overlays hold into the tail. A stop is final now.
    func seal() {
        group = nil
        if isStopPending {
            isStopPending = false
            return restart(from: tail.base)
        }
        guard foldedThrough > tail.end else { return }
        tail.append(overlays.map { $0.sealed() }, through: foldedThrough)
        overlays = definition.tables.map { _ in OverlayTable() }
    }

    /// Forgets what was folded since the last seal: half an event too, and a stop at an event that
    /// was not committed.
    func discard() {
        group = nil
        if isStopPending {
            isStopPending = false
            stop = nil
        }
        if overlays.contains(where: { !$0.isEmpty }) {
            overlays = definition.tables.map { _ in OverlayTable() }
        }
        foldedThrough = tail.end
    }

    func drop(through durablePosition: Position) {
        group = nil
        tail.dropThrough(durablePosition)
    }

    /// Goes on from an index that is ahead of the tail.
    func restart(from durablePosition: Position) {
        group = nil
        tail = UnitTail(base: durablePosition)
        overlays = definition.tables.map { _ in OverlayTable() }
        foldedThrough = durablePosition
    }

    /// Stops the unit at an event it can't fold. It lets go of its memory when it is sealed.
    func stop(at position: Position, because reason: String) {
        stop = UnitStop(unit: definition.name, position: position, reason: reason)
        isStopPending = true
    }
}
