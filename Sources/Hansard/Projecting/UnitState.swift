/// Where one unit stands while events are folded. Guarded by the engine's lock.
final class UnitState {
    let definition: UnitDefinition
    private(set) var tail: UnitTail
    private(set) var overlays: [OverlayTable]
    /// The last event folded, sealed or not.
    private(set) var foldedThrough: Position
    private(set) var stop: UnitStop?

    init(_ definition: UnitDefinition, checkpoint: Position) {
        self.definition = definition
        tail = UnitTail(base: checkpoint)
        overlays = definition.tables.map { _ in OverlayTable() }
        foldedThrough = checkpoint
    }

    func view(over index: IndexReader) -> UnitView {
        UnitView(
            overlays: overlays, tail: tail, index: index, firstTable: definition.firstTable)
    }

    /// Notes that the overlays include the event at `position`.
    func advance(to position: Position) {
        precondition(position == foldedThrough.next, "events are folded in order, each once")
        foldedThrough = position
    }

    /// Moves what the overlays hold into the tail.
    func seal() {
        guard foldedThrough > tail.end else { return }
        tail.append(overlays.map { $0.sealed() }, through: foldedThrough)
        overlays = definition.tables.map { _ in OverlayTable() }
    }

    /// Forgets what was folded since the last seal.
    func discard() {
        guard foldedThrough > tail.end else { return }
        overlays = definition.tables.map { _ in OverlayTable() }
        foldedThrough = tail.end
    }

    func drop(through checkpoint: Position) { tail.dropThrough(checkpoint) }

    /// Goes on from an index that is ahead of the tail.
    func restart(from checkpoint: Position) {
        tail = UnitTail(base: checkpoint)
        overlays = definition.tables.map { _ in OverlayTable() }
        foldedThrough = checkpoint
    }

    /// Stops the unit at an event it can't fold, and lets go of its memory.
    func stop(at position: Position, because reason: String) {
        stop = UnitStop(unit: definition.name, position: position, reason: reason)
        restart(from: tail.base)
    }
}

/// Where and why a unit stopped.
public struct UnitStop: Sendable, Equatable {
    public let unit: String
    /// The event it could not fold.
    public let position: Position
    public let reason: String
}
