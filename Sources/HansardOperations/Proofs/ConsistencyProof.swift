public import HansardEngine

/// A proof that the log only grew between two sizes. Checked without the store.
public struct ConsistencyProof: Sendable {
    public let oldSize: UInt64
    public let oldRoot: MerkleHash
    let path: [MerkleHash]
    /// The checkpoint of the larger size.
    public let checkpoint: SignedCheckpoint

    static let title = "hansard/consistency-proof@v1"

    init(
        oldSize: UInt64, oldRoot: MerkleHash, path: [MerkleHash], checkpoint: SignedCheckpoint
    ) {
        self.oldSize = oldSize
        self.oldRoot = oldRoot
        self.path = path
        self.checkpoint = checkpoint
    }

    /// The proof as a file. docs/PROOFS.md.
    public var text: String {
        let hashes = path.map { "\($0)\n" }.joined()
        return "\(Self.title)\nold \(oldSize) \(oldRoot)\n\(hashes)\n" + checkpoint.note.note
    }

    /// Reads a proof file. It counts for nothing before `check`.
    ///
    /// - Throws: `HansardError` (`invalidProof`) when it is malformed.
    public init(_ text: String) throws(HansardError) {
        var lines = ProofLines(text)
        let malformed = HansardError(
            .invalidProof,
            "this is not a proof between two sizes of a log",
            advice: .takeWholeFile)
        guard lines.next() == Self.title[...], let old = lines.next(after: "old ") else {
            throw malformed
        }
        let parts = old.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let size = UInt64(parts[0]), String(size) == parts[0],
            let root = MerkleHash(base64: parts[1])
        else { throw malformed }
        oldSize = size
        oldRoot = root
        path = try lines.hashes()
        checkpoint = try SignedCheckpoint(lines.rest)
    }

    /// Checks the proof and the signature of the larger checkpoint.
    ///
    /// - Parameters:
    ///   - old: a checkpoint of the smaller size that was kept: it must be what the log grew from.
    ///     Without one only the sizes and roots in the proof are known to belong together.
    ///   - origin: the log it must be about; nil for any a key in `keys` signs for.
    /// - Throws: `HansardError`: `invalidProof`, `untrustedKey`, `logForked` when the log is not
    ///   what `old` says it was.
    public func check(
        keys: [NoteKey], old: SignedCheckpoint? = nil, origin: String? = nil
    ) throws(HansardError) {
        let head = checkpoint.checkpoint
        try checkpoint.check(keys: keys, origin: origin ?? head.origin)
        if let old { try check(old, keys, head.origin) }
        guard
            MerkleProofs.verifyConsistency(
                from: oldSize, root: oldRoot, to: head.size, root: head.root, path: path)
        else {
            throw HansardError(
                .invalidProof,
                "the proof does not lead from the root at \(oldSize) to the signed one at "
                    + "\(head.size): it was changed, or the two are not of one log")
        }
    }

    private func check(
        _ old: SignedCheckpoint, _ keys: [NoteKey], _ origin: String
    ) throws(HansardError) {
        try old.check(keys: keys, origin: origin)
        guard old.checkpoint.size == oldSize else {
            throw HansardError(
                .invalidProof,
                "the proof begins at \(oldSize) events, but the kept checkpoint has "
                    + "\(old.checkpoint.size)",
                advice: .askForProof(from: old.checkpoint.size))
        }
        guard old.checkpoint.root == oldRoot else { throw HansardError.forked(old.checkpoint) }
    }
}
