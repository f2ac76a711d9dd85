import HansardBindings
import Synchronization

/// The lock under which events are folded: it guards the engine, publishes what the engine folded,
/// and lets those that wait have their turn.
///
/// A pthread mutex is not fair: a busy writer would take it again at once, and a read that must
/// fold what another process appended could wait for many commits. So the writer asks first
/// whether anyone waits.
final class FoldLock: Sendable {
    private let engine: ConditionLock<Engine>
    let publication: Publication
    private let waiting = Atomic<Int>(0)

    /// Guards an engine that publishes to `publication`.
    init(_ engine: sending Engine, publishingTo publication: Publication) {
        self.engine = ConditionLock(engine)
        self.publication = publication
    }

    /// What was published last. Takes no fold lock.
    var published: Published { publication.current }
    /// Wakes who follows the log when something is published.
    var watch: LogWatch { publication.watch }

    /// Runs `body` with the engine to itself, before the writer's next commit.
    func fold<Result, Failure: Error>(
        _ body: (Engine) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try inTurn { (engine: inout Engine) throws(Failure) in try body(engine) }
    }

    /// Puts an engine on another generation of the index in the place of the present one, once
    /// `body` has made them agree.
    ///
    /// - Returns: the old one, for the caller to let go of outside of the lock, and how long the
    ///   lock was held.
    func replace(
        with new: Engine, _ body: (_ old: Engine) throws -> Void
    ) throws -> (old: Engine, held: Duration) {
        try inTurn { current in
            let heldSince = SystemClock.monotonicMicroseconds
            try body(current)
            new.takeOver(from: current, publishingTo: publication)
            defer { current = new }
            return (current, .microseconds(SystemClock.monotonicMicroseconds - heldSince))
        }
    }

    private func inTurn<Result, Failure: Error>(
        _ body: (inout Engine) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        waiting.wrappingAdd(1, ordering: .relaxed)
        defer {
            let left = waiting.wrappingSubtract(1, ordering: .relaxed).newValue
            if left == 0 { engine.broadcast() }
        }
        return try engine.withLock(body)
    }

    /// The same for the writer's commits, which wait, bounded, until those that wait have had the
    /// lock.
    func commit<Result>(_ body: (Engine) throws -> Result) throws -> Result {
        if waiting.load(ordering: .relaxed) > 0 {
            engine.wait(
                microseconds: Self.patienceMicroseconds,
                until: { _ in waiting.load(ordering: .relaxed) == 0 }, then: { _, _ in })
        }
        return try engine.withLock { try body($0) }
    }

    private static let patienceMicroseconds: UInt64 = 5_000
}
