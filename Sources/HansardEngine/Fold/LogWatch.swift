import HansardBindings
import Synchronization

/// Wakes those who wait for the log to grow: at once for what this process publishes, and within
/// some 10 ms for what others append.
///
/// Costs a lock for each publication, and while somebody waits one look at a mapped word every
/// 10 ms, however many wait. Nothing when nobody does.
final class LogWatch: Sendable {
    private struct Waiter {
        /// The log's transaction it has read.
        let seen: UInt64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiters: [UInt64: Waiter] = [:]
        var numbersGiven: UInt64 = 0
        /// The last transaction of the log that was published.
        var published: UInt64 = 0
        var isPolling = false
        var isClosed = false

        /// Takes out the waiters that have not read `transaction` yet.
        mutating func take(before transaction: UInt64) -> [Waiter] {
            if waiters.isEmpty { return [] }
            let due = waiters.filter { $0.value.seen < transaction }
            for number in due.keys { waiters[number] = nil }
            return Array(due.values)
        }
    }

    private let state = Mutex(State())
    private static let pollMilliseconds = 10

    /// The number of wait now.
    var waitersCount: Int { state.withLock { $0.waiters.count } }

    /// Called whenever tails are published that are complete up to a transaction of the log.
    func published(_ transaction: UInt64) {
        wake { state in
            state.published = max(state.published, transaction)
            return state.take(before: transaction)
        }
    }

    /// Ends all waiting, now and later.
    func close() {
        wake { state in
            state.isClosed = true
            return state.take(before: .max)
        }
    }

    /// Waits until the log has a transaction after `seen`, the store closes, or the task is
    /// cancelled.
    ///
    /// May return early. What another process appended is noticed by the next look at the log, even
    /// when it is there already: LMDB shows a transaction's number a moment before its readers can
    /// have it, and who looked again at once would do so over and over.
    func wait(after seen: UInt64, in log: Environment) async {
        let number = state.withLock { state in
            state.numbersGiven += 1
            return state.numbersGiven
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(seen: seen, continuation: continuation)
                enter(waiter, number, log)
            }
        } onCancel: {
            wake { state in state.waiters.removeValue(forKey: number).map { [$0] } ?? [] }
        }
    }

    private func enter(_ waiter: Waiter, _ number: UInt64, _ log: Environment) {
        enum Outcome { case waits, waitsAlone, mustNotWait }
        let outcome: Outcome = state.withLock { state in
            // A task that is cancelled after this look finds the waiter and wakes it.
            if state.isClosed || state.published > waiter.seen || Task.isCancelled {
                return .mustNotWait
            }
            state.waiters[number] = waiter
            if state.isPolling { return .waits }
            state.isPolling = true
            return .waitsAlone
        }
        switch outcome {
        case .waits: break
        case .waitsAlone: startPolling(log)
        case .mustNotWait: waiter.continuation.resume()
        }
    }

    /// Looks at the log again and again until nobody waits any more. Keeps nothing open: what is
    /// let go of ends it.
    private func startPolling(_ log: Environment) {
        Task.detached { [weak self, weak log] in
            repeat {
                // Never cancelled: nobody has this task.
                try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
            } while Self.look(self, log)
        }
    }

    /// Wakes whom the log has something new for; false when nobody waits any more.
    private static func look(_ watch: LogWatch?, _ log: Environment?) -> Bool {
        guard let watch, let log else { return false }
        let last = log.lastTransactionID
        watch.wake { $0.take(before: last) }
        return watch.state.withLock { state in
            if state.waiters.isEmpty { state.isPolling = false }
            return state.isPolling
        }
    }

    private func wake(_ choose: (inout State) -> [Waiter]) {
        for waiter in state.withLock({ choose(&$0) }) { waiter.continuation.resume() }
    }
}
