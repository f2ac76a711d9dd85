import Foundation
import Hansard
import HansardRecords
import HansardTesting
import Synchronization
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Where events stand: positions, revisions, recorded times, and the things streams are about.
@Suite struct PlaceTests {
    private let fixture: StoreFixture
    private let store: Store

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @Test func positionsHaveNoGapsAndRevisionsCountEachStream() throws {
        var revisions: [String: UInt64] = [:]
        for number in 1...60 {
            let name = "s\(number * number % 7)"
            let recorded = try store.add(event(in: name))
            #expect(recorded.position.rawValue == UInt64(number))
            #expect(recorded.revision == Revision(revisions[name] ?? 0))
            revisions[name, default: 0] += 1
        }
    }

    /// Refused and repeated appends take no position.
    @Test func refusalsLeaveNoGap() throws {
        try store.add(event("one"))
        try store.add(event("one"))
        _ = code { try store.add(event("one", data: #"{"b":2}"#)) }
        _ = code { try store.add(event(), [stream("s1"): .noStream, stream("s2"): .streamExists]) }
        #expect(try store.add(event("two")).position == Position(2))
    }

    @Test func eventsOfOneAppendStandTogether() throws {
        let events = try (0..<5).map { try event(in: "s\($0 % 2)") }
        try store.add(event(in: "s0"))
        let appended = try store.appendBlocking(Append(events))
        #expect(appended.positions.map(\.rawValue) == [2, 3, 4, 5, 6])
        #expect(!appended.wasRepeated)
        let read = try store.read { view in try appended.positions.map { try view.event(at: $0) } }
        #expect(read.map { $0?.event.id } == events.map(\.id))
        #expect(read.map { $0?.revision.rawValue } == [1, 0, 2, 1, 3])
    }

    @Test func eachEventKnowsTheOneBeforeItInItsStream() throws {
        for name in ["a", "b", "a", "a", "b"] { try store.add(event(in: name)) }
        let previous = try store.read { view in
            try (1...5).map { try view.event(at: Position($0))?.previous?.rawValue }
        }
        #expect(previous == [nil, nil, 1, 3, 2])
    }

    /// A thing begins, goes on, ends, and begins again under another ordinal.
    @Test func thingsBeginEndAndBeginAgain() throws {
        let name = try stream("x")
        let steps: [(Lifecycle, entity: UInt64?, exists: UInt64?, ended: UInt64?)] = [
            (.continues, nil, nil, nil), (.begins, 2, 2, nil), (.continues, 2, 2, nil),
            (.ends, 2, nil, 4), (.continues, nil, nil, 4), (.begins, 6, 6, 4),
            (.begins, 7, 7, 4), (.ends, 7, nil, 8),
        ]
        for (number, step) in steps.enumerated() {
            let recorded = try store.add(event(in: "x", step.0))
            #expect(recorded.entity?.rawValue == step.entity)
            let state = try store.read { try $0.stream(name) }
            #expect(state?.entity?.rawValue == step.exists)
            #expect(state?.endedAt?.rawValue == step.ended)
            #expect(state?.ordinal == Position(1))
            #expect(state?.revision.rawValue == UInt64(number))
            #expect(state?.last.rawValue == UInt64(number + 1))
        }
    }

    /// The same, when half of it comes back from the index.
    @Test func thingsAreRememberedAcrossOpenings() throws {
        try store.add(event(in: "x", .begins))
        try store.add(event(in: "y", .begins))
        try store.add(event(in: "y", .ends))
        try store.close()
        let again = try fixture.open()
        #expect(code { try again.add(event(), [stream("x"): .noStream]) } == .wrongExpectedRevision)
        #expect(
            code { try again.add(event(), [stream("y"): .streamExists]) } == .wrongExpectedRevision)
        #expect(try again.add(event(in: "x")).entity == Position(1))
        #expect(try again.add(event(in: "y", .begins)).revision == Revision(2))
    }

    @Test func recordedTimesNeverGoBack() throws {
        let readings: [Int64] = [1_000, 2_000, 1_500, -7, 2_000, 2_001, 5_000, 4_999]
        let left = Mutex(readings)
        let fixture = try StoreFixture()
        let settings = Store.Settings.tested.with { $0.clock = { .microseconds(left.withLock { $0.removeFirst() }) } }
        var store: Store? = try fixture.open(settings: settings)
        var recorded: [RecordedEvent] = []
        for number in readings.indices {
            if number == 4 {
                try store?.close()
                store = nil
                store = try fixture.open(settings: settings)
            }
            recorded.append(try #require(try store?.add(event())))
        }
        #expect(
            recorded.map(\.recordedMicroseconds)
                == [1_000, 2_000, 2_000, 2_000, 2_000, 2_001, 5_000, 5_000])
        #expect(recorded.map(\.clockMicroseconds) == readings)
    }

    @Test func everythingGivenIsReadBack() throws {
        let given = try PayloadTests.full()
        let read = try store.add(given).event
        #expect(PayloadTests.packed(read) == PayloadTests.packed(given))
    }
}
