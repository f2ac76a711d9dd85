import HansardBindings

/// Writes tails to an index that is being built, and those pages to the disk, on a thread of its
/// own, while the folding goes on.
///
/// One flush at a time. To the disk bit by bit, because one sync of hundreds of megabytes at the
/// end would hold up the log's commits.
final class BackgroundFlush {
    private let index: Index
    private var job: BackgroundJob<DurablePositions>?

    init(_ index: Index) { self.index = index }

    var isRunning: Bool { job != nil }

    /// Begins to write what the projector's tails hold now. None may be running.
    func begin(_ projector: Projector) throws {
        precondition(job == nil, "one flush at a time")
        let tails = projector.units.map { $0.stop == nil ? $0.tail : nil }
        let stops = projector.units.map(\.stop)
        job = try BackgroundJob(name: "hansard-flush") { [index] in
            let outcome = try Flush(index: index).write(tails, stops: stops)
            try index.environment.sync()
            return outcome.durablePositions
        }
    }

    /// Lets the projector go of what was written, if the flush is done.
    ///
    /// - Throws: what it failed with.
    func collect(_ projector: Projector) throws {
        if job?.isDone == true { try wait(projector) }
    }

    /// Waits for the flush that is running, and lets the projector go of what was written.
    ///
    /// - Throws: what it failed with.
    func wait(_ projector: Projector) throws {
        guard let running = job else { return }
        job = nil
        projector.drop(through: try running.wait())
    }
}
