import Hansard
import Synchronization
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct PermitsTests {
    private let permits = Permits(capacity: .init(events: 10, bytes: 100))
    private let granted = Granted()

    /// The callers that were granted, in order.
    private final class Granted: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func add(_ name: String) { names.withLock { $0.append(name) } }
    }

    private func acquire(_ name: String, events: Int, bytes: Int = 0) -> Permits.Cost {
        let cost = permits.cost(events: events, bytes: bytes)
        let granted = granted
        permits.acquire(cost) { granted.add(name) }
        return cost
    }

    @Test func whatFitsIsGrantedAtOnce() {
        _ = acquire("a", events: 6)
        _ = acquire("b", events: 4, bytes: 100)
        #expect(granted.all == ["a", "b"])
    }

    @Test func whatDoesNotFitWaitsForRoomInEither() {
        let a = acquire("a", events: 10)
        _ = acquire("b", events: 1)
        #expect(granted.all == ["a"])
        permits.release(a)
        #expect(granted.all == ["a", "b"])
        let c = acquire("c", events: 1, bytes: 100)
        _ = acquire("d", events: 1, bytes: 1)
        #expect(granted.all == ["a", "b", "c"])
        permits.release(c)
        #expect(granted.all == ["a", "b", "c", "d"])
    }

    /// A small one does not overtake a large one that waits, or that one would wait for ever.
    @Test func firstComeFirstServed() {
        let a = acquire("a", events: 5)
        let b = acquire("large", events: 10)
        _ = acquire("small", events: 1)
        #expect(granted.all == ["a"])
        permits.release(a)
        #expect(granted.all == ["a", "large"])
        permits.release(b)
        #expect(granted.all == ["a", "large", "small"])
    }

    @Test func oneReleaseLetsInAllThatFit() {
        let a = acquire("a", events: 10)
        for name in ["b", "c", "d"] { _ = acquire(name, events: 4) }
        permits.release(a)
        #expect(granted.all == ["a", "b", "c"])
    }

    @Test func theLargestGetsThroughAlone() {
        let small = acquire("small", events: 1)
        let huge = acquire("huge", events: 1_000, bytes: 1 << 30)
        #expect(granted.all == ["small"])
        permits.release(small)
        #expect(granted.all == ["small", "huge"])
        _ = acquire("next", events: 1)
        #expect(granted.all == ["small", "huge"])
        permits.release(huge)
        #expect(granted.all == ["small", "huge", "next"])
    }
}
