import Hansard
import HansardBindings
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Holds a fold at a position until it is let go.
final class FoldGate: Sendable {
    private let isOpen = ConditionLock(false)
    let position: UInt64

    init(at position: UInt64) { self.position = position }

    func pass(_ position: Position) {
        guard position.rawValue == self.position else { return }
        isOpen.wait(until: { $0 }, then: { _ in })
    }

    func open() {
        isOpen.withLock { $0 = true }
        isOpen.broadcast()
    }
}

/// A ledger whose fold a gate holds.
struct GatedLedger: Projection {
    let ledger: Ledger
    var gate: FoldGate?
    var tables: [String] { ledger.tables }

    func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        gate?.pass(event.position)
        try ledger.fold(event, into: tables)
    }
}

extension Store {
    /// Waits until what is told of the first unit that is built meets a condition, by a bounded
    /// number of looks.
    func reaches(_ condition: (UnitStatus?) -> Bool) throws -> Bool {
        for _ in 0..<60_000 {
            if condition(unitStatuses().first) { return true }
            Pause.milliseconds(1)
        }
        return false
    }
}
