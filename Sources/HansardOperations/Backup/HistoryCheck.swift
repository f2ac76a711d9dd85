import HansardBindings
import HansardEngine

/// Decides whether a log goes on with the history that was backed up and signed, before a backup
/// takes any of its events.
///
/// Two kinds of evidence: marks, which are digests of the events up to one, and signed checkpoints,
/// which are roots of the log's tree. Events that are damaged in the log count as those that were
/// backed up while they were sound, so that damage is not taken for another history.
struct HistoryCheck {
    private let log: Log
    private let encoder: BlockEncoder
    private let backup: BackupHistory
    private let threads: Int
    /// The tree of the events that were compared with a checkpoint last. Comparing goes on from
    /// there, so each event is hashed once.
    private(set) var tree: CompactRange
    /// The comparison of a first backup, which goes on while its events are written.
    private var written = SignedTree([])

    /// - Parameter tree: what an earlier comparison left; of no event, or of events that the backup
    ///   holds.
    init(
        _ log: Log, _ encoder: BlockEncoder, in backup: BackupDirectory, threads: Int,
        from tree: CompactRange
    ) {
        (self.log, self.encoder, self.threads, self.tree) = (log, encoder, threads, tree)
        self.backup = BackupHistory(backup)
    }

    /// The events one read transaction covers, so that none is long.
    private static let eventsAtOnce: UInt64 = 5_000
}

// MARK: Marks

extension HistoryCheck {
    /// Checks that the log's events lead from the digest of those before `first` to a mark.
    ///
    /// - Throws: `HansardError`: `logRolledBack` for a log that ends before the mark; `otherLog`;
    ///   `corruptEvent` for a damaged event that the backup does not have.
    func check(_ mark: Mark, from first: Position, _ before: UInt64) throws {
        try mark.check(isReachedBy: log.environment.read { try log.head(in: $0) })
        try mark.check(digest(before, first...mark.through), of: "other events \(first) to", first)
    }

    private func digest(_ before: UInt64, _ range: ClosedRange<Position>) throws -> UInt64 {
        var (digest, next) = (before, range.lowerBound)
        do {
            while next <= range.upperBound {
                let end = min(range.upperBound, Position(next.rawValue + Self.eventsAtOnce - 1))
                digest = try encoder.digest(digest, next...end)
                next = end.next
            }
            return digest
        } catch let error as HansardError where error.code == .corruptEvent {
            let known = try backup.digests(inBlockHolding: range.lowerBound)
            guard UInt64(known.count) == range.upperBound.rawValue - range.lowerBound.rawValue + 1,
                let digest = try encoder.digest(before, range, damagedAre: known)
            else { throw error }
            return digest
        }
    }
}

// MARK: Checkpoints

extension HistoryCheck {
    /// Checks that the log's first events are those that were signed. A checkpoint that covers
    /// fewer events than were compared before is passed over.
    ///
    /// Costs some 2 µs an event that was not compared yet, on each of the threads' cores.
    ///
    /// - Parameter step: called now and then with the last event that was hashed.
    /// - Throws: `HansardError`: `logForked`; `corruptEvent` for a damaged event that the backup
    ///   does not have; what `step` throws.
    mutating func check(_ signed: Checkpoint, step: (Position) throws -> Void) throws {
        if signed.size < tree.size { return }
        var grown = try grown(tree, to: signed.size, step)
        if grown.root != signed.root, tree.size > 0 {
            // The tree that was kept may be wrong itself.
            grown = try self.grown(CompactRange(), to: signed.size, step)
        }
        guard grown.root == signed.root else { throw HansardError.forked(signed) }
        tree = grown
    }

    /// Compares the events of a first backup while they are written, which spares reading them
    /// twice: what was written is easily removed again.
    ///
    /// - Parameter signed: the smallest first.
    mutating func expect(_ signed: [Checkpoint]) { written = SignedTree(signed) }

    /// The last event that `append` wants the leaf of.
    var hashedThrough: Position { written.end }

    /// Goes on with the leaves of events that are about to be written, up to `hashedThrough`.
    ///
    /// - Throws: `HansardError` (`logForked`).
    mutating func append(_ leaves: [MerkleHash]) throws(HansardError) {
        var compared: CompactRange?
        var forked: Checkpoint?
        written.append(leaves) { signed, tree in
            if tree.root == signed.root { compared = tree } else { forked = forked ?? signed }
        }
        if let forked { throw HansardError.forked(forked) }
        if let compared { tree = compared }
    }

    private func grown(
        _ tree: CompactRange, to size: UInt64, _ step: (Position) throws -> Void
    ) throws -> CompactRange {
        var tree = tree
        var planned = tree.size
        let nextRange = { () -> ClosedRange<Position>? in
            if planned == size { return nil }
            let first = Position(planned + 1)
            planned = min(size, planned + Self.eventsAtOnce)
            return first...Position(planned)
        }
        func append(_ leaves: [MerkleHash]) throws {
            for leaf in leaves { tree.append(leaf) }
            try step(Position(tree.size))
        }
        let (log, backup) = (log, backup)
        if size - tree.size <= Self.eventsAtOnce {
            // Too few events to start threads for.
            if let range = nextRange() { try append(Self.leaves(of: range, log, backup)) }
            return tree
        }
        let work = try Pipeline<ClosedRange<Position>, [MerkleHash]>(
            name: "hansard-compare", threads: threads, ahead: 2 * threads, nextJob: nextRange,
            makeWorker: { { try Self.leaves(of: $0, log, backup) } })
        while let leaves = try work.next() { try append(leaves) }
        return tree
    }

    /// The leaves of the log's events, and the backup's leaves of those that are damaged in it.
    private static func leaves(
        of range: ClosedRange<Position>, _ log: Log, _ backup: BackupHistory
    ) throws -> [MerkleHash] {
        var leaves: [MerkleHash] = []
        while true {
            let next = Position(range.lowerBound.rawValue + UInt64(leaves.count))
            if next > range.upperBound { return leaves }
            do {
                try log.codecs.with { codec in
                    try log.environment.read { transaction in
                        try log.forEachLeaf(
                            from: next, through: range.upperBound, in: transaction, codec: codec
                        ) { leaves.append($0.hash) }
                    }
                }
            } catch let error as HansardError where error.code == .corruptEvent {
                // It may have been backed up while it was sound; the root shows whether it was.
                guard let damaged = error.position,
                    damaged.rawValue == range.lowerBound.rawValue + UInt64(leaves.count),
                    let leaf = try backup.leaf(at: damaged)
                else { throw error }
                leaves.append(leaf)
            }
        }
    }
}
