import HansardBindings
public import HansardEngine

extension Store {
    /// Writes what is in memory to the index and signs the log's head.
    ///
    /// - Returns: the latest checkpoint, signed now or before when nothing was appended since.
    /// `checkpointFailure` says when its copy failed.
    /// - Throws: `HansardError`: `keyUnusable`; `logForked` when the log does not continue what was
    ///   signed before, `checkpointMissing` when that is gone; `noPermission` in a store opened for
    ///   reading.
    public func checkpoint() throws(HansardError) -> SignedCheckpoint {
        let keeper = try signingKeeper()
        do {
            try catchUp()
            try indexWriter.flush()
            return try keeper.sign(index, isRequested: true)
        } catch { throw HansardError.wrapping(error, doing: "signing a checkpoint") }
    }

    /// Signs the log as it is although its latest checkpoint is gone, and records that: nothing
    /// says any more that the log continues what was signed before.
    ///
    /// - Parameter actor: who the log shall say did it; nil for `Store.Settings.actor`.
    /// - Throws: as `checkpoint`; `invalidArgument` when the latest checkpoint is there.
    public func checkpointAnew(actor: String? = nil) throws(HansardError) -> SignedCheckpoint {
        let keeper = try signingKeeper()
        do {
            try keeper.files.prepareForLostLatest()
            let head = try read { $0.position }
            try log.note(
                PendingAct(OperatorAct.checkpointLost(head: head).event(by: actor, settings)))
            recordActs()
            try indexWriter.flush()
            return try keeper.sign(index, isLatestLost: true)
        } catch {
            throw HansardError.wrapping(error, doing: "signing the log without the lost checkpoint")
        }
    }

    /// Replaces the signing key; the next checkpoint, signed now, has both signatures.
    ///
    /// - Parameters:
    ///   - isLost: the old key is gone, so nothing it signed vouches for the new one.
    ///   - actor: who the log shall say did it; nil for `Store.Settings.actor`.
    /// - Throws: as `checkpoint`; `invalidArgument` when a key is called lost that signs.
    ///   Interrupted at any point, the next rotation goes on with the same new key.
    public func rotateKey(
        isLost: Bool = false, actor: String? = nil
    ) throws(HansardError) -> (old: NoteKey?, new: NoteKey) {
        let keeper = try signingKeeper()
        do {
            try catchUp()
            try indexWriter.flush()
            let keys = try keeper.rotate(index, isLost: isLost) { old, new in
                OperatorAct.keyRotated(key: "\(new)", previous: old.map { "\($0)" })
                    .event(by: actor, settings)
            }
            recordActs()
            try indexWriter.flush()
            try keeper.sign(index, withBoth: keys)
            return (keys.old?.key, keys.new.key)
        } catch { throw HansardError.wrapping(error, doing: "replacing the signing key") }
    }

    private func signingKeeper() throws(HansardError) -> CheckpointKeeper {
        guard let keeper = indexWriter.signer as? CheckpointKeeper else {
            throw HansardError(
                .noPermission,
                "a store that was opened for reading, or without the tree, signs nothing",
                advice: .signCheckpoint)
        }
        if index.units.last?.isTree != true,
            let rebuild = statuses.error(forTable: TreeTable.names[0])
        {
            throw rebuild
        }
        return keeper
    }

    /// The reason the last checkpoint could not be signed or copied to the external directory; nil
    /// when one was. Appends go on without. `Store.Settings.checkpointFailed` is called when that
    /// changes.
    public var checkpointFailure: HansardError? {
        (indexWriter.signer as? CheckpointKeeper)?.failure
    }

    private var checkpointFiles: CheckpointFiles {
        CheckpointFiles(directory: path, logID: log.id)
    }

    /// The public keys that sign, or once signed, for this log: the oldest first.
    ///
    /// They are as trustworthy as the directory they are in: compare with a copy kept outside the
    /// store.
    /// - Throws: `HansardError` (`keyUnusable`) when they are missing.
    public func signingKeys() throws(HansardError) -> [NoteKey] {
        do { return try checkpointFiles.trusted() } catch {
            throw HansardError.wrapping(error, doing: "reading the public keys")
        }
    }

    /// The latest checkpoint that was signed; nil when none was. Checked against the public keys.
    ///
    /// - Throws: `HansardError`: `checkpointMissing` when one was signed and is gone;
    ///   `untrustedKey`, `invalidProof`.
    public func latestCheckpoint() throws(HansardError) -> SignedCheckpoint? {
        do {
            let files = checkpointFiles
            let latest = try files.readLatest()
            try latest?.check(keys: try files.trusted(), origin: files.origin)
            return latest
        } catch { throw HansardError.wrapping(error, doing: "reading the latest checkpoint") }
    }

