/// An ordered pipeline: jobs are done on several threads, and their outcomes come back in the order
/// of the jobs.
///
/// Jobs that are begun and not taken weigh `ahead` together, or little more, which bounds the
/// memory. For the thread that made it; its own threads end with it.
public final class Pipeline<Job: Sendable, Outcome: Sendable> {
    private struct State {
        var jobs: [(number: Int, job: Job)] = []
        var outcomes: [Int: Result<Outcome, any Error>] = [:]
        var isEnded = false
    }

    private let state: ConditionLock<State>
    private var threads: [DedicatedThread] = []
    private let ahead: Int
    private let nextJob: () throws -> Job?
    private let weight: (Job) -> Int
    /// Weights of the jobs that are begun and not taken, in order.
    private var weights: [Int] = []
    private var begunCount = 0
    private var takenCount = 0
    private var isExhausted = false
    /// The reason there are no more jobs; thrown after the outcomes of those before.
    private var failure: (any Error)?

    /// Starts the threads, which wait for jobs.
    ///
    /// - Parameters:
    ///   - weight: of a job; with 1 for each, `ahead` is a number of jobs.
    ///   - nextJob: called on the caller's thread, in `next`; nil ends the jobs. Without it the
    ///     caller hands jobs to `begin`.
    ///   - makeWorker: makes what one thread works with; called on that thread.
    /// - Throws: `SystemError` when the system has no thread to give.
    public init(
        name: String, threads count: Int, ahead: Int = 1,
        weight: @escaping (Job) -> Int = { _ in 1 },
        nextJob: @escaping () throws -> Job? = { nil },
        makeWorker: @escaping @Sendable () throws -> (Job) throws -> Outcome
    ) throws(SystemError) {
        let state = ConditionLock(State())
        self.state = state
        self.ahead = ahead
        self.weight = weight
        self.nextJob = nextJob
        for _ in 0..<count {
            threads.append(
                try DedicatedThread(name: name) {
                    let worker = Result { try makeWorker() }
                    Self.work(state) { job in try worker.get()(job) }
                })
        }
    }

    deinit {
        state.withLock { $0.isEnded = true }
        state.broadcast()
        for thread in threads { thread.join() }
    }

    /// Hands a job to the threads.
    public func begin(_ job: Job) {
        let number = begunCount
        begunCount += 1
        weights.append(weight(job))
        state.withLock { $0.jobs.append((number, job)) }
        state.broadcast()
    }

    /// The next outcome; nil when there are no more jobs. Waits for it.
    ///
    /// - Throws: what making the job, or doing it, threw, after the outcomes of those before it.
    public func next() throws -> Outcome? {
        while !isExhausted, weights.reduce(0, +) < ahead { pull() }
        if takenCount == begunCount {
            if let failure { throw failure }
            return nil
        }
        let number = takenCount
        let outcome = state.wait(until: { $0.outcomes[number] != nil }) { state in
            state.outcomes.removeValue(forKey: number)
        }
        takenCount += 1
        weights.removeFirst()
        return try outcome?.get()
    }

    private func pull() {
        do {
            if let job = try nextJob() { begin(job) } else { isExhausted = true }
        } catch {
            isExhausted = true
            failure = error
        }
    }

    private static func work(
        _ state: ConditionLock<State>, _ worker: (Job) throws -> Outcome
    ) {
        while let (number, outcome) = doNext(state, worker) {
            state.withLock { $0.outcomes[number] = outcome }
            state.broadcast()
        }
    }

    /// Does the next job; nil when there are no more.
    ///
    /// Lets go of the job before the outcome can be taken. So the taker frees what a job shares
    /// with it, and not the worker, for which others may wait.
    private static func doNext(
        _ state: ConditionLock<State>, _ worker: (Job) throws -> Outcome
    ) -> (Int, Result<Outcome, any Error>)? {
        let next = state.wait(
            until: { !$0.jobs.isEmpty || $0.isEnded },
            then: { state in state.isEnded ? nil : state.jobs.removeFirst() })
        guard let (number, job) = next else { return nil }
        return (number, Result { try worker(job) })
    }
}
