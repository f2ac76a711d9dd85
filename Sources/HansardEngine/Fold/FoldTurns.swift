import HansardBindings
import Synchronization

/// Lets reads that must fold have the fold lock between two commits.
///
/// A pthread mutex is not fair: a busy writer would take it again at once, and a read that waits to
/// fold what another process appended could wait for many commits.
final class FoldTurns: Sendable {
    private let waiting = Atomic<Int>(0)

    /// Called before waiting for the fold lock.
    func enter() { waiting.wrappingAdd(1, ordering: .relaxed) }

    /// Called after the fold lock was let go.
    func leave(_ fold: ConditionLock<Engine>) {
        if waiting.wrappingSubtract(1, ordering: .relaxed).newValue == 0 { fold.broadcast() }
    }

    /// Waits, bounded, until those that wait have had the lock. Called by the writer between
    /// commits.
    func letReadersGo(_ fold: ConditionLock<Engine>) {
        if waiting.load(ordering: .relaxed) == 0 { return }
        fold.wait(
            microseconds: Self.patienceMicroseconds,
            until: { _ in waiting.load(ordering: .relaxed) == 0 }, then: { _, _ in })
    }

    private static let patienceMicroseconds: UInt64 = 5_000
}
