import Bindings
import Records

/// Checks an append against the log's head, within the write transaction.
struct AppendDecider {
    enum Verdict {
        case accepted
        /// Every event is in the log already, at these positions.
        case repeated([Position])
    }

    let engine: Engine
    let reader: IndexReader
    let codec: EventCodec

    /// Decides without changing anything.
    ///
    /// - Throws: `HansardError`: `idConflict`, `wrongExpectedRevision`, `invalidArgument`.
    func decide(
        _ append: PreparedAppend, in transaction: borrowing WriteTransaction
    ) throws -> Verdict {
        var known: [Position] = []
        try checkDistinct(append.events)
        for encoded in append.events {
            if let position = try recorded(encoded.event, in: transaction) {
                known.append(position)
            }
        }
        if known.isEmpty {
            try checkExpectations(append.expecting)
            return .accepted
        }
        guard known.count == append.events.count else {
            throw HansardError(
                .idConflict,
                "\(known.count) of the append's \(append.events.count) events are in the log already: "
                    + "an append is repeated whole or not at all",
                position: known[0])
        }
        return .repeated(known)
    }

    /// Within one append each id is used once.
    private func checkDistinct(_ events: [EncodedEvent]) throws {
        if events.count == 1 && events[0].event.claims.isEmpty { return }
        var ids = Set<Identifier>(minimumCapacity: events.count)
        func insert(_ id: Identifier, _ event: Event) throws {
            if ids.insert(id).inserted { return }
            throw HansardError(
                .invalidArgument, "the id \(id.text) is used twice in one append",
                stream: event.stream)
        }
        for encoded in events {
            let event = encoded.event
            try insert(event.id, event)
            for claim in event.claims where claim != event.id { try insert(claim, event) }
        }
    }

    /// Where the same fact was recorded before; nil when its ids are new.
    private func recorded(
        _ event: Event, in transaction: borrowing WriteTransaction
    ) throws -> Position? {
        if let found = try holder(of: event.id, in: transaction) {
            guard found.event.isSameFact(as: event) else {
                throw conflict(event.id, found)
            }
            return found.position
        }
        for claim in event.claims where claim != event.id {
            if let found = try holder(of: claim, in: transaction) { throw conflict(claim, found) }
        }
        return nil
    }

    private func conflict(_ id: Identifier, _ found: RecordedEvent) -> HansardError {
        HansardError(
            .idConflict,
            "the id \(id.text) was recorded with other content at position \(found.position): "
                + "use a new id for a new fact",
            position: found.position, stream: found.event.stream)
    }

    /// The event that holds or claims an id.
    private func holder(
        of id: Identifier, in transaction: borrowing WriteTransaction
    ) throws -> RecordedEvent? {
        var holder: RecordedEvent?
        var candidates: [Position] = []
        let core = engine.coreView(over: reader)
        try core.forEachPosition(hash: engine.log.hasher.hash(id)) {
            candidates.append($0)
            return true
        }
        for position in candidates {
            let event = try engine.log.event(at: position, in: transaction, codec: codec)
            if let event, event.event.id == id || event.event.claims.contains(id) {
                holder = event
                break
            }
        }
        return holder
    }

    private func checkExpectations(_ expecting: [StreamName: ExpectedRevision]) throws {
        for (stream, expected) in expecting {
            if expected == .any { continue }
            let head = try engine.head(of: stream, over: reader)
            let isMet =
                switch expected {
                case .any: true
                case .noStream: head?.entity == nil
                case .streamExists: head?.entity != nil
                case .exactly(let revision): head?.revision == revision.rawValue
                }
            if !isMet { throw wrongRevision(stream, expected, head) }
        }
    }

    private func wrongRevision(
        _ stream: StreamName, _ expected: ExpectedRevision, _ head: StreamHead?
    ) -> HansardError {
        let message =
            switch expected {
            case .any, .streamExists: "\(stream.category) \(stream.id.text) does not exist"
            case .noStream: "\(stream.category) \(stream.id.text) exists already"
            case .exactly(let revision):
                "\(stream) is at revision \(head.map { "\($0.revision)" } ?? "none"), not "
                    + "\(revision): read it again and decide anew"
            }
        return HansardError(
            .wrongExpectedRevision, message, position: head?.last, stream: stream)
    }
}
