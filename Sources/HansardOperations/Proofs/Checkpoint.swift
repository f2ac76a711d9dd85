public import HansardEngine

/// The head of the tree at one size: C2SP tlog-checkpoint. Signed, it says which events there were.
public struct Checkpoint: Sendable, Equatable {
    /// Names the log: `hansard/` and its id.
    public let origin: String
    /// The number of events it covers: those at positions 1 to `size`.
    public let size: UInt64
    public let root: MerkleHash

    public init(origin: String, size: UInt64, root: MerkleHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The origin of a log's checkpoints; the name of its keys too.
    public static func origin(logID: String) -> String { "hansard/\(logID)" }

    /// The text that is signed.
    public var text: String { "\(origin)\n\(size)\n\(root)\n" }

    /// Reads a note's text. Extension lines are passed over.
    ///
    /// - Throws: `HansardError` (`invalidProof`) when it is none.
    public init(text: String) throws(HansardError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.dropLast().allSatisfy({ !$0.isEmpty }), lines.last == "",
            let size = UInt64(lines[1]), String(size) == lines[1], Int64(exactly: size) != nil,
            let root = MerkleHash(base64: lines[2])
        else {
            throw HansardError(
                .invalidProof,
                "the text is not a checkpoint: it should be an origin, a size and a root hash")
        }
        self.init(origin: String(lines[0]), size: size, root: root)
    }
}

/// A checkpoint with the signatures on it.
public struct SignedCheckpoint: Sendable, Equatable {
    public let checkpoint: Checkpoint
    public let note: SignedNote

    /// Reads a checkpoint file. It counts for nothing before `note.verified`.
    ///
    /// - Throws: `HansardError` (`invalidProof`) when it is malformed.
    public init(_ text: String) throws(HansardError) {
        note = try SignedNote(text)
        checkpoint = try Checkpoint(text: note.text)
    }

    init(signing checkpoint: Checkpoint, with signers: [NoteSigner]) throws(HansardError) {
        self.checkpoint = checkpoint
        note = try SignedNote(signing: checkpoint.text, with: signers)
    }

    /// Checks whose it is: signed by one of `keys`, and about this log.
    ///
    /// - Throws: `HansardError`: `otherLog`, `untrustedKey`, `invalidProof`.
    public func check(keys: [NoteKey], origin: String) throws(HansardError) {
        guard checkpoint.origin == origin else {
            throw HansardError(
                .otherLog,
                "this is a checkpoint of another log, \(checkpoint.origin), and not of "
                    + "\(origin)",
                advice: .nameItsStore)
        }
        try note.verified(by: keys)
    }
}
