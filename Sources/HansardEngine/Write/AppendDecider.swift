import HansardBindings
import HansardRecords

/// Checks an append against the log's head, within the write transaction.
struct AppendDecider {
    enum Verdict {
        case accepted
        /// Every event is in the log already, at these positions.
        case repeated([Position])
    }

    let projector: Projector
    let reader: IndexReader
    let codec: EventCodec

    /// Decides without changing anything.
    ///
    /// - Throws: `HansardError`: `idConflict`, `wrongExpectedRevision`, `invalidArgument`; for a
    ///   repetition of an event that can't be read, `newerEvent` or `upcastFailed`.
    func decide(
        _ append: PreparedAppend, in transaction: borrowing WriteTransaction
    ) throws -> Verdict {
        if let refusal = append.refusal { throw refusal }
        var known: [Position] = []
        for encoded in append.events {
            if let position = try recorded(encoded, in: transaction) {
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
                "\(known.count) of the append's \(append.events.count) events are in the log "
                    + "already",
                advice: .repeatWhole, position: known[0])
        }
        return .repeated(known)
    }

    /// The place where the same fact was recorded before; nil when its ids are new.
    private func recorded(
        _ encoded: EncodedEvent, in transaction: borrowing WriteTransaction
    ) throws -> Position? {
        let event = encoded.event
        if let found = try holder(of: event.id, hash: encoded.hashes.id, in: transaction) {
            // What can't be brought into today's shape can't be compared either.
            if let fault = found.fault { throw fault.error }
            guard found.event.isSameFact(as: event) else {
                throw conflict(event.id, found)
            }
            return found.position
        }
        let claims = event.claims.filter { $0 != event.id }
        for (claim, hash) in zip(claims, encoded.hashes.claims) {
            if let found = try holder(of: claim, hash: hash, in: transaction) {
                throw conflict(claim, found)
            }
        }
        return nil
    }

    private func conflict(_ id: Identifier, _ found: RecordedEvent) -> HansardError {
        HansardError(
            .idConflict,
            "the id \(id.text) was recorded with other content at position \(found.position)",
            advice: .useNewID, position: found.position, stream: found.event.stream)
    }

    /// The event that holds or claims an id.
    private func holder(
        of id: Identifier, hash: UInt64, in transaction: borrowing WriteTransaction
    ) throws -> RecordedEvent? {
        for position in try projector.candidates(hash: hash, over: reader) {
            let event = try projector.log.event(
                at: position, in: transaction, codec: codec, as: .forFolding)
            if let event, event.event.id == id || event.event.claims.contains(id) { return event }
        }
        return nil
    }

    private func checkExpectations(_ expecting: [StreamName: ExpectedRevision]) throws {
        for (stream, expected) in expecting {
            if expected == .any { continue }
            let head = try projector.head(
                of: stream, hash: projector.log.hasher.hash(stream), over: reader)
            let isMet =
                switch expected {
                case .any: true
                case .noStream: head?.entity == nil
                case .newStream: head == nil
                case .entity(let position): head?.entity == position
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
            case .any, .streamExists: "\(stream) does not exist"
            case .entity:
                "\(stream) was deleted after it was read; read it again and "
                    + "decide again"
            case .newStream:
                "\(stream) "
                    + (head?.entity == nil
                        ? "existed before, and its id can't be used again" : "exists already")
            case .noStream: "\(stream) exists already"
            case .exactly(let revision):
                (head.map { "\(stream) is at revision \($0.revision)" } ?? "\(stream) has no event")
                    + ", not at revision \(revision); read it again and decide again"
            }
        return HansardError(
            .wrongExpectedRevision, message, position: head?.last, stream: stream)
    }
}
