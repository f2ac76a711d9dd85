import HansardBindings
import HansardEngine
import Logging
import Synchronization

/// Signs the head of the tree after each flush and on request, and keeps the latest checkpoint in
/// its files.
///
/// Nothing is signed before the tree was proved to continue every checkpoint that is known: the one
/// beside the database, and the copy in the external directory. A file is only ever replaced by a
/// larger tree. Safe for any number of threads and processes, which take turns.
final class CheckpointKeeper: LogSigner {
    let files: CheckpointFiles
    private let log: Log
    private let copy: CheckpointCopy?
    private let command: CheckpointCommand?
    private let settings: Store.Settings
    private let troubles = Mutex(Troubles())

    /// The obstacles.
    private struct Troubles {
        /// The obstacles to signing and to keeping external copies.
        var signing: HansardError?
        var copying: HansardError?
        /// The kind of failure that was reported last.
        var told: ErrorCode?
    }

    init(directory: String, log: Log, settings: Store.Settings) {
        let files = CheckpointFiles(directory: directory, logID: log.id)
        self.files = files
        self.log = log
        self.settings = settings
        copy = settings.checkpointDirectory.map { CheckpointCopy(files, in: $0) }
        command = settings.checkpointCommand.map {
            CheckpointCommand($0, files, settings: settings)
        }
    }

    /// The reason the last attempt to sign, or to copy what was signed, did not succeed;
    /// nil when it did.
    var failure: HansardError? {
        troubles.withLock { $0.signing ?? $0.copying } ?? command?.failure
    }

    /// After a flush: signs what it wrote. A failure is reported and kept for `failure`;
    /// appends and the index don't depend on it.
    package func indexFlushed(_ index: Index) {
        // An index that has no tree yet is about to be replaced by one that has.
        guard index.units.last?.isTree == true else { return }
        do { _ = try sign(index) } catch {
            let failure = HansardError.wrapping(error, doing: "signing a checkpoint")
            troubles.withLock { $0.signing = failure }
        }
        tell()
    }

    /// Waits for the checkpoint command.
    package func close() {
        guard let command else { return }
        command.finish()
        tell()
    }

    /// Reports a failure once, until it is over or another one happens.
    private func tell() {
        let failure = failure
        let isNew = troubles.withLock { troubles in
            defer { troubles.told = failure?.code }
            return troubles.told != failure?.code
        }
        if isNew, let failure {
            settings.logger.log(level: .warning, "a checkpoint was not signed or kept", failure)
            settings.checkpointFailed?(failure)
        }
    }

    /// Signs the tree as the index has it, unless that is signed already. `failure` says when its
    /// copy failed.
    ///
    /// - Parameters:
    ///   - isLatestLost: there is no latest checkpoint any more to be continued.
    ///   - isRequested: somebody asks for it, and for its copy too.
    /// - Returns: the latest checkpoint, which may cover more.
    /// - Throws: `HansardError`: `keyUnusable`, `logForked`, `checkpointMissing`, `invalidProof`,
    ///   `untrustedKey`, and what the system refuses. Nothing was signed then.
    func sign(
        _ index: Index, isLatestLost: Bool = false, isRequested: Bool = false
    ) throws -> SignedCheckpoint {
        try files.createIfNeverMade()
        let signed = try files.locked {
            let signer = try files.currentSigner()
            return try continued(
                index, isLatestLost: isLatestLost, isRequested: isRequested
            ) { tree, known in
                if let known, known.checkpoint.size >= tree.size { return known }
                return try sign(tree, with: [signer])
            }
        }
        troubles.withLock { $0.signing = nil }
        return signed
    }

    /// Puts a new key in the place of the one that signs. The next checkpoint has both signatures;
    /// those after it the new one's alone.
    ///
    /// - Parameters:
    ///   - isLost: there is no old key any more to sign the new one.
    ///   - act: the event that records it.
    func rotate(
        _ index: Index, isLost: Bool, as act: (_ old: NoteKey?, _ new: NoteKey) -> Event
    ) throws -> (old: NoteSigner?, new: NoteSigner) {
        try files.createIfNeverMade()
        return try files.locked {
            if isLost { try files.checkKeyIsLost() }
            let old = isLost ? nil : try files.currentSigner()
            let new = try files.makeNextSigner()
            let both = [old, new].compactMap { $0 }
            var trusted = try files.trusted()
            _ = try continued(index, isLatestLost: isLost) { tree, known in
                if let known, known.checkpoint.size > tree.size {
                    throw HansardError(
                        .busy,
                        "another process signed a larger tree meanwhile",
                        advice: .retry)
                }
                if let old {
                    let note = try KeyRotation(origin: files.origin, key: new.key)
                        .signed(with: [old, new])
                    let path = files.rotation(trusted.count)
                    try FileSystem.replaceFile(path, with: Array(note.note.utf8).span, mode: 0o644)
                }
                if !trusted.contains(new.key) {
                    trusted.append(new.key)
                    try files.writePublicKeys(trusted)
                }
                return try sign(tree, with: both)
            }
            try log.note(
                PendingAct(act(old?.key, new.key), when: .signs(key: "\(new.key)")))
            try files.promoteNextKey()
            return (old, new)
        }
    }

