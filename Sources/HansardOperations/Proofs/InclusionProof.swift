public import HansardEngine
private import HansardRecords

/// A proof that one event is in the log: C2SP tlog-proof. Checked without the store.
public struct InclusionProof: Sendable {
    /// The event's leaf.
    public let leaf: EventLeaf
    /// The event's payload as MessagePack, when it was put into the proof.
    public let payload: [UInt8]?
    let path: [MerkleHash]
    public let checkpoint: SignedCheckpoint

    static let title = "c2sp.org/tlog-proof@v1"

    init(
        leaf: EventLeaf, payload: [UInt8]?, path: [MerkleHash], checkpoint: SignedCheckpoint
    ) {
        self.leaf = leaf
        self.payload = payload
        self.path = path
        self.checkpoint = checkpoint
    }

    /// The proof as a file. The leaf, and the payload after it, are its extra data.
    public var text: String {
        let extra = Base64.text(leaf.bytes + (payload ?? []))
        let hashes = path.map { "\($0)\n" }.joined()
        return "\(Self.title)\nextra \(extra)\nindex \(leaf.position.rawValue - 1)\n\(hashes)\n"
            + checkpoint.note.note
    }

    /// Reads a proof file. It counts for nothing before `check`.
    ///
    /// - Throws: `HansardError` (`invalidProof`) when it is malformed or not one of Hansard's.
    public init(_ text: String) throws(HansardError) {
        var lines = ProofLines(text)
        guard lines.next() == Self.title[...], let extra = lines.next(after: "extra "),
            let bytes = Base64.bytes(extra), let index = lines.next(after: "index "),
            let number = UInt64(index), String(number) == index
        else { throw Self.malformed("it lacks its first lines") }
        path = try lines.hashes()
        checkpoint = try SignedCheckpoint(lines.rest)
        var offset = 0
        guard let leaf = EventLeaf.read(bytes.span, at: &offset) else {
            throw Self.malformed("its extra data is not a leaf of Hansard")
        }
        guard leaf.position.rawValue > 0, leaf.position.rawValue - 1 == number else {
            throw Self.malformed("its index and its leaf belong to different events")
        }
        self.leaf = leaf
        payload = offset == bytes.count ? nil : Array(bytes[offset...])
    }

    private static func malformed(_ why: String) -> HansardError {
        HansardError(
            .invalidProof,
            "this is not a proof of an event, because \(why)",
            advice: .takeWholeFile)
    }

    /// Checks the proof: the path, the payload when there is one, and the checkpoint's signature.
    ///
    /// - Parameter origin: the log it must be about; nil for any a key in `keys` signs for.
    /// - Throws: `HansardError`: `invalidProof`, `untrustedKey`.
    public func check(keys: [NoteKey], origin: String? = nil) throws(HansardError) {
        try checkpoint.check(keys: keys, origin: origin ?? checkpoint.checkpoint.origin)
        if let payload {
            let hash = MerkleHash.sha256(payload.span)
            guard hash == leaf.payload else {
                throw HansardError(
                    .invalidProof, "the event in the proof is not the recorded one")
            }
        }
        let head = checkpoint.checkpoint
        guard
            MerkleProofs.verifyInclusion(
                of: leaf.hash, at: leaf.position.rawValue - 1, inTreeOf: head.size,
                root: head.root, path: path)
        else {
            throw HansardError(
                .invalidProof,
                "the proof does not lead to the signed root: the event, the proof or the checkpoint was "
                    + "changed, or they do not belong together",
                position: leaf.position)
        }
    }

    /// The event in the proof; nil when it has none. Meaningful after `check`.
    ///
    /// - Throws: `HansardError` (`corruptEvent`) when it can't be read.
    public func event() throws(HansardError) -> Event? {
        guard let payload else { return nil }
        return try EventPayload.unpack(payload.span, position: leaf.position.rawValue)
    }
}

/// The lines of a proof file, taken one by one.
struct ProofLines {
    private(set) var rest: String

    init(_ text: String) { rest = text }

    /// The next line without its end; nil when there is none.
    mutating func next() -> Substring? {
        guard let end = rest.utf8.firstIndex(of: 0x0A) else { return nil }
        let line = rest[..<end]
        rest = String(rest[rest.utf8.index(after: end)...])
        return line
    }

    /// Returns the text after `prefix` on the next line.
    mutating func next(after prefix: String) -> Substring? {
        guard let line = next(), line.hasPrefix(prefix) else { return nil }
        return line.dropFirst(prefix.count)
    }

    /// Hashes, one a line, up to an empty line.
    mutating func hashes() throws(HansardError) -> [MerkleHash] {
        var hashes: [MerkleHash] = []
        while let line = next(), !line.isEmpty {
            guard hashes.count < 128, let hash = MerkleHash(base64: line) else {
                throw HansardError(.invalidProof, "'\(line)' is not a hash of a proof")
            }
            hashes.append(hash)
        }
        return hashes
    }
}
