/// The events after a position, in order, without gaps, each once: first what is in the log, then
/// what is appended, by this process or another.
///
/// Reads in chunks of at most some hundred events or about 1 MB, each in a short transaction of its
/// own: a slow consumer keeps neither memory nor pages. Waiting costs no thread. What this process
/// appends arrives at once, what another appends within some 10 ms. Every iterator begins again.
///
/// It ends (`next` gives nil) at `end`, and as soon as the task is cancelled. It throws
/// `HansardError`: `closed` when the store is closed, after the events read before; `corruptEvent`
/// at a damaged event, after those before it; `logRolledBack` when it is to begin beyond the head.
public struct EventSequence: AsyncSequence, Sendable {
    public typealias Element = RecordedEvent
    public typealias Failure = HansardError

    /// The place where a sequence ends.
    public enum End: Sendable, Equatable {
        /// It goes on as long as the store is open.
        case never
        /// At the head as it is when the first event is asked for.
        case head
        /// After this position, which may have to be waited for.
        case position(Position)
    }

    let store: Store
    let start: Position
    let filter: EventFilter
    let end: End

    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// One walk along the log. For one task at a time.
    public struct Iterator: AsyncIteratorProtocol {
        /// Every event up to here was handed out, or passed over by the filter: the place to begin
        /// after next time.
        public private(set) var position: Position
        private let store: Store
        private let filter: EventFilter
        /// The last position to hand out; nil until the head is known that is to be it.
        private var limit: Position?
        /// The chunk that was read; events not handed out yet begin at `next`.
        private var chunk: [RecordedEvent] = []
        private var nextIndex = 0
        private var readThrough: Position
        private var hasBegun = false
        private var hasEnded = false

        init(_ sequence: EventSequence) {
            store = sequence.store
            filter = sequence.filter
            position = sequence.start
            readThrough = sequence.start
            switch sequence.end {
            case .never: limit = .max
            case .head: limit = nil
            case .position(let last): limit = last
            }
        }

        /// The next event; nil at the end, or when the task is cancelled.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(HansardError) -> RecordedEvent? {
            guard try await fill() else { return nil }
            let event = chunk[nextIndex]
            nextIndex += 1
            position = nextIndex == chunk.count ? readThrough : event.position
            return event
        }

        /// The events that can be had without waiting, at least one: waits when there is none. Nil
        /// at the end, or when the task is cancelled.
        public mutating func nextChunk(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(HansardError) -> [RecordedEvent]? {
            guard try await fill() else { return nil }
            let events = nextIndex == 0 ? chunk : Array(chunk[nextIndex...])
            nextIndex = chunk.count
            position = readThrough
            return events
        }

        /// Makes sure there is an event to hand out; false at the end.
        private mutating func fill(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(HansardError) -> Bool {
            if hasEnded || Task.isCancelled { return false }
            if nextIndex < chunk.count { return true }
            chunk = []
            nextIndex = 0
            do throws(HansardError) {
                while chunk.isEmpty {
                    let read = try read()
                    if !chunk.isEmpty { return true }
                    position = readThrough
                    if let limit, readThrough >= limit { break }
                    if readThrough >= read.head {
                        await store.fold.watch.wait(
                            after: read.transaction, in: store.log.environment)
                    } else {
                        // The filter let nothing through; others want the thread too.
                        await Task.yield()
                    }
                    if Task.isCancelled { return false }
                }
            } catch {
                hasEnded = true
                throw error
            }
            hasEnded = true
            return false
        }

        private mutating func read() throws(HansardError) -> LogChunk {
            if store.isClosed { throw HansardError(.closed, "the store is closed") }
            let read: LogChunk
            do {
                read = try store.log.chunk(
                    after: readThrough, through: limit ?? .max, matching: filter)
            } catch {
                throw HansardError.wrapping(error, doing: "following the log")
            }
            if !hasBegun { try begin(at: read.head) }
            chunk = read.events
            readThrough = read.through
            return read
        }

        private mutating func begin(at head: Position) throws(HansardError) {
            if readThrough > head {
                throw HansardError(
                    .logRolledBack,
                    "the log ends at \(head), before the start position \(readThrough): the "
                        + "position is of another log, or an older copy replaced this log",
                    position: head)
            }
            if limit == nil { limit = head }
            hasBegun = true
        }
    }
}
