import HansardBindings
import HansardEngine

/// Compares a log with what was signed of it, before a backup takes anything of it along.
///
/// Goes on from the tree at the checkpoint that was compared last, so each event is hashed once.
struct SignedHistory {
    private let log: Log
    private let backup: BackupHistory
    private let threads: Int
    /// The tree of the events that were compared last.
    private(set) var tree: CompactRange

    /// The checkpoints that are compared while their events are written, the smallest first.
    private var expected: ArraySlice<Checkpoint> = []
    private var written = CompactRange()

    /// - Parameter tree: what an earlier comparison left; of no event, or of events that the backup
    ///   holds.
    init(_ log: Log, _ backup: BackupDirectory, threads: Int, from tree: CompactRange) {
        self.log = log
        self.backup = BackupHistory(backup)
        self.threads = threads
        self.tree = tree
    }

    /// Checks that the log's first events are those that were signed. One that covers less than
    /// what was compared before is passed over.
    ///
    /// Costs some 2 µs an event that was not compared yet, on each of the threads' cores.
    ///
    /// - Parameter step: called now and then with the last event that was hashed.
    /// - Throws: `HansardError`: `logForked`; `corruptEvent` for one that the backup has not got
    ///   either; what `step` throws.
    mutating func check(_ signed: Checkpoint, step: (Position) throws -> Void) throws {
        if signed.size < tree.size { return }
        var grown = try grown(tree, to: signed.size, step)
        if grown.root != signed.root, tree.size > 0 {
            // What was kept of the tree may be wrong itself.
            grown = try self.grown(CompactRange(), to: signed.size, step)
        }
        guard grown.root == signed.root else { throw HansardError.forked(signed) }
        tree = grown
    }

    /// Has the events of a backup that is empty compared while they are written, which spares
    /// reading them twice: what was written is easily removed again.
    ///
    /// - Parameter signed: the smallest first.
    mutating func expect(_ signed: [Checkpoint]) {
        (expected, written) = (signed.filter { $0.size > 0 }[...], CompactRange())
    }

    /// The last event to be hashed for `append`.
    var hashedThrough: Position { Position(expected.last?.size ?? 0) }

    /// Goes on with the leaves of events that are about to be written, up to `hashedThrough`.
    ///
    /// - Throws: `HansardError` (`logForked`).
    mutating func append(_ leaves: [MerkleHash]) throws(HansardError) {
        for leaf in leaves {
            written.append(leaf)
            while let next = expected.first, next.size == written.size {
                guard next.root == written.root else { throw HansardError.forked(next) }
                tree = written
                expected.removeFirst()
            }
        }
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
            // Too little to begin threads for.
            if let range = nextRange() { try append(Self.leaves(of: range, log, backup)) }
            return tree
        }
        let work = try Pipeline<ClosedRange<Position>, [MerkleHash]>(
            name: "hansard-compare", threads: threads, ahead: 2 * threads, nextJob: nextRange,
            makeWorker: { { try Self.leaves(of: $0, log, backup) } })
        while let leaves = try work.next() { try append(leaves) }
        return tree
    }

    /// No read transaction is long.
    private static let eventsAtOnce: UInt64 = 5_000

    /// The leaves of the log's events, and of those that are damaged in it the backup's.
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
                // It may have been backed up while it was sound. Whether it was tells the root.
                guard let damaged = error.position,
                    damaged.rawValue == range.lowerBound.rawValue + UInt64(leaves.count),
                    let leaf = try backup.leaf(at: damaged)
                else { throw error }
                leaves.append(leaf)
            }
        }
    }
}
