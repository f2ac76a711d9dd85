import Hansard
import HansardBindings
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// When the tail is written to the index.
@Suite struct FlushTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func checkpoint(_ store: Store) throws -> UInt64 {
        try IndexReader(store.index).durablePositions.earliest.rawValue
    }

    /// Looks until the checkpoint is there; the number of looks is bounded, their time is not
    /// counted.
    private func waitForCheckpoint(_ store: Store, _ position: UInt64) throws -> Bool {
        for _ in 0..<1_000_000 where try checkpoint(store) >= position { return true }
        return false
    }

    @Test func nothingIsWrittenBeforeItIsDue() throws {
        let store = try fixture.open(units: [Ledger.unit])
        for number in 1...50 { try store.add(event("e\(number)")) }
        #expect(try checkpoint(store) == 0)
    }

    /// Appends wait at twice the bound, so that the tail never outgrows it.
    @Test func manyEventsAreWritten() throws {
        let store = try fixture.open(
            units: [Ledger.unit], settings: .tested.with { $0.flushEventsMax = 5 })
        for number in 1...50 {
            try store.add(event("e\(number)"))
            #expect(store.fold.published.units.allSatisfy { $0.tail.eventsCount <= 10 })
        }
        #expect(try checkpoint(store) >= 40)
    }

    @Test func manyBytesAreWritten() throws {
        let store = try fixture.open(
            units: [Ledger.unit], settings: .tested.with { $0.flushBytesMax = 1_500 })
        for number in 1...50 { try store.add(event("e\(number)")) }
        #expect(try waitForCheckpoint(store, 1))
    }

    @Test func oldEventsAreWritten() throws {
        let store = try fixture.open(
            units: [Ledger.unit], settings: .tested.with { $0.flushAge = .milliseconds(1) })
        try store.add(event("one"))
        #expect(try waitForCheckpoint(store, 1))
        try store.add(event("two"))
        #expect(try waitForCheckpoint(store, 2))
        #expect(try store.ledger().count == 2)
    }

    /// A tail of another process's making that the index has passed writes nothing.
    @Test func aTailBehindTheIndexWritesNothing() throws {
        let store = try fixture.open(units: [Ledger.unit])
        try store.add(event("one"))
        let old = store.fold.published.units.map { Optional($0.tail) }
        try store.add(event("two"))
        try store.indexWriter.flush()
        let outcome = try Flush(index: store.index).write(old)
        #expect(outcome.entriesCount == 0)
        #expect(outcome.durablePositions.positions == [Position(2), Position(2), Position(2)])
        #expect(try store.ledger().count == 2)
    }

    /// One that the index has in part is written whole, with the same result.
    @Test func aTailThatOverlapsTheIndexIsWritten() throws {
        let store = try fixture.open(units: [Ledger.unit])
        try store.add(event("one", in: "x"))
        let first = store.fold.published.units.map { Optional($0.tail) }
        try store.add(event("two", in: "x"))
        let both = store.fold.published.units.map { Optional($0.tail) }
        let rows = try store.ledger()
        _ = try Flush(index: store.index).write(first)
        #expect(try Flush(index: store.index).write(both).durablePositions.core == Position(2))
        #expect(try store.ledger() == rows)
        #expect(
            try IndexReader(store.index).durablePositions.positions == [
                Position(2), Position(2), Position(2),
            ])
    }

    /// A tail that begins behind a gap must never be written: the index went back while the store
    /// was open. The indexWriter had tried again for ever, and a writer that waited for room with it.
    @Test func aTailBeyondTheIndexIsRefused() throws {
        let index = try IndexFixture()
        var tail = UnitTail(base: Position(5))
        let table = OverlayTable()
        table.set([1].span, to: [1].span)
        tail.append([table.sealed(), OverlayTable().sealed()], through: Position(6))
        let error = #expect(throws: HansardError.self) {
            try Flush(index: index.index).write([nil, tail])
        }
        #expect(error?.code == .corruptIndex)
        let checkpoints = try index.index.environment.read {
            try index.index.readDurablePositions(in: $0)
        }
        #expect(checkpoints.positions == [.zero, .zero])
    }
}
