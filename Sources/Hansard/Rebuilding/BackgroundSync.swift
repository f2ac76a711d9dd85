import Bindings
import Synchronization

/// Flushes a file to the disk bit by bit while it is being written, on a thread of its own.
///
/// Flushed all at once in the end, what a rebuild wrote would hold up the log's commits on the same
/// disk.
final class BackgroundSync {
    private let environment: Environment
    private let failure = Failure()
    private var thread: DedicatedThread?

    /// The system tells a failed flush once: the next one would find nothing wrong.
    private final class Failure: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }

    init(_ environment: Environment) { self.environment = environment }

    deinit { thread?.join() }

    /// Begins to flush what was written so far, once the flush before is done.
    ///
    /// - Throws: what the flush before failed with.
    func begin() throws {
        try wait()
        thread = try DedicatedThread(name: "hansard-sync") { [environment, failure] in
            do { try environment.sync() } catch { failure.error.withLock { $0 = error } }
        }
    }

    /// Waits for the flush that was begun.
    func wait() throws {
        thread?.join()
        thread = nil
        if let error = failure.error.withLock({ $0 }) { throw error }
    }
}
