public import Hansard
public import HansardRecords

extension Chat {
    /// Performs a mutation: `try await chat.perform(.createMessage(record))`.
    ///
    /// Returns when what it recorded is durable and visible to every read. A command that depends
    /// on state is decided again, a bounded number of times, when the state changes under it.
    /// - Throws: `HansardError`: `invalidArgument`, `notFound`, `gone`, `idConflict` (nothing was
    ///   written), and what `Store.append` throws.
    public func perform<Answer: Sendable>(
        _ command: ChatCommand<Answer>, as provenance: Provenance = Provenance()
    ) async throws(HansardError) -> Answer {
        var run = CommandRun(command, self, provenance)
        while true {
            switch try run.next() {
            case .answer(let answer): return answer
            case .append(let plan):
                let appended: Appended
                do { appended = try await store.append(plan.append) } catch {
                    try run.failed(error)
                    continue
                }
                return try run.answer(plan, appended)
            }
        }
    }

    /// `perform` for a plain thread, which it blocks. Not for tasks of Swift concurrency.
    public func performBlocking<Answer: Sendable>(
        _ command: ChatCommand<Answer>, as provenance: Provenance = Provenance()
    ) throws(HansardError) -> Answer {
        var run = CommandRun(command, self, provenance)
        while true {
            switch try run.next() {
            case .answer(let answer): return answer
            case .append(let plan):
                let appended: Appended
                do { appended = try store.appendBlocking(plan.append) } catch {
                    try run.failed(error)
                    continue
                }
                return try run.answer(plan, appended)
            }
        }
    }

    /// Lends a view of the store for queries: `try chat.read { try $0.message(id) }`.
    ///
    /// Runs on the caller's thread, for synchronous and asynchronous callers alike: a query is
    /// shorter than a hop to another thread. `Store.read` says more.
    public func read<Result>(_ body: (ReadView) throws -> Result) throws -> Result {
        try store.read(body)
    }

    /// The present time by the store's clock, which decides what has expired.
    public var now: Instant { store.settings.clock() }
}
