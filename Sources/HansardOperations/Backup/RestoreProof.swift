import HansardBindings
import HansardEngine

/// Compares restored events with what was signed of the log they come from: with the newest sound
/// checkpoint that covers none but them and, reading on in the backup, with the next one after
/// them.
///
/// A checkpoint that proves nothing is passed over, and said; one that was signed for other events
/// is a refusal.
struct RestoreProof {
    let backup: BackupDirectory
    let logID: String
    let end: Position
    /// The tree of the restored log, with all events up to `end`.
    let tree: TreeReader
    /// Called after every block read on, with the events read of how many.
    let step: (_ done: Int, _ total: Int) throws -> Void

    /// The result.
    struct Outcome {
        /// The last event that is one of those that were signed; nil when none is.
        var through: Position?
        /// The number of events covered by the checkpoint that proves it.
        var checkpoint: Position?
        /// The checkpoints that could not be compared, and the reasons.
        var warnings: [HansardError] = []
    }

    private var checkpoints: BackupCheckpoints { BackupCheckpoints(backup) }

    /// Costs some hundred lookups, and the reading and hashing of the events between the last that
    /// was restored and the next checkpoint.
    ///
    /// - Throws: `HansardError` (`logForked`) when the events are not those that were signed; what
    ///   `step` throws.
    func run() throws -> Outcome {
        var outcome = Outcome()
        let sizes = try checkpoints.sizes()
        let reader = try BackupCheckpointReader(checkpoints, of: logID)
        if let fault = reader.keysFault { outcome.warnings.append(fault) }
        let covered = sizes.filter { $0 <= end }
        if let checkpoint = try reader.first(of: covered.reversed(), noting: &outcome.warnings) {
            try check(checkpoint, root: try tree.root(size: checkpoint.size), covered)
            outcome.through = Position(checkpoint.size)
            outcome.checkpoint = outcome.through
            if outcome.through == end { return outcome }
        }
        if let next = try reader.first(of: sizes.filter { $0 > end }, noting: &outcome.warnings) {
            guard let root = try root(of: next, noting: &outcome.warnings) else { return outcome }
            try check(next, root: root, covered)
            (outcome.through, outcome.checkpoint) = (end, Position(next.size))
        }
        return outcome
    }

    private func check(_ signed: Checkpoint, root: MerkleHash, _ covered: [Position]) throws {
        if root == signed.root { return }
        let file = checkpoints.file(Position(signed.size))
        let older = covered.last { $0.rawValue < signed.size }
        throw HansardError(
            .logForked,
            "the events up to \(signed.size) in the backup \(backup.path) are not those that \(file) "
                + "was signed for: somebody changed them",
            advice: .restoreFromOtherCopy(orUpTo: older, checkpoint: file),
            position: Position(signed.size))
    }

    /// The root of as many events as the checkpoint covers: those restored, and those that follow
    /// in the backup. Nil when these can't be read.
    private func root(
        of signed: Checkpoint, noting warnings: inout [HansardError]
    ) throws -> MerkleHash? {
        var edge = try tree.edge(size: end.rawValue)
        func unread(_ why: String, _ cause: HansardError? = nil) -> MerkleHash? {
            warnings.append(
                HansardError(
                    .damagedBackup,
                    "\(checkpoints.file(Position(signed.size))) could not be compared, because "
                        + "the events after \(edge.size) that it covers \(why)",
                    advice: cause?.advice, position: Position(edge.size), path: backup.path,
                    underlying: cause))
            return nil
        }
        do {
            try readOn(through: signed.size) { leaves in
                for leaf in leaves { edge.append(leaf) }
                try step(Int(edge.size - end.rawValue), Int(signed.size - end.rawValue))
            }
        } catch let error as HansardError
            where [.damagedBackup, .backupBusy].contains(error.code)
        {
            return unread("can't be read", error)
        }
        return edge.size == signed.size
            ? edge.root : unread("are missing from the backup")
    }

    private func readOn(
        through last: UInt64, _ body: ([MerkleHash]) throws -> Void
    ) throws {
        let chain = try BackupChain(backup)
        while let seal = try chain.segment()?.seal, seal.last <= end { try chain.skipSegment() }
        let end = end
        let work = try Pipeline<StoredBlock, [MerkleHash]>(
            name: "hansard-prove", threads: 2, ahead: 6,
            nextJob: {
                while chain.next.rawValue <= last, let block = try chain.nextBlock() {
                    if block.header.last > end { return block }
                }
                return nil
            },
            makeWorker: {
                let decoder = try BlockDecoder()
                return { try decoder.decode($0).leaves(after: end.rawValue, through: last) }
            })
        while let leaves = try work.next() { try body(leaves) }
    }
}
