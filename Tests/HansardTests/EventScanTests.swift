import Foundation
import Hansard
import HansardBindings
import HansardRecords
import Synchronization
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A clock that a test sets.
private final class TestClock: Sendable {
    private let now = Mutex<Int64>(0)

    func set(_ time: Int64) { now.withLock { $0 = time } }
    var settings: Store.Settings { .tested.with { $0.clock = { .microseconds(self.now.withLock { $0 }) } } }
}

@Suite struct EventScanTests {
    private let fixture: StoreFixture
    private let clock = TestClock()

    init() throws { fixture = try StoreFixture() }

    /// Events recorded at the given times; the clock may go back between them.
    private func store(times: [Int64]) throws -> Store {
        let store = try fixture.open(settings: clock.settings)
        for time in times {
            clock.set(time)
            try store.add(event())
        }
        return store
    }

    private func scan(
        _ store: Store, _ filter: EventFilter, _ direction: Direction = .forwards, limit: Int = .max
    ) throws -> [RecordedEvent] {
        var scan = EventScan(store, matching: filter, direction)
        var events: [RecordedEvent] = []
        while !scan.isAtEnd && events.count < limit {
            events += try scan.next(limit: limit - events.count) { event, _ in event }
        }
        return events
    }

    @Test(
        arguments: [
            (9, 0), (10, 1), (11, 1), (19, 1), (20, 4), (25, 4), (30, 5), (.max, 5), (.min, 0),
        ] as [(Int64, UInt64)]) func aMomentIsOnePosition(moment: Int64, position: UInt64) throws
    {
        let store = try store(times: [10, 20, 15, 20, 30])
        #expect(try store.read { try $0.position(at: .microseconds(moment)) } == Position(position))
    }

    @Test func anEmptyLogHasNoMoment() throws {
        let store = try store(times: [])
        #expect(try store.read { try $0.position(at: .microseconds(.max)) } == .zero)
        #expect(try scan(store, .all).isEmpty)
        #expect(try scan(store, .all, .backwards).isEmpty)
    }

    /// Against a look at every event, for filters and logs of all kinds.
    @Test(arguments: 0..<40) func findsWhatALookAtEveryEventFinds(seed: Int) throws {
        var random = Seeded(seed)
        let store = try fixture.open(settings: clock.settings)
        let count = Int.random(in: 1...60, using: &random)
        for number in 0..<count {
            clock.set(Int64.random(in: 0...40, using: &random))
            let name = "s\(Int.random(in: 0...3, using: &random))"
            var added = try event(
                type: ["noted", "said"].randomElement(using: &random) ?? "", in: name,
                data: [
                    #"{"agent_id":"a"}"#, #"{"agents":["b","a"]}"#, #"{"agents":[{"id":"a"}]}"#,
                    #"{"agents":[{"id":7}]}"#, #"{"other":"a"}"#, #"{"agent_id":"b"}"#,
                ].randomElement(using: &random) ?? "")
            if number % 3 == 0 { added.actor = "someone" }
            try store.add(added)
        }
        let all = try scan(store, .all)
        #expect(all.map(\.position.rawValue) == Array(1...UInt64(count)))
        for _ in 0..<30 {
            let filter = try randomFilter(&random)
            let expected = all.filter(filter.matches).map(\.position)
            let limit = Int.random(in: 1...10, using: &random)
            #expect(try scan(store, filter).map(\.position) == expected, "seed \(seed): \(filter)")
            #expect(
                try scan(store, filter, .backwards).map(\.position) == expected.reversed(),
                "seed \(seed): \(filter)")
            #expect(
                try scan(store, filter, limit: limit).map(\.position)
                    == Array(expected.prefix(limit)), "seed \(seed): \(filter)")
        }
    }

    private func randomFilter(_ random: inout Seeded) throws -> EventFilter {
        var filter = EventFilter()
        func one(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
        if one(in: 2) { filter.stream = try stream("s\(Int.random(in: 0...4, using: &random))") }
        if one(in: 3) { filter.types = [EventType("noted")] }
        if one(in: 4) { filter.actor = "someone" }
        if one(in: 4) {
            filter.mention = .init(
                stream: try stream("a", category: "agent"), fields: ["agent_id", "agents"])
        }
        if one(in: 3) { filter.after = Position(UInt64.random(in: 0...70, using: &random)) }
        if one(in: 3) { filter.through = Position(UInt64.random(in: 0...70, using: &random)) }
        if one(in: 3) { filter.since = .microseconds(.random(in: -1...45, using: &random)) }
        if one(in: 3) { filter.until = .microseconds(.random(in: -1...45, using: &random)) }
        return filter
    }

    @Test func longStreamsAndLogsAreReadInPages() throws {
        let store = try fixture.open(settings: clock.settings)
        let appends = try (0..<5_000).map {
            Append([try event("e\($0)", in: $0 % 1_250 == 0 ? "rare" : "s")])
        }
        for answer in try store.appendBlocking(appends) { _ = try answer.get() }
        #expect(try scan(store, .all).count == 5_000)
        var filter = EventFilter()
        filter.stream = try stream("s")
        #expect(try scan(store, filter).count == 4_996)
        #expect(try scan(store, filter, .backwards).first?.position == Position(5_000))
        filter.through = Position(10)
        #expect(try scan(store, filter, .backwards).count == 9)
        filter.stream = try stream("rare")
        filter.through = nil
        #expect(try scan(store, filter).map(\.position.rawValue) == [1, 1_251, 2_501, 3_751])
        filter.stream = nil
        filter.types = [EventType("none")]
        #expect(try scan(store, filter).isEmpty)
    }

    @Test func whatIsAppendedMeanwhileIsLeftOut() throws {
        let store = try store(times: [1, 2])
        var scan = EventScan(store, matching: .all)
        #expect(try scan.next(limit: 1) { event, _ in event.position } == [Position(1)])
        try store.add(event())
        #expect(try scan.next { event, _ in event.position } == [Position(2)])
        #expect(scan.isAtEnd)
    }

    @Test func damageIsThrownAfterWhatIsSoundBeforeIt() throws {
        let store = try store(times: [1, 2, 3])
        try store.log.environment.write {
            try $0.put([1, 2, 3].span, integerKey: 2, in: store.log.events)
        }
        for (direction, position) in [(Direction.forwards, UInt64(1)), (.backwards, 3)] {
            var scan = EventScan(store, matching: .all, direction)
            #expect(try scan.next { event, _ in event.position } == [Position(position)])
            for _ in 0..<2 {
                let error = #expect(throws: HansardError.self) {
                    try scan.next { event, _ in event }
                }
                #expect(error?.code == .corruptEvent)
            }
        }
    }
}
