import HansardBindings

/// An append on its way to the writer: encoded, with the one to answer.
public struct PreparedAppend: Sendable {
    let events: [EncodedEvent]
    let expecting: [StreamName: ExpectedRevision]
    /// The fault that is known beforehand; the writer answers with it.
    let refusal: HansardError?

    /// The first of the events it consists of.
    public var firstEvent: Event? { events.first?.event }

    var framesBytes: Int { events.reduce(0) { $0 + $1.frame.count } }
}

/// The requests that wait for the writer thread, in order of arrival.
final class AppendQueue: Sendable {
    typealias Answer = Result<Appended, HansardError>

    struct Request: Sendable {
        /// The append to decide; nil asks for a commit that records the acts that wait.
        let append: PreparedAppend?
        let answer: @Sendable (Answer) -> Void
    }

    private struct State {
        var requests: [Request] = []
        var isClosed = false
    }

    private let state = ConditionLock(State())

    /// Queues requests that belong together; false when the queue is closed and they were not
    /// taken.
    func submit(_ requests: [Request]) -> Bool {
        defer { state.signal() }
        return state.withLock { state in
            if state.isClosed { return false }
            state.requests.append(contentsOf: requests)
            return true
        }
    }

    /// Waits for requests and takes as many as fit in one commit; nil when closed and empty.
    func takeGroup(eventsMax: Int, bytesMax: Int) -> [Request]? {
        state.wait(until: { !$0.requests.isEmpty || $0.isClosed }) { state in
            if state.requests.isEmpty { return nil }
            var (count, events, bytes) = (0, 0, 0)
            for request in state.requests {
                events += request.append?.events.count ?? 0
                bytes += request.append?.framesBytes ?? 0
                if count > 0 && (events > eventsMax || bytes > bytesMax) { break }
                count += 1
            }
            let group = Array(state.requests.prefix(count))
            state.requests.removeFirst(count)
            return group
        }
    }

    /// Takes all that waits.
    func takeAll() -> [Request] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    /// Takes nothing more; what waits is still answered.
    func close() {
        state.withLock { $0.isClosed = true }
        state.broadcast()
    }
}
