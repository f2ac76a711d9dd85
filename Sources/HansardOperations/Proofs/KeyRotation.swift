public import HansardEngine

/// The statement that a log's checkpoints are signed by another key from now on: a note signed by
/// the old key and the new one.
public struct KeyRotation: Sendable, Equatable {
    public let origin: String
    /// The new key.
    public let key: NoteKey

    private static let title = "hansard key rotation"

    init(origin: String, key: NoteKey) {
        self.origin = origin
        self.key = key
    }

    func signed(with signers: [NoteSigner]) throws(HansardError) -> SignedNote {
        try SignedNote(signing: "\(Self.title)\n\(origin)\n\(key)\n", with: signers)
    }

    /// True if a file of this text is meant to be one.
    public static func isBegun(in text: String) -> Bool { text.hasPrefix("\(title)\n") }

    /// Reads a rotation that a trusted key signed, and the new key too.
    ///
    /// - Throws: `HansardError`: `invalidProof`, `untrustedKey`.
    public init(_ text: String, trusted: [NoteKey]) throws(HansardError) {
        let note = try SignedNote(text)
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0] == Self.title, let key = NoteKey(lines[2]) else {
            throw HansardError(.invalidProof, "this is not a key rotation")
        }
        try note.verified(by: trusted)
        try note.verified(by: [key])
        self.init(origin: String(lines[1]), key: key)
    }
}
