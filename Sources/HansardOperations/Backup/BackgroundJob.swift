import HansardEngine
import HansardBindings
import Synchronization

/// One job on a thread of its own, whose owner asks how it ended.
final class BackgroundJob {
    /// What the thread leaves for the owner.
    private final class Outcome: Sendable {
        let failure = Mutex<(any Error)?>(nil)
    }

    private let outcome: Outcome
    private let thread: DedicatedThread

    init(name: String, _ body: @escaping @Sendable () throws -> Void) throws {
        let outcome = Outcome()
        self.outcome = outcome
        thread = try DedicatedThread(name: name) {
            do { try body() } catch { outcome.failure.withLock { $0 = error } }
        }
    }

    deinit { thread.join() }

    /// Waits for its end.
    ///
    /// - Throws: what it failed with.
    func wait() throws {
        thread.join()
        if let failure = outcome.failure.withLock({ $0 }) { throw failure }
    }
}
