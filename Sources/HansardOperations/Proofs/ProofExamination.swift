private import HansardBindings
public import HansardEngine

/// The state of a store's proofs: whether it can sign, and whether the log is what was signed.
public struct ProofExamination: Sendable {
    /// The key that signs, or why nothing is signed.
    public let key: Result<NoteKey, HansardError>
    /// The latest checkpoint, which the log continues; nil when there is none yet.
    public let latest: Result<Checkpoint?, HansardError>
    /// When the latest was written; nil when there is none.
    public let latestWrittenAt: Instant?
    /// The copy in the directory named in the settings, or else in the one where the last arrived;
    /// nil when there is neither.
    public let copy: Result<Checkpoint?, HansardError>?
    /// The last that arrived in a directory outside the store, whichever process put it there.
    public let arrival: CheckpointArrival?
    /// True if a checkpoint command is set.
    public let hasCommand: Bool
    /// The checkpoint that command took last, whichever process ran it; nil when it never
    /// succeeded.
    public let taken: CheckpointArrival?

    /// Looks at an open store. Costs some hundred lookups.
    init(_ store: Store) {
        let files = CheckpointFiles(directory: store.path, logID: store.log.id)
        func checked(
            _ path: String, _ read: () throws -> SignedCheckpoint?, then: () throws -> Void = {}
        ) -> Result<Checkpoint?, HansardError> {
            do {
                let signed = try read()
                if let signed {
                    try files.check(own: signed)
                    try store.read { try Store.check(signed, in: $0) }
                }
                try then()
                return .success(signed?.checkpoint)
            } catch {
                return .failure(HansardError.wrapping(error, doing: "checking \(path)"))
            }
        }
        do { key = .success(try files.currentSigner().key) } catch {
            key = .failure(HansardError.wrapping(error, doing: "reading the signing key"))
        }
        latest = checked(files.latest) { try files.readLatest() }
        latestWrittenAt = (try? FileSystem.information(of: files.latest).modifiedAt).map {
            Instant(microsecondsSinceUnixEpoch: $0)
        }
        let arrival = files.arrival()
        self.arrival = arrival
        hasCommand = store.settings.checkpointCommand != nil
        taken = store.settings.checkpointCommand.flatMap { files.taken(by: $0) }
        let known = hasCommand ? nil : arrival?.directory
        let copy = (store.settings.checkpointDirectory ?? known).map {
            CheckpointCopy(files, in: $0)
        }
        // Whether the log continues it comes first, then whether another can be put there.
        self.copy = copy.map { copy in checked(copy.path, copy.read, then: copy.check) }
    }
}

extension Store {
    /// True if this process can sign, and what was signed last. Costs some hundred lookups.
    public func proofState() -> ProofExamination { ProofExamination(self) }
}
