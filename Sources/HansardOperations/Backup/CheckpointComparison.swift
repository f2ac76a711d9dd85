import HansardEngine

/// Compares a log that is read event by event with the checkpoints that were signed of it.
struct CheckpointComparison {
    private let checkpoints: BackupCheckpoints
    private var tree = CompactRange()
    private var left: ArraySlice<Checkpoint>
    /// The number of events agree with what was signed, before the first that do not.
    private var agreed: UInt64 = 0
    /// The checkpoints that do not agree.
    private(set) var problems: [HansardError] = []

    /// - Parameter signed: checkpoints that are sound, the smallest first.
    init(_ signed: [Checkpoint], in checkpoints: BackupCheckpoints) {
        self.checkpoints = checkpoints
        left = signed[...]
    }

    /// The number of events are compared with anything.
    var size: UInt64 { left.last?.size ?? 0 }

    /// Goes on with leaves of the events that come next.
    mutating func append(_ leaves: [MerkleHash]) {
        for leaf in leaves {
            tree.append(leaf)
            guard let next = left.first, next.size == tree.size else { continue }
            left.removeFirst()
            if next.root == tree.root {
                if problems.isEmpty { agreed = next.size }
                continue
            }
            let file = checkpoints.file(Position(next.size))
            problems.append(
                HansardError(
                    .logForked,
                    "\(file) was signed for other events 1 to \(next.size) than these: somebody "
                        + "changed them",
                    advice: .restoreFromOtherCopy(orUpTo: nil, checkpoint: file),
                    position: Position(next.size), path: file))
        }
    }

    /// The last event that can be restored of events that are whole up to `last`.
    func sound(through last: Position) -> Position { problems.isEmpty ? last : Position(agreed) }

    /// The faults of checkpoints that cover more events than the segments hold.
    var beyondTheEnd: [HansardError] {
        left.map {
            let file = checkpoints.file(Position($0.size))
            return HansardError(
                .damagedBackup,
                "\(file) covers \($0.size) events, but the segments end at event \(tree.size): those "
                    + "after it are missing",
                advice: .putSegmentsBack(
                    directory: checkpoints.backup.path, orBackUpAgain: true),
                position: Position(tree.size), path: file)
        }
    }
}
