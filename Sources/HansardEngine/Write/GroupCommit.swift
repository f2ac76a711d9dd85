import HansardBindings

/// Decides and writes one group of appends in one transaction of the log.
///
/// Runs on the writer thread, under the fold lock, from the transaction's begin to its end.
struct GroupCommit {
    let projector: Projector
    let settings: StoreSettings
    let tree: TreeThread

    /// The answer to each request, in order. Valid once `run` has returned.
    private(set) var answers: [AppendQueue.Answer] = []
    private var appendedCount = 0
    /// The leaves of the events appended, while the tree is kept.
    private var leaves: [EventLeaf] = []

    init(projector: Projector, settings: StoreSettings, tree: TreeThread) {
        self.projector = projector
        self.settings = settings
        self.tree = tree
    }

    /// Commits the group, then publishes what it did.
    ///
    /// - Throws: what made the whole group fail; nothing of it was folded then.
    mutating func run(_ requests: [AppendQueue.Request]) throws {
        let reader = try IndexReader(projector.index)
        projector.align(with: reader.durablePositions)
        do {
            let transactionID = try projector.log.codecs.with { codec in
                try projector.log.environment.write { transaction in
                    try foldOthers(in: transaction, codec: codec, reader: reader)
                    try write(requests, in: transaction, codec: codec, reader: reader)
                    // Nothing but the tree needs the leaves: they are hashed during the commit.
                    tree.begin(leaves, after: projector.treeEdge)
                    // A transaction that wrote nothing takes no number.
                    return transaction.transactionID - (appendedCount == 0 ? 1 : 0)
                }
            }
            if let growth = try tree.finish() { projector.growTree(by: growth) }
            projector.seal()
            projector.publish(logTransaction: transactionID)
        } catch {
            tree.abandon()
            projector.discard()
            throw error
        }
    }

    /// Folds what other processes appended since the last look, so that decisions are made at the
    /// head.
    private func foldOthers(
        in transaction: borrowing WriteTransaction, codec: EventCodec, reader: IndexReader
    ) throws {
        try projector.notice(transaction)
        let head = try projector.log.head(in: transaction)
        try projector.fold(
            projector.earliestEnd.next, head, in: transaction, codec: codec, over: reader)
    }

    private mutating func write(
        _ requests: [AppendQueue.Request], in transaction: borrowing WriteTransaction,
        codec: EventCodec, reader: IndexReader
    ) throws {
        let decider = AppendDecider(projector: projector, reader: reader, codec: codec)
        var clock = try RecordingClock(
            after: projector.core.foldedThrough, log: projector.log, in: transaction, codec: codec)
        var stored: [UInt8] = []
        try recordActs(
            clock: &clock, in: transaction, codec: codec, reader: reader, scratch: &stored)
        for request in requests {
            guard let append = request.append else {
                answers.append(.success(Appended(positions: [], wasRepeated: false)))
                continue
            }
            do {
                switch try decider.decide(append, in: transaction) {
                case .repeated(let positions):
                    answers.append(.success(Appended(positions: positions, wasRepeated: true)))
                case .accepted:
                    clock.tick(settings.clock().microsecondsSinceUnixEpoch)
                    var positions: [Position] = []
                    positions.reserveCapacity(append.events.count)
                    for encoded in append.events {
                        positions.append(
                            try put(
                                encoded, clock: clock, in: transaction, reader: reader,
                                scratch: &stored))
                    }
                    appendedCount += positions.count
                    answers.append(.success(Appended(positions: positions, wasRepeated: false)))
                }
            } catch let error as HansardError where error.isTheAppendsOwn {
                answers.append(.failure(error))
            }
        }
    }

    /// Gives operators' acts that wait their places, before anything else. What can't be read or
    /// encoded keeps waiting: appends don't depend on it.
    private mutating func recordActs(
        clock: inout RecordingClock, in transaction: borrowing WriteTransaction,
        codec: EventCodec, reader: IndexReader, scratch: inout [UInt8]
    ) throws {
        for row in try PendingAct.all(in: projector.log.meta, transaction) {
            guard let act = row.act, act.condition == .none,
                let encoded = try? codec.encode(act.event)
            else { continue }
            clock.tick(settings.clock().microsecondsSinceUnixEpoch)
            _ = try put(
                encoded, clock: clock, in: transaction, reader: reader, scratch: &scratch)
            _ = try transaction.delete(row.key.span, from: projector.log.meta)
            appendedCount += 1
        }
    }

    /// Gives an accepted event its place and writes it.
    private mutating func put(
        _ encoded: EncodedEvent, clock: RecordingClock,
        in transaction: borrowing WriteTransaction, reader: IndexReader, scratch: inout [UInt8]
    ) throws -> Position {
        let step = try projector.place(encoded.event, encoded.hashes, at: clock, over: reader)
        guard step.position.rawValue <= IDTable.positionMax else {
            throw HansardError(.full, "the log holds as many events as its format can number")
        }
        let header = step.header(dictionary: encoded.dictionary, rawLength: encoded.rawLength)
        header.encode(position: step.position.rawValue, frame: encoded.frame, into: &scratch)
        try transaction.append(
            scratch.span, integerKey: step.position.rawValue, to: projector.log.events)
        projector.applyCore(step, encoded.hashes)
        try projector.foldProjections(step.recorded(encoded.event), over: reader)
        if let payload = encoded.payloadHash, projector.leavesNeededAfter != nil {
            leaves.append(step.leaf(payload: payload))
        }
        return step.position
    }
}

extension HansardError {
    /// True if the error concerns one append alone, and the group can go on without it.
    var isTheAppendsOwn: Bool {
        [.request, .conflict].contains(code.errorClass)
            || [.newerEvent, .upcastFailed].contains(code)
    }
}
