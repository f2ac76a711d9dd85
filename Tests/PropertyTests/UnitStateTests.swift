import Hansard
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A group of appends that fails leaves nothing in a unit.
@Suite struct UnitStateTests {
    private let unit = UnitState(
        UnitDefinition(
            number: 1, name: "unit", version: 1, tables: ["table"], firstTable: 2, projections: []),
        durablePosition: Position(7))

    private func put(_ key: [UInt8]) { unit.overlays[0].set(key.span, to: [1].span) }

    /// The fold of the group's first event had failed half-way, and its rows became those of the
    /// next event at that position.
    @Test func halfAnEventIsForgotten() {
        put([1])
        unit.discard()
        #expect(unit.overlays[0].isEmpty)
        put([2])
        unit.advance(to: Position(8))
        unit.seal()
        #expect(unit.tail.find([1].span, table: 0) == nil)
        #expect(unit.tail.find([2].span, table: 0) != nil)
    }

    /// A unit had stayed stopped at an event that never was.
    @Test func aStopAtAnEventThatWasNotCommittedIsTakenBack() {
        put([1])
        unit.advance(to: Position(8))
        unit.seal()
        unit.stop(at: Position(9), because: "of a test")
        unit.discard()
        #expect(unit.stop == nil)
        #expect(unit.foldedThrough == Position(8))
        #expect(unit.tail.eventsCount == 1)
    }

    @Test func aStopAtACommittedEventIsFinalAndHoldsNoMemory() {
        put([1])
        unit.advance(to: Position(8))
        unit.seal()
        unit.stop(at: Position(9), because: "of a test")
        unit.seal()
        unit.discard()
        #expect(unit.stop?.position == Position(9))
        #expect(unit.tail.eventsCount == 0)
    }
}
