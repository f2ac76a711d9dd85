private import HansardBindings
import HansardEngine

extension Verifier {
    /// Reads the checkpoints that were given: only one of this log, signed by a key of its own,
    /// says anything about it.
    ///
    /// - Throws: `HansardError`: `otherLog`, `untrustedKey`, `invalidProof`, `notFound`, each
    ///   naming the file.
    func readGivenCheckpoints() throws -> [SignedCheckpoint] {
        let files = CheckpointFiles(directory: store.path, logID: store.log.id)
        return try checkpointFiles.map { path in
            do {
                guard let signed = try files.read(path) else {
                    throw HansardError(.notFound, "there is no checkpoint \(path)", path: path)
                }
                do { try signed.check(keys: try files.trusted(), origin: files.origin) } catch let
                    error as HansardError where error.code == .untrustedKey
                {
                    throw Self.untrusted(signed)
                }
                return signed
            } catch let error as HansardError where error.path != path {
                throw error.with(what: "\(path): \(error.what)", path: path)
            }
        }
    }

    private static func untrusted(_ signed: SignedCheckpoint) -> HansardError {
        let signers = signed.note.signatures.map { "\($0.name)+\(NoteKey.hex($0.keyID))" }
        return HansardError(
            .untrustedKey,
            "this checkpoint was signed by \(signers.joined(separator: ", ")), which is no key of "
                + "this store, so it says nothing about the log; if the store had that key, its "
                + "checkpoints/keys was replaced",
            advice: .compareKeys)
    }

    /// Compares the replayed log with what was signed: the store's latest checkpoint, its copy
    /// in the external directory, and those given.
    mutating func compareCheckpoints(
        _ replay: Replay, and given: [SignedCheckpoint]
    ) throws {
        let files = CheckpointFiles(directory: store.path, logID: store.log.id)
        let latest = Result { try Self.checked(files.readLatest(), of: files) }
        try compare(latest, from: files.latest, with: replay)
        if let directory = store.settings.checkpointDirectory {
            try compareCopy(CheckpointCopy(files, in: directory), of: files, with: replay)
        }
        for (path, signed) in zip(checkpointFiles, given) {
            try compare(.success(signed.checkpoint), from: path, with: replay)
        }
    }

    /// A missing copy is no damage of the store, but the user who named it must not take it
    /// for compared.
    private mutating func compareCopy(
        _ copy: CheckpointCopy, of files: CheckpointFiles, with replay: Replay
    ) throws {
        let kept = Result { try Self.checked(copy.read(), of: files) }
        switch kept {
        case .success(nil): report.checkpointsLeftOut.append(Self.missing(copy))
        case .failure(let error as HansardError) where error.code == .checkpointNotKept:
            report.checkpointsLeftOut.append(error)
        default: try compare(kept, from: copy.path, with: replay)
        }
    }

    private static func missing(_ copy: CheckpointCopy) -> HansardError {
        do { _ = try FileSystem.names(in: copy.directory) } catch {
            return CheckpointCopy.unusable(copy.directory, error)
        }
        return HansardError(
            .notFound, "there is no \(copy.path): it was not written yet, or was removed",
            advice: .signCheckpoint, path: copy.path)
    }

    private static func checked(
        _ signed: SignedCheckpoint?, of files: CheckpointFiles
    ) throws -> Checkpoint? {
        if let signed { try files.check(own: signed) }
        return signed?.checkpoint
    }

    private mutating func compare(
        _ checkpoint: Result<Checkpoint?, any Error>, from place: String, with replay: Replay
    ) throws {
        do {
            guard let signed = try checkpoint.get() else { return }
            try compare(signed, with: replay)
            report.checkpointSizes.append(signed.size)
        } catch let error as HansardError where Self.isFinding(error) {
            report.add(
                error.path == place
                    ? error : error.with(what: "\(place): \(error.what)", path: place))
        }
    }

    private static func isFinding(_ error: HansardError) -> Bool {
        [
            .invalidProof, .untrustedKey, .otherLog, .logForked, .keyUnusable, .checkpointMissing,
        ].contains(error.code)
    }

    private func compare(_ signed: Checkpoint, with replay: Replay) throws {
        // What was signed meanwhile is in the log by now.
        let head = try store.log.environment.read { try store.log.head(in: $0) }
        guard signed.size <= head.rawValue else { throw HansardError.cut(signed, head: head) }
        try replay.advance(through: head)
        guard try replay.root(size: signed.size) == signed.root else {
            throw HansardError.forked(signed)
        }
    }
}

extension Replay {
    /// The root of the first `size` events of those replayed.
    fileprivate func root(size: UInt64) throws -> MerkleHash {
        guard let unit = projector.tree else { preconditionFailure("a replay keeps the tree") }
        return try projector.log.codecs.with { codec in
            try TreeReader(folded: unit, over: index, log: projector.log, codec: codec)
                .root(size: size)
        }
    }
}
