import Bindings

/// Writes the tail to the index, on a thread of its own, so that appends never wait for it until the tail
/// is twice its bound.
final class Projector: Sendable {
    private struct State {
        /// Monotonic time of the oldest event not flushed, in microseconds.
        var oldestAt: UInt64?
        var isUrgent = false
        var isClosed = false
        /// Why the last flush failed; nil when it did not.
        var failure: HansardError?
    }

    private let state = Guarded(State())
    private let fold: Guarded<Engine>
    private let index: Index
    private let publication: Publication
    private let settings: Settings

    init(fold: Guarded<Engine>, index: Index, publication: Publication, settings: Settings) {
        self.fold = fold
        self.index = index
        self.publication = publication
        self.settings = settings
    }

    /// The thread's work: flush when the tail is large, old, or the store closes.
    func run() {
        while waitForWork() {
            do {
                try flush()
                finished(nil)
            } catch {
                finished(HansardError.wrapping(error, doing: "writing the index"))
            }
        }
    }

    /// Writes what is published, once.
    func flush() throws {
        let snapshot = publication.current
        let tails = snapshot.units.map { $0.stop == nil ? $0.tail : nil }
        let outcome = try Flush(index: index).write(tails)
        fold.withLock { engine, _ in engine.drop(through: outcome.checkpoints) }
    }

    /// The same from within the fold lock, when catching up has outgrown the tail.
    func flush(within engine: Engine) throws {
        guard engine.tailEventsCount >= settings.flushEventsMax
            || engine.tailBytesCount >= settings.flushBytesMax
        else { return }
        let tails = engine.units.map { $0.stop == nil ? $0.tail : nil }
        let outcome = try Flush(index: index).write(tails)
        engine.drop(through: outcome.checkpoints)
    }

    /// Told by the writer after each commit.
    func tailGrew() {
        let isLarge = isTailLarge(times: 1)
        state.withLock { state, condition in
            let isFirst = state.oldestAt == nil
            if isFirst { state.oldestAt = SystemClock.monotonicMicroseconds }
            if isLarge && !state.isUrgent {
                state.isUrgent = true
                condition.broadcast()
            } else if isFirst {
                condition.broadcast()
            }
        }
    }

    /// Waits while the tail is twice its bound.
    ///
    /// - Throws: why flushing fails, when it does: then there is no point in waiting.
    func waitForRoom() throws {
        try state.withLock { state, condition in
            while isTailLarge(times: 2) {
                if let failure = state.failure { throw failure }
                if state.isClosed { return }
                state.isUrgent = true
                condition.broadcast()
                condition.wait()
            }
        }
    }

    /// Ends the thread after one last flush.
    func close() {
        state.withLock { state, condition in
            state.isClosed = true
            condition.broadcast()
        }
    }

    var lastFailure: HansardError? { state.withLock { state, _ in state.failure } }

    private func isTailLarge(times: Int) -> Bool {
        let published = publication.current
        let events = published.units.map(\.tail.eventsCount).max() ?? 0
        let bytes = published.units.reduce(0) { $0 + $1.tail.bytesCount }
        return events >= times * settings.flushEventsMax
            || bytes >= times * settings.flushBytesMax
    }

    /// Waits until a flush is due; false when closed and nothing is left to write.
    private func waitForWork() -> Bool {
        state.withLock { state, condition in
            while true {
                if state.isClosed { return state.oldestAt != nil && state.failure == nil }
                if state.isUrgent { return true }
                guard let oldestAt = state.oldestAt else {
                    condition.wait()
                    continue
                }
                let age = Double(SystemClock.monotonicMicroseconds - oldestAt) / 1e6
                if age >= settings.flushAgeSeconds { return true }
                _ = condition.wait(timeoutSeconds: settings.flushAgeSeconds - age)
            }
        }
    }

    private func finished(_ failure: HansardError?) {
        let isEmpty = publication.current.units.allSatisfy { $0.tail.eventsCount == 0 }
        state.withLock { state, condition in
            state.failure = failure
            state.isUrgent = false
            state.oldestAt = isEmpty ? nil : SystemClock.monotonicMicroseconds
            condition.broadcast()
        }
    }
}
