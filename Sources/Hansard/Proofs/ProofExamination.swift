private import Bindings

/// How a store's proofs stand: whether it can sign, and whether the log is what was signed.
public struct ProofExamination: Sendable {
    /// The key that signs, or why nothing is signed.
    public let key: Result<NoteKey, HansardError>
    /// The latest checkpoint, which the log continues; nil when there is none yet.
    public let latest: Result<Checkpoint?, HansardError>
    /// When the latest was written, in microseconds since 1970-01-01T00:00:00Z; nil when there is
    /// none.
    public let latestWrittenAt: Int64?
    /// The copy in the directory named in the settings; nil when none is named.
    public let copy: Result<Checkpoint?, HansardError>?
    /// Whether a command is named that takes checkpoints elsewhere.
    public let hasCommand: Bool

    /// Looks at an open store. Costs some hundred lookups.
    init(_ store: Store) {
        let files = CheckpointFiles(directory: store.path, logID: store.log.id)
        func checked(_ path: String) -> Result<Checkpoint?, HansardError> {
            do {
                guard let signed = try files.read(path) else { return .success(nil) }
                try signed.check(keys: try files.trusted(), origin: files.origin)
                try store.read { try Store.check(signed, in: $0) }
                return .success(signed.checkpoint)
            } catch {
                return .failure(HansardError.wrapping(error, doing: "checking \(path)"))
            }
        }
        do { key = .success(try files.signer().key) } catch { key = .failure(error) }
        latest = checked(files.latest)
        latestWrittenAt = try? FileSystem.information(of: files.latest).modifiedAt
        copy = store.settings.checkpointDirectory.map { checked(files.copy(in: $0)) }
        hasCommand = store.settings.checkpointCommand != nil
    }
}

extension Store {
    /// Whether this process can sign, and what was signed last. Costs some hundred lookups.
    public func proofState() -> ProofExamination { ProofExamination(self) }
}
