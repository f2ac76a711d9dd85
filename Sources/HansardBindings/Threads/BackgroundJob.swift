/// One job on a thread of its own, whose owner asks for the outcome.
///
/// The thread ends with the owner: letting go of the job waits for it.
public final class BackgroundJob<Outcome: Sendable>: Sendable {
    private let outcome: ConditionLock<Result<Outcome, any Error>?>
    private let thread: DedicatedThread

    /// Begins the job at once.
    ///
    /// - Parameter name: shown by debuggers, cut to 15 bytes on Linux.
    /// - Throws: `SystemError` when the system has no thread to give.
    public init(
        name: String, _ body: @escaping @Sendable () throws -> Outcome
    ) throws(SystemError) {
        let outcome = ConditionLock<Result<Outcome, any Error>?>(nil)
        self.outcome = outcome
        thread = try DedicatedThread(name: name) {
            let result = Result { try body() }
            outcome.withLock { $0 = result }
            outcome.broadcast()
        }
    }

    deinit { thread.join() }

    /// True if the job has ended.
    public var isDone: Bool { outcome.withLock { $0 != nil } }

    /// Waits for the end of the job. May be asked again.
    ///
    /// - Throws: what the job threw.
    @discardableResult
    public func wait() throws -> Outcome {
        thread.join()
        return try outcome.withLock { outcome in
            guard let outcome else { preconditionFailure("a thread leaves an outcome") }
            return try outcome.get()
        }
    }

    /// Waits for the end of the job, at most so long; nil when it goes on.
    ///
    /// - Throws: what the job threw.
    public func wait(microseconds: UInt64) throws -> Outcome? {
        try outcome.wait(microseconds: microseconds, until: { $0 != nil }) { outcome, _ in
            try outcome?.get()
        }
    }
}
