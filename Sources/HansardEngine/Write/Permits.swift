import Synchronization

/// Bounds what waits for the writer: an append takes permits before it is encoded and gives them
/// back when it is answered, so that callers wait instead of memory growing.
final class Permits: Sendable {
    struct Cost: Sendable {
        var events: Int
        var bytes: Int
    }

    private struct Waiter: Sendable {
        let cost: Cost
        let grant: @Sendable () -> Void
    }

    private struct State {
        var free: Cost
        var waiters: [Waiter] = []
    }

    private let state: Mutex<State>
    private let capacity: Cost

    init(capacity: Cost) {
        self.capacity = capacity
        state = Mutex(State(free: capacity))
    }

    /// The cost of an append: never more than everything, so that the largest one gets through
    /// alone.
    func cost(events: Int, bytes: Int) -> Cost {
        Cost(events: min(events, capacity.events), bytes: min(bytes, capacity.bytes))
    }

    /// Calls `grant` once the permits are the caller's; at once when they are free. First come,
    /// first served.
    func acquire(_ cost: Cost, grant: @escaping @Sendable () -> Void) {
        let isGranted = state.withLock { state in
            if state.waiters.isEmpty && Self.fits(cost, in: state.free) {
                Self.take(cost, from: &state.free)
                return true
            }
            state.waiters.append(Waiter(cost: cost, grant: grant))
            return false
        }
        if isGranted { grant() }
    }

    func release(_ cost: Cost) {
        let granted = state.withLock { state in
            state.free.events += cost.events
            state.free.bytes += cost.bytes
            var granted: [Waiter] = []
            while let first = state.waiters.first, Self.fits(first.cost, in: state.free) {
                Self.take(first.cost, from: &state.free)
                granted.append(first)
                state.waiters.removeFirst()
            }
            return granted
        }
        for waiter in granted { waiter.grant() }
    }

    private static func fits(_ cost: Cost, in free: Cost) -> Bool {
        cost.events <= free.events && cost.bytes <= free.bytes
    }

    private static func take(_ cost: Cost, from free: inout Cost) {
        free.events -= cost.events
        free.bytes -= cost.bytes
    }
}
