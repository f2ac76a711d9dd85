import HansardBindings
import HansardEngine

/// Reads one backup from its first block to its last.
struct BackupVerification {
    private let directory: BackupDirectory

    init(_ directory: BackupDirectory) { self.directory = directory }

    /// Returns the sound part and every fault that can be distinguished: after a fault in the
    /// chain, each segment is looked at for itself.
    func run(
        _ isCancelled: () -> Bool, _ progress: (Position) -> Void
    ) throws -> BackupCheck {
        // Listed first: a backup that runs writes a checkpoint after the events it covers.
        let checkpoints = BackupCheckpoints(directory)
        let sizes = try checkpoints.sizes()
        let chain = try BackupChain(directory)
        var faults: [HansardError] = []
        let signed = try BackupCheckpointReader(checkpoints, of: chain.logID)
            .all(of: sizes, noting: &faults)
        var comparison = Comparison(of: signed, in: checkpoints)
        var problems: [HansardError] = []
        var sound = Position.zero
        do {
            try read(chain, hashing: comparison.signed.end, isCancelled) { last, leaves in
                sound = last
                comparison.append(leaves)
                progress(last)
            }
            problems += comparison.beyondTheEnd
        } catch let error as HansardError where error.code == .damagedBackup {
            problems.append(error)
            problems += try problemsAfter(sound, in: chain, isCancelled)
        }
        if !comparison.problems.isEmpty { sound = comparison.agreed }
        problems += comparison.problems + faults
        problems += try StoredDictionaryFile.faults(
            in: directory, known: chain.manifest?.dictionaries ?? [])
        var bytes = 0
        for name in chain.names {
            bytes += (try? FileSystem.size(of: "\(directory.path)/\(name.text)")) ?? 0
        }
        return BackupCheck(
            logID: chain.logID, soundThrough: sound, eventsCount: Int(sound.rawValue),
            bytesCount: bytes, problems: problems)
    }

    /// Reads and checks all blocks, and hashes the first so many events.
    private func read(
        _ chain: BackupChain, hashing last: Position, _ isCancelled: () -> Bool,
        _ sound: (Position, [MerkleHash]) -> Void
    ) throws {
        let work = try Pipeline<StoredBlock, (Position, [MerkleHash])>(
            name: "hansard-verify", threads: 2, ahead: 6, nextJob: { try chain.nextBlock() },
            makeWorker: {
                let decoder = try BlockDecoder()
                return { stored in
                    let block = try decoder.decode(stored)
                    try block.forEach { position, _, payload in
                        _ = try EventPayload.unpack(payload, position: position.rawValue)
                    }
                    return (stored.header.last, try block.leaves(after: 0, through: last.rawValue))
                }
            })
        while let (end, leaves) = try work.next() {
            sound(end, leaves)
            if isCancelled() {
                throw HansardError(.cancelled, "the check was cancelled; nothing was changed")
            }
        }
    }

    private func problemsAfter(
        _ sound: Position, in chain: BackupChain, _ isCancelled: () -> Bool
    ) throws -> [HansardError] {
        var problems: [HansardError] = []
        let decoder = try BlockDecoder()
        for name in chain.names where name.first > sound.next {
            do {
                let reader = try SegmentReader(name, in: directory.path)
                while let block = try reader.nextBlock() {
                    _ = try decoder.decode(block)
                    if isCancelled() {
                        throw HansardError(.cancelled, "the check was cancelled")
                    }
                }
            } catch let error as HansardError where error.code == .damagedBackup {
                // The advice of the first fault stands: nothing after it can be restored.
                problems.append(
                    HansardError(
                        error.code, error.what, position: error.position, path: error.path))
            }
        }
        return problems
    }
}

/// The checkpoints of a backup against its events: unlike a backup, which ends at the first
/// checkpoint of another history, this collects them all.
private struct Comparison {
    let checkpoints: BackupCheckpoints
    var signed: HistoryCheck.SignedTree
    /// The last event of those that agree with what was signed, before the first that do not.
    var agreed = Position.zero
    /// The checkpoints that do not agree.
    var problems: [HansardError] = []

    init(of signed: [Checkpoint], in checkpoints: BackupCheckpoints) {
        (self.signed, self.checkpoints) = (HistoryCheck.SignedTree(signed), checkpoints)
    }

    mutating func append(_ leaves: [MerkleHash]) {
        var (agreed, problems) = (agreed, problems)
        let checkpoints = checkpoints
        signed.append(leaves) { checkpoint, tree in
            if tree.root != checkpoint.root {
                problems.append(
                    Self.otherEvents(
                        checkpoint, in: checkpoints.file(Position(checkpoint.size))))
            } else if problems.isEmpty {
                agreed = Position(checkpoint.size)
            }
        }
        (self.agreed, self.problems) = (agreed, problems)
    }

    private static func otherEvents(_ checkpoint: Checkpoint, in file: String) -> HansardError {
        HansardError(
            .logForked,
            "\(file) was signed for other events 1 to \(checkpoint.size) than these: somebody "
                + "changed them",
            advice: .restoreFromOtherCopy(orUpTo: nil, checkpoint: file),
            position: Position(checkpoint.size), path: file)
    }

    /// The faults of checkpoints that cover more events than the segments hold.
    var beyondTheEnd: [HansardError] {
        let end = signed.tree.size
        return signed.rest.map {
            let file = checkpoints.file(Position($0.size))
            return HansardError(
                .damagedBackup,
                "\(file) covers \($0.size) events, but the segments end at event \(end): those after "
                    + "it are missing",
                advice: .putSegmentsBack(
                    directory: checkpoints.backup.path, orBackUpAgain: true),
                position: Position(end), path: file)
        }
    }
}
