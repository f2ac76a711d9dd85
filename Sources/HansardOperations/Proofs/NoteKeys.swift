private import Crypto
private import HansardBindings
import HansardEngine

/// A public key that signs notes: Ed25519, with the name it signs under. C2SP signed-note.
public struct NoteKey: Sendable, Hashable, CustomStringConvertible {
    /// The name on its signature lines. Not empty, no spaces, no plus.
    public let name: String
    /// The first four bytes of SHA-256 over name and key, which stand before each signature.
    public let id: UInt32
    /// 32 bytes, as RFC 8032 encodes them.
    let bytes: [UInt8]

    /// The assigned type of Ed25519 signatures.
    static let type: UInt8 = 1

    init?(name: String, bytes: [UInt8]) {
        guard Self.isName(name), bytes.count == 32 else { return nil }
        self.name = name
        self.bytes = bytes
        id = Self.id(name, bytes)
    }

    /// Reads `name+id+key`, as `description` writes it; nil when it is malformed, of another type
    /// than Ed25519, or its id is not that of the key.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let typed = Base64.bytes(parts[2]), typed.first == Self.type,
            let id = Self.id(hex: parts[1])
        else { return nil }
        self.init(name: String(parts[0]), bytes: Array(typed.dropFirst()))
        guard id == self.id else { return nil }
    }

    public var description: String {
        "\(name)+\(Self.hex(id))+\(Base64.text([Self.type] + bytes))"
    }

    /// True if `signature`, 64 bytes, is this key's on the text.
    func verify(_ signature: [UInt8], of text: String) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
            // 32 bytes that are no point of the curve sign nothing.
            return false
        }
        return key.isValidSignature(signature, for: Array(text.utf8))
    }

    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && !name.contains { $0.isWhitespace || $0 == "+" || $0.isNewline }
    }

    private static func id(_ name: String, _ bytes: [UInt8]) -> UInt32 {
        let input = Array(name.utf8) + [0x0A, type] + bytes
        let hash = MerkleHash.sha256(input.span).bytes
        return Bytes.loadBigEndian(hash.span, at: 0, as: UInt32.self)
    }

    static func hex(_ id: UInt32) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Eight digits, lower case; nil for anything else.
    static func id(hex text: some StringProtocol) -> UInt32? {
        guard let id = UInt32(text, radix: 16), hex(id) == text else { return nil }
        return id
    }
}

/// A private key that signs notes. Its text is a secret.
struct NoteSigner: Sendable {
    let key: NoteKey
    /// 32 bytes: the seed of RFC 8032.
    private let seed: [UInt8]

    private static let prefix = "PRIVATE+KEY+"

    /// Makes a new key from the system's random numbers.
    init(newFor name: String) throws(HansardError) {
        let made = Curve25519.Signing.PrivateKey()
        let key = NoteKey(name: name, bytes: Array(made.publicKey.rawRepresentation))
        guard let key else {
            throw HansardError(.invalidArgument, "'\(name)' can't be the name of a key")
        }
        self.key = key
        seed = Array(made.rawRepresentation)
    }

    /// The same key under another name; nil for what can be no name.
    func named(_ name: String) -> NoteSigner? {
        NoteKey(name: name, bytes: key.bytes).map { NoteSigner(key: $0, seed: seed) }
    }

    private init(key: NoteKey, seed: [UInt8]) {
        self.key = key
        self.seed = seed
    }

    /// Reads what `secretText` writes; nil when it is malformed or its id is not that of the key.
    init?(secretText text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let parts = text.dropFirst(Self.prefix.count).split(
            separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let typed = Base64.bytes(parts[2]), typed.first == NoteKey.type,
            typed.count == 33, let id = NoteKey.id(hex: parts[1]),
            let made = try? Curve25519.Signing.PrivateKey(
                rawRepresentation: Array(typed.dropFirst())),
            let key = NoteKey(
                name: String(parts[0]), bytes: Array(made.publicKey.rawRepresentation)),
            key.id == id
        else { return nil }
        self.key = key
        seed = Array(typed.dropFirst())
    }

    var secretText: String {
        "\(Self.prefix)\(key.name)+\(NoteKey.hex(key.id))+\(Base64.text([NoteKey.type] + seed))"
    }

    /// 64 bytes.
    func sign(_ text: String) throws(HansardError) -> [UInt8] {
        do {
            let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
            return Array(try key.signature(for: Array(text.utf8)))
        } catch {
            throw HansardError(.system, "signing failed", underlying: error)
        }
    }
}
