private import HansardBindings
public import HansardEngine

/// Text with signatures below it: C2SP signed-note.
public struct SignedNote: Sendable, Equatable {
    /// One line below the text.
    struct Signature: Sendable, Equatable {
        let name: String
        let keyID: UInt32
        let bytes: [UInt8]
    }

    /// Ends in a newline.
    public let text: String
    let signatures: [Signature]

    /// Most bytes and signatures that are read.
    static let bytesMax = 1 << 20
    private static let signaturesMax = 100

    /// Signs a text, which ends in a newline and has no control characters.
    init(signing text: String, with signers: [NoteSigner]) throws(HansardError) {
        guard text.hasSuffix("\n"), Self.isText(text), !signers.isEmpty else {
            throw HansardError(.invalidArgument, "a note is text that ends in a newline")
        }
        self.text = text
        var signatures: [Signature] = []
        for signer in signers {
            signatures.append(
                Signature(
                    name: signer.key.name, keyID: signer.key.id, bytes: try signer.sign(text)))
        }
        self.signatures = signatures
    }

    /// Reads a note. What it says counts for nothing before `verified` has found a signature.
    ///
    /// - Throws: `HansardError` (`invalidProof`) when it is malformed.
    public init(_ note: String) throws(HansardError) {
        guard note.utf8.count <= Self.bytesMax, note.hasSuffix("\n"), Self.isText(note) else {
            throw Self.malformed("it is too long, cut off or not text")
        }
        // The last empty line separates the text from the signatures.
        var lines = note.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard let blank = lines.lastIndex(of: ""), blank > 0, blank + 1 < lines.count else {
            throw Self.malformed("it has no signatures below an empty line")
        }
        guard lines.count - blank - 1 <= Self.signaturesMax else {
            throw Self.malformed("it has more than \(Self.signaturesMax) signatures")
        }
        var signatures: [Signature] = []
        for line in lines[(blank + 1)...] { signatures.append(try Self.signature(line)) }
        lines.removeSubrange(blank...)
        text = lines.joined(separator: "\n") + "\n"
        self.signatures = signatures
    }

    private static func signature(_ line: Substring) throws(HansardError) -> Signature {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", NoteKey.isName(parts[1]),
            let bytes = Base64.bytes(parts[2]), bytes.count > 4
        else { throw malformed("'\(line)' is not a signature") }
        return Signature(
            name: String(parts[1]),
            keyID: Bytes.loadBigEndian(bytes.span, at: 0, as: UInt32.self),
            bytes: Array(bytes.dropFirst(4)))
    }

    private static func isText(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A }
    }

    private static func malformed(_ why: String) -> HansardError {
        HansardError(
            .invalidProof, "this is not a signed note, because \(why)", advice: .takeWholeFile)
    }

    /// The note as it is stored and sent.
    public var note: String {
        var lines = text + "\n"
        for signature in signatures {
            var bytes: [UInt8] = []
            Bytes.appendBigEndian(signature.keyID, to: &bytes)
            lines += "\u{2014} \(signature.name) \(Base64.text(bytes + signature.bytes))\n"
        }
        return lines
    }

    /// The keys whose signature is on the note.
    ///
    /// - Throws: `HansardError` (`invalidProof`) when one of them does not verify, and
    ///   (`untrustedKey`) when none of them signed.
    @discardableResult
    public func verified(by keys: [NoteKey]) throws(HansardError) -> [NoteKey] {
        var found: [NoteKey] = []
        for signature in signatures {
            let key = keys.first { $0.name == signature.name && $0.id == signature.keyID }
            guard let key else { continue }
            guard key.verify(signature.bytes, of: text) else {
                throw HansardError(
                    .invalidProof,
                    "the signature of \(key.name) is false: the text was changed after it was "
                        + "signed, or it was signed with another key",
                    advice: .takeWholeFile)
            }
            if !found.contains(key) { found.append(key) }
        }
        guard found.isEmpty else { return found }
        let signers = signatures.map { "\($0.name)+\(NoteKey.hex($0.keyID))" }
        throw HansardError(
            .untrustedKey,
            "signed by \(signers.joined(separator: ", ")), and by none of the trusted keys",
            advice: .compareKeys)
    }
}
