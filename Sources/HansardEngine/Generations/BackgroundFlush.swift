import HansardBindings
import Synchronization

/// Writes tails to an index that is being built, and those pages to the disk, on a thread of its
/// own, while the folding goes on.
///
/// One flush at a time. To the disk bit by bit, because one sync of hundreds of megabytes at the
/// end would hold up the log's commits.
final class BackgroundFlush {
    private let index: Index
    private let result = SharedResult()
    private var thread: DedicatedThread?

    /// What the thread leaves for its owner.
    private final class SharedResult: Sendable {
        let value = Mutex<Result<Checkpoints, any Error>?>(nil)
    }

    init(_ index: Index) { self.index = index }

    deinit { thread?.join() }

    var isRunning: Bool { thread != nil }

    /// Begins to write what the engine's tails hold now. None may be running.
    func begin(_ engine: Engine) throws {
        precondition(thread == nil, "one flush at a time")
        let tails = engine.units.map { $0.stop == nil ? $0.tail : nil }
        let stops = engine.units.map(\.stop)
        thread = try DedicatedThread(name: "hansard-flush") { [index, result] in
            let written = Result {
                let outcome = try Flush(index: index).write(tails, stops: stops)
                try index.environment.sync()
                return outcome.checkpoints
            }
            result.value.withLock { $0 = written }
        }
    }

    /// Lets the engine go of what was written, if the flush is done.
    ///
    /// - Throws: what it failed with.
    func collect(_ engine: Engine) throws {
        guard let written = result.value.withLock({ $0 }) else { return }
        thread?.join()
        thread = nil
        result.value.withLock { $0 = nil }
        engine.drop(through: try written.get())
    }

    /// Waits for the flush that is running.
    func wait(_ engine: Engine) throws {
        thread?.join()
        try collect(engine)
    }
}
