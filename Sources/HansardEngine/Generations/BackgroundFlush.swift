import HansardBindings

/// Writes tails to an index that is being built, and those pages to the disk, on a thread of its
/// own, while the folding goes on.
///
/// One flush at a time. To the disk bit by bit, because one sync of hundreds of megabytes at the
/// end would hold up the log's commits.
final class BackgroundFlush {
    private let index: Index
    private var job: BackgroundJob<Checkpoints>?

    init(_ index: Index) { self.index = index }

    var isRunning: Bool { job != nil }

    /// Begins to write what the engine's tails hold now. None may be running.
    func begin(_ engine: Engine) throws {
        precondition(job == nil, "one flush at a time")
        let tails = engine.units.map { $0.stop == nil ? $0.tail : nil }
        let stops = engine.units.map(\.stop)
        job = try BackgroundJob(name: "hansard-flush") { [index] in
            let outcome = try Flush(index: index).write(tails, stops: stops)
            try index.environment.sync()
            return outcome.checkpoints
        }
    }

    /// Lets the engine go of what was written, if the flush is done.
    ///
    /// - Throws: what it failed with.
    func collect(_ engine: Engine) throws {
        if job?.isDone == true { try wait(engine) }
    }

    /// Waits for the flush that is running, and lets the engine go of what was written.
    ///
    /// - Throws: what it failed with.
    func wait(_ engine: Engine) throws {
        guard let running = job else { return }
        job = nil
        engine.drop(through: try running.wait())
    }
}
