import HansardEngine
import HansardBindings

/// Jobs done on several threads whose results come back in the order of the jobs.
///
/// Jobs that are begun and not yet asked for weigh `ahead` together, or little more, which bounds
/// the memory. For the thread that made it; its own threads end with it.
final class OrderedWork<Job: Sendable, Outcome: Sendable> {
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
    /// Of the jobs that are begun and not delivered, in order.
    private var weights: [Int] = []
    private var begun = 0
    private var delivered = 0
    private var isExhausted = false
    /// Why there are no more jobs; thrown after the results of those before.
    private var failure: (any Error)?

    /// - Parameters:
    ///   - weight: of a job; with 1 for each, `ahead` is a number of jobs.
    ///   - nextJob: called on the caller's thread, in `next`; nil ends the work.
    ///   - makeWorker: makes what one thread works with; called on that thread.
    init(
        name: String, threads count: Int, ahead: Int, weight: @escaping (Job) -> Int = { _ in 1 },
        nextJob: @escaping () throws -> Job?,
        makeWorker: @escaping @Sendable () throws -> (Job) throws -> Outcome
    ) throws {
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

    /// The next result; nil when there are no more jobs.
    ///
    /// - Throws: what making the job, or doing it, threw, after the results of those before it.
    func next() throws -> Outcome? {
        while !isExhausted, weights.reduce(0, +) < ahead { begin() }
        if delivered == begun {
            if let failure { throw failure }
            return nil
        }
        let number = delivered
        let outcome = state.wait(until: { $0.outcomes[number] != nil }) { state in
            state.outcomes.removeValue(forKey: number)
        }
        delivered += 1
        weights.removeFirst()
        return try outcome?.get()
    }

    private func begin() {
        do {
            guard let job = try nextJob() else {
                isExhausted = true
                return
            }
            let number = begun
            begun += 1
            weights.append(weight(job))
            state.withLock { $0.jobs.append((number, job)) }
            state.broadcast()
        } catch {
            isExhausted = true
            failure = error
        }
    }

    private static func work(
        _ state: ConditionLock<State>, _ worker: (Job) throws -> Outcome
    ) {
        while let (number, job) = state.wait(
            until: { !$0.jobs.isEmpty || $0.isEnded },
            then: { state in state.isEnded ? nil : state.jobs.removeFirst() })
        {
            let outcome = Result { try worker(job) }
            state.withLock { $0.outcomes[number] = outcome }
            state.broadcast()
        }
    }
}
