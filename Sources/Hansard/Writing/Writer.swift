import Bindings
import Synchronization

/// The one thread of this process that writes the log.
///
/// LMDB binds a write transaction to the OS thread that began it; here no other thread ever begins one.
final class Writer: Sendable {
    private let queue = AppendQueue()
    private let fold: ConditionLock<Engine>
    private let projector: Projector
    private let settings: Settings
    private let logDirectory: String
    private let ownTransaction: OwnTransaction
    /// Why the writer refuses everything, once it does.
    private let stopped = Mutex<HansardError?>(nil)

    init(
        fold: ConditionLock<Engine>, projector: Projector, settings: Settings,
        logDirectory: String,
        ownTransaction: OwnTransaction
    ) {
        self.ownTransaction = ownTransaction
        self.fold = fold
        self.projector = projector
        self.settings = settings
        self.logDirectory = logDirectory
    }

    /// Queues requests; each is answered exactly once, on the writer thread.
    func submit(_ requests: [AppendQueue.Request]) {
        if queue.submit(requests) { return }
        let closed = HansardError(.closed, "the store is closed")
        for request in requests { request.answer(.failure(closed)) }
    }

    func close() { queue.close() }

    /// The thread's work: take what waits, commit once, answer each.
    func run() {
        while let group = queue.takeGroup(
            eventsMax: settings.groupEventsMax, bytesMax: settings.groupBytesMax)
        {
            let answers = commit(group)
            precondition(answers.count == group.count, "every request is answered once")
            for (request, answer) in zip(group, answers) { request.answer(answer) }
        }
    }

    private func commit(_ group: [AppendQueue.Request]) -> [AppendQueue.Answer] {
        do {
            if let reason = stopped.withLock({ $0 }) { throw reason }
            try projector.waitForRoom()
            let answers = try fold.withLock { engine in
                try engine.catchUp { try projector.flush(within: $0) }
                var commit = GroupCommit(
                    engine: engine, settings: settings, ownTransaction: ownTransaction)
                try commit.run(group)
                return commit.answers
            }
            projector.tailGrew()
            return answers
        } catch {
            let failure = classify(error)
            return group.map { _ in .failure(failure) }
        }
    }

    /// Says what a failed group means for its callers, and stops the writer when the log's state is not
    /// known any more.
    private func classify(_ error: any Error) -> HansardError {
        guard let error = error as? LMDBError else {
            return HansardError.wrapping(error, doing: "appending")
        }
        let free = (try? FileSystem.freeBytes(at: logDirectory)) ?? Int.max
        if error.code == .mapFull || error.code == .noSpace
            || (error.code == .inputOutput && free < Self.freeBytesLow)
        {
            return HansardError(
                .full,
                "the disk or the map is full, nothing was written: free some space and try again",
                underlying: error)
        }
        guard error.code == .inputOutput || error.code == .panic else {
            return HansardError.wrapping(error, doing: "appending")
        }
        // fsync semantics: after an I/O error the page cache may say more than the disk holds.
        stopped.withLock {
            $0 = HansardError(
                .writesStopped,
                "the log refuses writes after an I/O error: check the disk, then open the store again",
                underlying: error)
        }
        return HansardError(
            .unknownOutcome,
            "an I/O error leaves open whether the events were written: open the store again and retry "
                + "with the same ids, which is safe",
            underlying: error)
    }

    /// LMDB reports a full disk as EIO when a write comes back short.
    private static let freeBytesLow = 4 << 20
}