    /// A checkpoint that covers the first `size` events: the latest, or one signed now.
    private func checkpoint(covering size: UInt64) throws(HansardError) -> SignedCheckpoint {
        if let latest = try latestCheckpoint(), latest.checkpoint.size >= size { return latest }
        let signed = try checkpoint()
        guard signed.checkpoint.size >= size else {
            throw HansardError(
                .notFound,
                "the log ends at event \(signed.checkpoint.size): there is no event \(size) to prove"
            )
        }
        return signed
    }

    /// Proves that an event is in the log. Costs some hundred lookups once a checkpoint covers it.
    ///
    /// - Parameter includesPayload: puts the event itself into the proof. It shows the event as it
    ///   was recorded, though it may have been redacted since.
    /// - Throws: `HansardError`: `notFound` beyond the head; `logForked` when the log is not what
    ///   the checkpoint says; as `checkpoint`.
    public func inclusionProof(
        of position: Position, includesPayload: Bool = false
    ) throws(HansardError) -> InclusionProof {
        guard position > .zero else {
            throw HansardError(.notFound, "positions begin at 1: there is no event 0 to prove")
        }
        let signed = try checkpoint(covering: position.rawValue)
        do {
            return try read { view in
                try Self.check(signed, in: view)
                let (leaf, payload) = try view.leaf(at: position)
                let path = try view.tree().inclusion(
                    of: position.rawValue - 1, inTreeOf: signed.checkpoint.size)
                return InclusionProof(
                    leaf: leaf, payload: includesPayload ? payload : nil, path: path,
                    checkpoint: signed)
            }
        } catch { throw HansardError.wrapping(error, doing: "proving event \(position)") }
    }

    /// Proves that the log's first `newSize` events begin with its first `oldSize`, unchanged.
    ///
    /// - Parameter newSize: nil for that of the latest checkpoint.
    /// - Throws: `HansardError`: `notFound` beyond the head; `invalidArgument` when the sizes go
    ///   back; as `checkpoint`.
    public func consistencyProof(
        from oldSize: UInt64, to newSize: UInt64? = nil
    ) throws(HansardError) -> ConsistencyProof {
        guard oldSize <= newSize ?? .max else {
            throw HansardError(
                .invalidArgument, "a log does not grow from \(oldSize) events to \(newSize ?? 0)")
        }
        let latest = try checkpoint(covering: newSize ?? oldSize)
        do {
            return try read { view in
                try Self.check(latest, in: view)
                let tree = try view.tree()
                let signed = try checkpoint(of: newSize, in: tree, latest: latest)
                return ConsistencyProof(
                    oldSize: oldSize, oldRoot: try tree.root(size: oldSize),
                    path: try tree.consistency(from: oldSize, to: signed.checkpoint.size),
                    checkpoint: signed)
            }
        } catch { throw HansardError.wrapping(error, doing: "proving that the log only grew") }
    }

    /// The latest checkpoint, or one of a smaller size, signed now: that the latest continues it is
    /// checked before.
    private func checkpoint(
        of size: UInt64?, in tree: TreeReader, latest: SignedCheckpoint
    ) throws -> SignedCheckpoint {
        guard let size, size != latest.checkpoint.size else { return latest }
        let files = checkpointFiles
        let root = try tree.root(size: size)
        let path = try tree.consistency(from: size, to: latest.checkpoint.size)
        guard
            MerkleProofs.verifyConsistency(
                from: size, root: root, to: latest.checkpoint.size, root: latest.checkpoint.root,
                path: path)
        else { throw HansardError.forked(latest.checkpoint) }
        return try SignedCheckpoint(
            signing: Checkpoint(origin: files.origin, size: size, root: root),
            with: [try files.currentSigner()])
    }

    /// Checks that the log has all a checkpoint says.
    static func check(_ signed: SignedCheckpoint, in view: ReadView) throws {
        let known = signed.checkpoint
        guard known.size <= view.position.rawValue else {
            throw HansardError.cut(known, head: view.position)
        }
        guard try view.tree().root(size: known.size) == known.root else {
            throw HansardError.forked(known)
        }
    }
}

extension ReadView {
    /// The leaf of an event that is there, and its payload.
    fileprivate func leaf(at position: Position) throws -> (EventLeaf, [UInt8]) {
        try withPayload(at: position) { header, payload in
            let leaf = EventLeaf(header, payload: payload.span, position: position.rawValue)
            return (leaf, payload)
        }
    }
}
