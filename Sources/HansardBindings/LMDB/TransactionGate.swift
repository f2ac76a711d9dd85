internal import Synchronization

/// Counts open transactions, so that closing under one is caught and none begins afterwards.
///
/// One atomic addition in and one out.
final class TransactionGate: Sendable {
    private static let closed = Int.min
    private let open = Atomic<Int>(0)

    /// Lets a transaction in; after `close` it is a precondition failure.
    func enter() {
        let count = open.wrappingAdd(1, ordering: .acquiring).newValue
        precondition(count > 0, "the environment is closed")
    }

    /// Lets a transaction out.
    func leave() { open.wrappingSubtract(1, ordering: .releasing) }

    /// Closes the gate, and answers whether it was this call that did.
    func close() -> Bool {
        let (done, found) = open.compareExchange(
            expected: 0, desired: Self.closed, ordering: .acquiringAndReleasing)
        precondition(done || found < 0, "a transaction of the environment is still open")
        return done
    }
}
