import Dispatch
import HansardBindings
import HansardRecords
import Synchronization

extension Store {
    /// Appends events, all or none, and returns when they are on the disk and visible to every
    /// read.
    ///
    /// Waits while too much is queued. Appends of several callers share commits. The same ids with
    /// the same content again answer with the first positions and add nothing.
    /// - Throws: `HansardError`: `wrongExpectedRevision`, `idConflict`, `invalidArgument`, `full`
    ///   (nothing was written); `unknownOutcome` (open again and retry); `cancelled` before it was
    ///   queued.
    public func append(_ append: Append) async throws(HansardError) -> Appended {
        let cost = cost(of: append)
        await withCheckedContinuation { continuation in
            permits.acquire(cost) { continuation.resume() }
        }
        if Task.isCancelled {
            permits.release(cost)
            throw HansardError(.cancelled, "the append was cancelled before it was queued")
        }
        let prepared: PreparedAppend
        do { prepared = try prepare(append) } catch {
            permits.release(cost)
            throw error
        }
        let answer = await withCheckedContinuation { continuation in
            submit([prepared], cost: cost) { continuation.resume(returning: $0[0]) }
        }
        return try withExtendedLifetime(prepared) { () throws(HansardError) in try answer.get() }
    }

    /// `append` for one stream.
    public func append(
        _ events: [Event], to stream: StreamName, expecting: ExpectedRevision
    ) async throws(HansardError) -> Appended {
        try await append(Append(events, expecting: [stream: expecting]))
    }

    /// `append` for a plain thread, which it blocks. Not for tasks of Swift concurrency.
    public func appendBlocking(_ append: Append) throws(HansardError) -> Appended {
        try appendBlocking([append])[0].get()
    }

    /// Appends several independent lots in few commits; each is answered for itself.
    ///
    /// - Throws: `HansardError` when one can't be encoded; then none was queued.
    public func appendBlocking(
        _ appends: [Append]
    ) throws(HansardError) -> [Result<Appended, HansardError>] {
        var prepared: [PreparedAppend] = []
        prepared.reserveCapacity(appends.count)
        for append in appends { prepared.append(try prepare(append)) }
        return appendBlocking(prepared: prepared)
    }

    /// Appends what was prepared before, perhaps on other threads.
    public func appendBlocking(
        prepared: [PreparedAppend]
    ) -> [Result<Appended, HansardError>] {
        if prepared.isEmpty { return [] }
        let cost = permits.cost(
            events: prepared.reduce(0) { $0 + $1.events.count },
            bytes: prepared.reduce(0) { $0 + $1.framesBytes })
        let granted = DispatchSemaphore(value: 0)
        permits.acquire(cost) { granted.signal() }
        granted.wait()
        let pending = PendingAppends(prepared)
        let answered = DispatchSemaphore(value: 0)
        submit(prepared, cost: cost) { answers in
            pending.answer(answers)
            answered.signal()
        }
        answered.wait()
        return pending.answered ?? []
    }

    /// Encodes and compresses an append, on the caller's thread: all of its work that does not
    /// depend on the log's head.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) when an event is out of bounds or there is
    ///   none.
    public func prepare(_ append: Append) throws(HansardError) -> PreparedAppend {
        guard !append.events.isEmpty else {
            throw HansardError(.invalidArgument, "an append needs at least one event")
        }
        let bytes = append.bytesCount
        guard append.events.count <= settings.appendEventsMax, bytes <= settings.appendBytesMax
        else {
            throw HansardError(
                .tooLarge,
                "an append holds at most \(settings.appendEventsMax) events and "
                    + "\(settings.appendBytesMax) bytes, this one \(append.events.count) and "
                    + "\(bytes)",
                advice: .split(orRaise: nil))
        }
        do {
            return try log.codecs.with { codec in
                PreparedAppend(
                    events: try append.events.map { try codec.encode($0) },
                    expecting: append.expecting,
                    refusal: append.refusalOfDoubleIDs())
            }
        } catch {
            throw HansardError.wrapping(error, doing: "encoding an event")
        }
    }

    private func cost(of append: Append) -> Permits.Cost {
        permits.cost(events: append.events.count, bytes: append.bytesCount)
    }

    func submit(
        _ prepared: [PreparedAppend], cost: Permits.Cost,
        completion: @escaping @Sendable ([AppendQueue.Answer]) -> Void
    ) {
        if settings.isReadOnly {
            permits.release(cost)
            let refusal = HansardError(
                .noPermission,
                "the store was opened for reading only",
                advice: .openForWriting)
            return completion(prepared.map { _ in .failure(refusal) })
        }
        let permits = permits
        if prepared.count == 1 {
            return writer.submit([
                AppendQueue.Request(append: prepared[0]) { answer in
                    permits.release(cost)
                    completion([answer])
                }
            ])
        }
        let collector = AnswerCollector(count: prepared.count) { answers in
            permits.release(cost)
            completion(answers)
        }
        writer.submit(
            prepared.enumerated().map { number, append in
                AppendQueue.Request(append: append) { collector.set(number, $0) }
            })
    }
}

/// Gathers the answers of appends queued together and hands them on when the last has come.
private final class AnswerCollector: Sendable {
    private struct State {
        var answers: [AppendQueue.Answer?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let completion: @Sendable ([AppendQueue.Answer]) -> Void

    init(count: Int, completion: @escaping @Sendable ([AppendQueue.Answer]) -> Void) {
        state = Mutex(State(answers: Array(repeating: nil, count: count), missing: count))
        self.completion = completion
    }

    func set(_ number: Int, _ answer: AppendQueue.Answer) {
        let complete: [AppendQueue.Answer]? = state.withLock { state in
            precondition(state.answers[number] == nil, "an append is answered once")
            state.answers[number] = answer
            state.missing -= 1
            return state.missing == 0 ? state.answers.compactMap { $0 } : nil
        }
        if let complete { completion(complete) }
    }
}