    /// Signs the tree as it is after a rotation, which is an event itself, with both keys.
    func sign(_ index: Index, withBoth keys: (old: NoteSigner?, new: NoteSigner)) throws {
        _ = try files.locked {
            try continued(index) { tree, known in
                // Another process signed a larger tree meanwhile, with the new key.
                if let known, known.checkpoint.size > tree.size { return known }
                return try sign(tree, with: [keys.old, keys.new].compactMap { $0 })
            }
        }
    }

    /// Lends `body` the tree, once it was proved to continue all checkpoints known, and the largest
    /// of these. What `body` gives is written where it is newer.
    private func continued(
        _ index: Index, isLatestLost: Bool = false, isRequested: Bool = false,
        _ body: (TreeReader, SignedCheckpoint?) throws -> SignedCheckpoint
    ) throws -> SignedCheckpoint {
        let latest = isLatestLost ? try files.read(files.latest) : try files.readLatest()
        let copied = try copy?.read()
        return try log.codecs.with { codec in
            let tree = try TreeReader(durable: index, log: log, codec: codec)
            let known = [latest, copied].compactMap { $0 }
            for checkpoint in known {
                try files.check(own: checkpoint)
                try check(checkpoint.checkpoint, isContinuedBy: tree)
            }
            let largest = known.max { $0.checkpoint.size < $1.checkpoint.size }
            let signed = try body(tree, largest)
            let isNew = isNewer(signed, than: latest)
            if isNew { try files.writeLatest(signed) }
            command?.take(signed.checkpoint.size, isNew: isNew, isRequested: isRequested)
            keep(signed, unless: copied)
            return signed
        }
    }

    /// Puts what was signed into the external directory, if it is not there.
    private func keep(_ signed: SignedCheckpoint, unless copied: SignedCheckpoint?) {
        guard let copy else { return }
        do {
            try isNewer(signed, than: copied)
                ? copy.write(signed, at: settings.clock()) : copy.check()
            troubles.withLock { $0.copying = nil }
        } catch {
            let failure = HansardError.wrapping(
                error, doing: "copying a checkpoint to the external directory")
            troubles.withLock { $0.copying = failure }
        }
    }

    private func isNewer(_ signed: SignedCheckpoint, than there: SignedCheckpoint?) -> Bool {
        guard let there else { return true }
        return there.checkpoint.size < signed.checkpoint.size || isOther(there, signed)
    }

    /// True if one of the same size has other signatures, after a rotation.
    private func isOther(_ there: SignedCheckpoint, _ signed: SignedCheckpoint) -> Bool {
        there.checkpoint == signed.checkpoint && there != signed
    }

    private func sign(
        _ tree: TreeReader, with signers: [NoteSigner]
    ) throws -> SignedCheckpoint {
        let checkpoint = Checkpoint(
            origin: files.origin, size: tree.size, root: try tree.root(size: tree.size))
        return try SignedCheckpoint(signing: checkpoint, with: signers)
    }

    private func check(_ known: Checkpoint, isContinuedBy tree: TreeReader) throws {
        if known.size > tree.size {
            // The index may be behind what another process signed; the log must not be.
            let head = try log.environment.read { try log.head(in: $0) }
            guard known.size <= head.rawValue else {
                throw HansardError.cut(known, head: head)
            }
            return
        }
        let path = try tree.consistency(from: known.size, to: tree.size)
        guard
            MerkleProofs.verifyConsistency(
                from: known.size, root: known.root, to: tree.size,
                root: try tree.root(size: tree.size), path: path)
        else { throw HansardError.forked(known) }
    }
}

extension HansardError {
    static func cut(_ known: Checkpoint, head: Position) -> HansardError {
        HansardError(
            .logForked,
            "a checkpoint of \(known.size) events was signed, but the log ends at \(head): it "
                + "was cut, or an older copy was put in its place",
            advice: .putNewerLogBack, position: head)
    }

    static func forked(_ known: Checkpoint) -> HansardError {
        HansardError(
            .logForked,
            "the log's first \(known.size) events are not those that were signed: events were "
                + "replaced",
            advice: .keepCopyAndRestore, position: Position(known.size))
    }
}
