import HansardBindings
import Synchronization

/// The lock under which events are folded: it guards the projector, publishes what the projector
/// folded, and lets those that wait have their turn.
///
/// A pthread mutex is not fair: a busy writer would take it again at once, and a read that must
/// fold what another process appended could wait for many commits. So the writer asks first
/// whether anyone waits.
final class FoldLock: Sendable {
    private let projector: ConditionLock<Projector>
    let publication: Publication
    private let waiting = Atomic<Int>(0)

    /// Guards a projector that publishes to `publication`.
    init(_ projector: sending Projector, publishingTo publication: Publication) {
        self.projector = ConditionLock(projector)
        self.publication = publication
    }

    /// The value published last. Takes no fold lock.
    var published: Published { publication.current }
    /// Wakes who follows the log when something is published.
    var watch: LogWatch { publication.watch }

    /// Runs `body` with the projector to itself, before the writer's next commit.
    func fold<Result, Failure: Error>(
        _ body: (Projector) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try inTurn { (projector: inout Projector) throws(Failure) in try body(projector) }
    }

    /// Puts a projector on another generation of the index in the place of the present one, once
    /// `body` has made them agree.
    ///
    /// - Returns: the old one, for the caller to let go of outside of the lock, and how long the
    ///   lock was held.
    func replace(
        with new: Projector, _ body: (_ old: Projector) throws -> Void
    ) throws -> (old: Projector, held: Duration) {
        try inTurn { current in
            let heldSince = SystemClock.monotonicMicroseconds
            try body(current)
            new.takeOver(from: current, publishingTo: publication)
            defer { current = new }
            return (current, .microseconds(SystemClock.monotonicMicroseconds - heldSince))
        }
    }

    private func inTurn<Result, Failure: Error>(
        _ body: (inout Projector) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        waiting.wrappingAdd(1, ordering: .relaxed)
        defer {
            let left = waiting.wrappingSubtract(1, ordering: .relaxed).newValue
            if left == 0 { projector.broadcast() }
        }
        return try projector.withLock(body)
    }

    /// The same for the writer's commits, which wait, bounded, until those that wait have had the
    /// lock.
    func commit<Result>(_ body: (Projector) throws -> Result) throws -> Result {
        if waiting.load(ordering: .relaxed) > 0 {
            projector.wait(
                microseconds: Self.patienceMicroseconds,
                until: { _ in waiting.load(ordering: .relaxed) == 0 }, then: { _, _ in })
        }
        return try projector.withLock { try body($0) }
    }

    private static let patienceMicroseconds: UInt64 = 5_000
}
