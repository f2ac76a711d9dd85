import HansardBindings
import Logging
import Synchronization

/// The one thread of this process that writes the log.
///
/// LMDB binds a write transaction to the OS thread that began it; here no other thread ever begins
/// one.
final class LogWriter: Sendable {
    private let queue = AppendQueue()
    private let metrics = WriterMetrics()
    private let fold: FoldLock
    private let indexWriter: IndexWriter
    private let settings: StoreSettings
    private let logDirectory: String
    private let environment: Environment
    private let readersCheckedAt = Mutex<UInt64>(0)
    /// The reason the writer refuses everything, once it does.
    private let stopped = Mutex<HansardError?>(nil)

    init(
        fold: FoldLock, indexWriter: IndexWriter, settings: StoreSettings, logDirectory: String,
        environment: Environment
    ) {
        self.environment = environment
        self.fold = fold
        self.indexWriter = indexWriter
        self.settings = settings
        self.logDirectory = logDirectory
    }

    /// Queues requests; each is answered exactly once, on the writer thread.
    func submit(_ requests: [AppendQueue.Request]) {
        if queue.submit(requests) { return }
        let closed = HansardError(.closed, "the store is closed")
        for request in requests { request.answer(.failure(closed)) }
    }

    /// Asks for a commit that records the operators' acts that wait; `answer` is called once, on
    /// the writer thread.
    func recordActs(_ answer: @escaping @Sendable (AppendQueue.Answer) -> Void = { _ in }) {
        submit([AppendQueue.Request(append: nil, answer: answer)])
    }

    func close() { queue.close() }

    /// The thread's work: take what waits, commit once, answer each.
    func run() {
        let tree = TreeThread()
        while var group = queue.takeGroup(
            eventsMax: settings.groupEventsMax, bytesMax: settings.groupBytesMax)
        {
            let answers: [AppendQueue.Answer]
            switch commit(group, tree) {
            case .success(let decided): answers = decided
            case .failure(let failure):
                // What waits after a group that failed fails with it: appends queued in an order
                // must not be committed in another.
                group += queue.takeAll()
                answers = group.map { _ in .failure(failure) }
            }
            precondition(answers.count == group.count, "every request is answered once")
            // Let go of the events first: the callers hold them until they are answered, and free
            // them on their own threads.
            let callers = group.map(\.answer)
            group = []
            for (caller, answer) in zip(callers, answers) { caller(answer) }
        }
    }

    /// The answers to a group's requests, or why none of it was written.
    private func commit(
        _ group: [AppendQueue.Request], _ tree: TreeThread
    ) -> Result<[AppendQueue.Answer], HansardError> {
        do {
            if let reason = stopped.withLock({ $0 }) { throw reason }
            try checkQuota()
            try indexWriter.waitForRoom()
            let answers = try metrics.time(metrics.commit) {
                try fold.commit { projector in
                    try projector.catchUp { try indexWriter.flush(within: $0) }
                    var commit = GroupCommit(projector: projector, settings: settings, tree: tree)
                    try commit.run(group)
                    return commit.answers
                }
            }
            metrics.committed(answers, tail: fold.published.core)
            indexWriter.tailGrew()
            checkReaders()
            return .success(answers)
        } catch {
            indexWriter.foldFailed()
            return .failure(classify(error))
        }
    }

    /// Keeps the log within its soft limit, which leaves room for LMDB to work in.
    private func checkQuota() throws(HansardError) {
        let used = environment.information().usedBytes
        guard used >= settings.logBytesMax else { return }
        throw HansardError(
            .full,
            "the log takes \(used) bytes, its limit is \(settings.logBytesMax); nothing was "
                + "written",
            advice: .raiseSetting("logBytesMax"))
    }

    /// Frees the slots of readers that died, now and then: each keeps the files from using pages
    /// again.
    private func checkReaders() {
        let now = SystemClock.monotonicMicroseconds
        let isDue = readersCheckedAt.withLock { last in
            if now - last < Self.readerCheckMicroseconds { return false }
            last = now
            return true
        }
        if !isDue { return }
        // What a check can't do now the next one will; appends don't depend on it.
        _ = try? environment.checkReaders()
        _ = try? fold.published.index.environment.checkReaders()
    }

    private static let readerCheckMicroseconds: UInt64 = 5_000_000

    /// Says what a failed group means for its callers, and stops the writer when the log's state is
    /// not known any more.
    private func classify(_ error: any Error) -> HansardError {
        guard let error = error as? LMDBError else {
            return HansardError.wrapping(error, doing: "appending")
        }
        let free = (try? FileSystem.freeBytes(at: logDirectory)) ?? Int.max
        if error.code == .mapFull || error.code == .noSpace
            || (error.code == .inputOutput && free < Self.freeBytesLow)
        {
            let full = HansardError(
                .full,
                "the disk or the map is full; nothing was written",
                advice: .freeSpace(path: nil), underlying: error)
            settings.logger.log(level: .error, "an append failed", full)
            return full
        }
        guard error.code == .inputOutput || error.code == .panic else {
            return HansardError.wrapping(error, doing: "appending")
        }
        // fsync semantics: after an I/O error the page cache may say more than the disk holds.
        let refusal = HansardError(
            .writesStopped,
            "the log refuses writes after an I/O error",
            advice: .checkDiskAndReopen, underlying: error)
        stopped.withLock { $0 = refusal }
        settings.logger.log(level: .critical, "writing stopped", refusal)
        return HansardError(
            .unknownOutcome,
            "an I/O error leaves open whether the events were written",
            advice: .reopenAndRetry, underlying: error)
    }

    /// LMDB reports a full disk as EIO when a write comes back short.
    private static let freeBytesLow = 4 << 20
}
