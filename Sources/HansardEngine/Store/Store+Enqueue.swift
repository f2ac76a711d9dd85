import HansardBindings
import Synchronization

/// Appends that are queued and not answered yet.
public final class PendingAppends: Sendable {
    private enum State {
        case waiting(CheckedContinuation<[Result<Appended, HansardError>], Never>?)
        case answered([Result<Appended, HansardError>])
    }

    private let state = Mutex<State>(.waiting(nil))
    /// Held so that the waiting thread frees the events, not the writer.
    private let appends: [PreparedAppend]

    init(_ appends: [PreparedAppend]) { self.appends = appends }

    /// The answers, one for each append, in their order. To be asked for once.
    public func answers() async -> [Result<Appended, HansardError>] {
        await withCheckedContinuation { continuation in
            let answers: [Result<Appended, HansardError>]? = state.withLock { state in
                if case .answered(let answers) = state { return answers }
                state = .waiting(continuation)
                return nil
            }
            if let answers { continuation.resume(returning: answers) }
        }
    }

    /// The answers if they have come.
    var answered: [Result<Appended, HansardError>]? {
        state.withLock { state in
            if case .answered(let answers) = state { return answers }
            return nil
        }
    }

    func answer(_ answers: [Result<Appended, HansardError>]) {
        let waiter: CheckedContinuation<[Result<Appended, HansardError>], Never>? =
            state.withLock { state in
                defer { state = .answered(answers) }
                if case .waiting(let waiter) = state { return waiter }
                return nil
            }
        waiter?.resume(returning: answers)
    }
}

extension Store {
    /// Queues independent appends and returns once they have their place, before they are
    /// committed.
    ///
    /// For pipelines: what is enqueued first is appended first, and encoding goes on meanwhile.
    /// Waits while too much is queued.
    public func enqueue(_ prepared: [PreparedAppend]) async -> PendingAppends {
        let pending = PendingAppends(prepared)
        if prepared.isEmpty {
            pending.answer([])
            return pending
        }
        let cost = permits.cost(
            events: prepared.reduce(0) { $0 + $1.events.count },
            bytes: prepared.reduce(0) { $0 + $1.framesBytes })
        await withCheckedContinuation { continuation in
            permits.acquire(cost) { continuation.resume() }
        }
        submit(prepared, cost: cost) { pending.answer($0) }
        return pending
    }
}
