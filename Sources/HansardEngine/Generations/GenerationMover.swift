import HansardBindings
import Logging
import Synchronization

/// Takes this process from one generation of the index to the one that became live.
///
/// The new generation is opened, and a projector of its own folds what it lacks, while the old one
/// goes on serving and being kept current. Only the last few events are folded under the fold lock;
/// then one projector takes the other's place. Reads that began before keep their snapshot of the
/// old generation, which is closed when the last of them is done.
package final class GenerationMover: Sendable {
    /// The reason this process stays where it is.
    private struct Refusal {
        let generation: UInt64
        let error: HansardError
        /// Monotonic time in microseconds; nil when trying again is of no use.
        let retryAt: UInt64?
    }

    private let log: Log
    private let files: StoreFiles
    private let units: [UnitDefinition]
    private let fold: FoldLock
    private let settings: StoreSettings
    private let refusal = Mutex<Refusal?>(nil)
    private let hold = Mutex<Duration?>(nil)
    /// Held by the one thread that moves.
    private let moving = Mutex<Void>(())

    init(
        log: Log, files: StoreFiles, units: [UnitDefinition], fold: FoldLock,
        settings: StoreSettings
    ) {
        self.log = log
        self.files = files
        self.units = units
        self.fold = fold
        self.settings = settings
    }

    /// True if the log names another generation than the one in use, and moving is worth a try.
    var isDue: Bool {
        let published = fold.published
        let live = published.liveGeneration
        if live == published.index.generation { return false }
        return refusal.withLock { refusal in
            guard let refusal, refusal.generation == live else { return true }
            return refusal.retryAt.map { SystemClock.monotonicMicroseconds >= $0 } ?? false
        }
    }

    /// The reason the process does not use the live generation; nil when it does, or is about to.
    package var reasonToStay: HansardError? {
        let published = fold.published
        if published.liveGeneration == published.index.generation { return nil }
        return refusal.withLock {
            $0?.generation == published.liveGeneration ? $0?.error : nil
        }
    }

    /// The time the fold lock was held for the last move; nil before the first.
    package var lastHold: Duration? { hold.withLock { $0 } }

    /// Moves to the live generation unless another thread does already. What is in the way is kept
    /// for `reasonToStay`: the generation in use goes on serving, and being written.
    ///
    /// - Parameters:
    ///   - isCancelled: asked between chunks of what has to be folded.
    ///   - meanwhile: called as often. What is folded may take long, and the generation in use is
    ///     to be kept current all that time.
    func moveIfDue(
        isCancelled: () -> Bool = { false }, meanwhile: () -> Void = {}
    ) {
        _ = moving.withLockIfAvailable { _ in
            // Another may have become live by the time this one is there.
            while isDue {
                moveOrRefuse(fold.published.liveGeneration, isCancelled, meanwhile)
            }
        }
    }

    private func moveOrRefuse(
        _ live: UInt64, _ isCancelled: () -> Bool, _ meanwhile: () -> Void
    ) {
        do {
            try move(to: live, isCancelled, meanwhile)
            refusal.withLock { $0 = nil }
            settings.logger.info(
                "moved to another generation of the index", metadata: ["generation": "\(live)"])
        } catch {
            let error = HansardError.wrapping(error, doing: "opening generation \(live)")
            settings.logger.log(level: .warning, "the live index can't be used", error)
            let isLasting = error.code == .corruptIndex
            let retryAt = SystemClock.monotonicMicroseconds + Self.retryMicroseconds
            refusal.withLock {
                $0 = Refusal(generation: live, error: error, retryAt: isLasting ? nil : retryAt)
            }
        }
    }

    private static let retryMicroseconds: UInt64 = 1_000_000

    private func move(
        to live: UInt64, _ isCancelled: () -> Bool, _ meanwhile: () -> Void
    ) throws {
        let index = try Index(
            directory: files.index(generation: live), generation: live, units: units,
            logID: log.id, isReadOnly: settings.isReadOnly)
        let projector = try Projector(
            log: log, index: index, published: Publication(Published(empty: index)))
        if settings.isReadOnly { try checkFits(projector) }
        var rounds = 0
        repeat {
            try projector.catchUp { projector in
                if isCancelled() { throw HansardError(.cancelled, "the store is closing") }
                if !settings.isReadOnly { try projector.flushIfLarge(settings) }
                meanwhile()
            }
            rounds += 1
        } while try missing(projector) > Self.missingMax && rounds < Self.roundsMax
        try index.loadFilters()
        var old: Projector? = try install(projector)
        // Memory is freed and files are unmapped here, where nobody waits, unless a read that began
        // before takes longer.
        var oldIndex = old?.index
        old = nil
        for _ in 0..<Self.farewellMilliseconds where !isKnownUniquelyReferenced(&oldIndex) {
            Pause.milliseconds(1)
        }
    }

    /// Refuses, for now, what would have to be kept in memory: a process that only reads never
    /// writes an index, and those that write bring this one up.
    private func checkFits(_ projector: Projector) throws {
        let kept = fold.published.units.map(\.tail.eventsCount).max() ?? 0
        let missing = try missing(projector)
        guard missing > UInt64(max(settings.flushEventsMax, kept)) else { return }
        throw HansardError(
            .indexBehind,
            "generation \(projector.index.generation) of the index is \(missing) events behind the "
                + "log, too many to fold for a program that only reads",
            advice: .bringIndexUp, position: projector.earliestEnd)
    }

    /// Folds the last events and takes the old projector's place; answers the old one.
    private func install(_ projector: Projector) throws -> Projector {
        let (old, held) = try fold.replace(with: projector) { current in
            try projector.catchUp { _ in }
            // What the old projector knows is worth keeping when it knows all. It may be unable to
            // fold: then it is left behind as it is.
            if projector.core.foldedThrough.rawValue
                <= current.core.foldedThrough.rawValue + Self.missingMax
            {
                try? current.catchUp(through: projector.core.foldedThrough) { _ in }
            }
        }
        hold.withLock { $0 = held }
        return old
    }

    /// The number of events the projector has not folded; none when its index is ahead of the log,
    /// which is an error of folding.
    private func missing(_ projector: Projector) throws -> UInt64 {
        let head = try log.environment.read { try log.head(in: $0) }
        return head.rawValue - min(head, projector.earliestEnd).rawValue
    }

    /// Folded under the lock at most, unless a writer is so fast that this is never reached.
    private static let missingMax: UInt64 = 256
    private static let roundsMax = 50
    private static let farewellMilliseconds = 200
}
