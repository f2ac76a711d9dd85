import HansardBindings
import Logging

/// Writes the tail to the index, on a thread of its own, so that appends never wait for it until
/// the tail is twice its bound.
package final class IndexWriter: Sendable {
    private struct State {
        /// Monotonic time of the oldest event not flushed, in microseconds.
        var oldestAt: UInt64?
        var isUrgent = false
        /// True if a writer waits for room: the tail may grow again, by a read that folds what
        /// others appended, between a flush and its look.
        var isRoomWanted = false
        var isClosed = false
        /// The reason the last flush failed; nil when it did not.
        var failure: HansardError?
    }

    private let state = ConditionLock(State())
    private let fold: FoldLock
    package let mover: GenerationMover
    /// Nil when nothing is to be signed.
    package let signer: (any LogSigner)?
    private let settings: StoreSettings
    private let metrics = WriterMetrics()

    init(
        fold: FoldLock, mover: GenerationMover, signer: (any LogSigner)?, settings: StoreSettings
    ) {
        self.signer = signer
        self.fold = fold
        self.mover = mover
        self.settings = settings
    }

    /// The thread's work: flush when the tail is large, old, or the store closes; move to another
    /// generation of the index when one became live.
    func run() {
        while waitForWork() {
            mover.moveIfDue(isCancelled: { state.withLock { $0.isClosed } }) {
                // Appends wait for room, and nobody else makes any.
                if isTailLarge(times: 1) { flushAndTell() }
            }
            flushAndTell()
        }
    }

    private func flushAndTell() {
        do {
            try metrics.time(metrics.flush) { try flush() }
            finished(nil)
            signer?.indexFlushed(fold.published.index)
        } catch {
            let failure = HansardError.wrapping(error, doing: "writing the index")
            settings.logger.log(level: .error, "the index could not be written", failure)
            finished(failure)
        }
    }

    /// Writes what is published, once.
    package func flush() throws {
        let snapshot = fold.published
        let outcome = try Flush(index: snapshot.index).write(
            snapshot.flushableTails, stops: snapshot.units.map(\.stop))
        fold.fold { projector in
            // The store may have moved to another generation meanwhile.
            if projector.index === snapshot.index {
                projector.drop(through: outcome.durablePositions)
            }
        }
    }

    /// The same from within the fold lock, when catching up has outgrown the tail.
    func flush(within projector: Projector) throws {
        try projector.flushIfLarge(settings)
    }

    /// Called by the writer after each commit.
    func tailGrew() {
        let isLarge = isTailLarge(times: 1) || mover.isDue
        state.withLock { state in
            if state.oldestAt == nil { state.oldestAt = SystemClock.monotonicMicroseconds }
            if isLarge { state.isUrgent = true }
        }
        state.broadcast()
    }

    /// Called after a look at the log: another generation may have become live.
    func logWasRead() {
        if !mover.isDue { return }
        if settings.isReadOnly { return mover.moveIfDue() }
        state.withLock { $0.isUrgent = true }
        state.broadcast()
    }

    /// Called when folding failed. If the index is the cause, a new generation repairs it.
    func foldFailed() {
        // What the log can't tell now it will tell the next time; the failure itself is thrown.
        try? fold.fold { try $0.noticeDespiteFailure() }
        logWasRead()
    }

    /// Waits while the tail is twice its bound.
    ///
    /// - Throws: why flushing fails, when it does: then there is no point in waiting.
    func waitForRoom() throws {
        if !isTailLarge(times: 2) { return }
        state.withLock { state in
            state.isUrgent = true
            state.isRoomWanted = true
        }
        state.broadcast()
        let failure = state.wait(
            until: { !isTailLarge(times: 2) || $0.isClosed || $0.failure != nil }
        ) { state in
            state.isRoomWanted = false
            return state.failure
        }
        if let failure, isTailLarge(times: 2) { throw failure }
    }

    /// Ends the thread after one last flush.
    func close() {
        state.withLock { $0.isClosed = true }
        state.broadcast()
    }

    var lastFailure: HansardError? { state.withLock { $0.failure } }

    private func isTailLarge(times: Int) -> Bool {
        let published = fold.published
        let events = published.units.map(\.tail.eventsCount).max() ?? 0
        let bytes = published.units.reduce(0) { $0 + $1.tail.bytesCount }
        return events >= times * settings.flushEventsMax
            || bytes >= times * settings.flushBytesMax
    }

    /// Waits until a flush is due; false when closed and nothing is left to write.
    private func waitForWork() -> Bool {
        let ageMax = UInt64(settings.flushAge.inMicroseconds)
        while true {
            let oldestAt = state.wait(
                until: { $0.isClosed || $0.isUrgent || $0.oldestAt != nil }, then: { $0.oldestAt })
            let age = oldestAt.map { SystemClock.monotonicMicroseconds - $0 } ?? 0
            let verdict: Bool? = state.wait(
                microseconds: ageMax - min(age, ageMax),
                until: { $0.isClosed || $0.isUrgent }
            ) { state, isDue in
                if state.isClosed { return state.oldestAt != nil && state.failure == nil }
                return isDue || state.oldestAt != nil ? true : nil
            }
            if let verdict { return verdict }
        }
    }

    private func finished(_ failure: HansardError?) {
        state.withLock { state in
            // Looked at under the lock: what the writer publishes after it, it tells after it.
            let isEmpty = fold.published.units.allSatisfy { $0.tail.eventsCount == 0 }
            state.failure = failure
            // The tail grew meanwhile. Should it be large again, a writer may be waiting for room
            // by now; and what the writer or a read reported meanwhile was not waited for.
            let isDue = isTailLarge(times: 1) || mover.isDue || state.isRoomWanted
            state.isUrgent = failure == nil && isDue
            state.oldestAt = isEmpty ? nil : SystemClock.monotonicMicroseconds
        }
        state.broadcast()
    }
}
