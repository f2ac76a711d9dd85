private import Crypto
import HansardBindings

/// A SHA-256 hash of the Merkle tree of RFC 6962 and RFC 9162. A value of 32 bytes; comparing and
/// copying cost a few instructions, hashing some 100 ns and 1.5 ns a byte.
///
/// Leaves and inner nodes are hashed with different first bytes, so that no leaf passes for a node.
public struct MerkleHash: Hashable, Sendable {
    /// The bytes, eight in a word, as they lie in memory.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    public static let bytesCount = 32
    private static let leafPrefix: UInt8 = 0
    private static let nodePrefix: UInt8 = 1

    /// Takes 32 bytes; nil for any other number of them.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.bytesCount else { return nil }
        words = (
            Bytes.loadLittleEndian(bytes, at: 0, as: UInt64.self),
            Bytes.loadLittleEndian(bytes, at: 8, as: UInt64.self),
            Bytes.loadLittleEndian(bytes, at: 16, as: UInt64.self),
            Bytes.loadLittleEndian(bytes, at: 24, as: UInt64.self)
        )
    }

    /// The plain SHA-256 of some bytes.
    public static func sha256(_ bytes: Span<UInt8>) -> MerkleHash {
        hashed { hasher in
            // The buffer is only read, within the closure that lends it.
            unsafe bytes.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        }
    }

    /// The hash of a leaf that holds these bytes: `SHA-256(0x00 || bytes)`.
    public static func leaf(_ bytes: Span<UInt8>) -> MerkleHash {
        var input: [UInt8] = []
        input.reserveCapacity(1 + bytes.count)
        input.append(leafPrefix)
        Bytes.append(bytes, to: &input)
        return sha256(input.span)
    }

    /// The same for the bytes `format || first || second || hash || tail`, numbers little-endian,
    /// of which the tail, of up to 16 bytes, is the first `tailBytes` of its words. Hashed from
    /// registers: a leaf is hashed for every event.
    static func leaf(
        format: UInt8, _ first: UInt64, _ second: UInt64, _ hash: MerkleHash,
        tail: (UInt64, UInt64), tailBytes: Int
    ) -> MerkleHash {
        let input = (
            (UInt64(leafPrefix) << 8 | UInt64(format)).bigEndian, first.littleEndian,
            second.littleEndian, hash.words.0.littleEndian, hash.words.1.littleEndian,
            hash.words.2.littleEndian, hash.words.3.littleEndian, tail.0.littleEndian,
            tail.1.littleEndian
        )
        precondition(tailBytes <= 16, "the tail has two words")
        // A local of plain numbers, read within the closure that lends it: from the last two bytes
        // of the first word to within the last two words.
        return hashed { hasher in
            unsafe withUnsafeBytes(of: input) {
                unsafe hasher.update(bufferPointer: .init(rebasing: $0[6..<56 + tailBytes]))
            }
        }
    }

    /// The hash of a node over two subtrees: `SHA-256(0x01 || left || right)`.
    public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        let input = (
            UInt64(nodePrefix).bigEndian, left.words.0.littleEndian, left.words.1.littleEndian,
            left.words.2.littleEndian, left.words.3.littleEndian, right.words.0.littleEndian,
            right.words.1.littleEndian, right.words.2.littleEndian, right.words.3.littleEndian
        )
        // A local of plain numbers, read within the closure that lends it: the last byte of the
        // first word, and the 64 after it.
        return hashed { hasher in
            unsafe withUnsafeBytes(of: input) {
                unsafe hasher.update(bufferPointer: .init(rebasing: $0[7...]))
            }
        }
    }

    private static func hashed(_ update: (inout SHA256) -> Void) -> MerkleHash {
        var hasher = SHA256()
        update(&hasher)
        return MerkleHash(hasher.finalize())
    }

    /// The root of the tree without leaves: the SHA-256 of nothing.
    public static let emptyRoot = sha256([UInt8]().span)

    private init(_ digest: SHA256.Digest) {
        // 32 bytes, which a digest of SHA-256 has, read within the closure that lends them.
        words = unsafe digest.withUnsafeBytes {
            unsafe (
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            )
        }
    }

    /// Appends the 32 bytes.
    public func append(to bytes: inout [UInt8]) {
        Bytes.appendLittleEndian(words.0, to: &bytes)
        Bytes.appendLittleEndian(words.1, to: &bytes)
        Bytes.appendLittleEndian(words.2, to: &bytes)
        Bytes.appendLittleEndian(words.3, to: &bytes)
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.bytesCount)
        append(to: &bytes)
        return bytes
    }

    public static func == (a: MerkleHash, b: MerkleHash) -> Bool { a.words == b.words }

    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension MerkleHash: CustomStringConvertible {
    /// The hash in standard Base64, as checkpoints and proofs have it.
    public var description: String { Base64.text(bytes) }

    /// Reads what `description` writes; nil for anything else.
    public init?(base64 text: some StringProtocol) {
        guard let bytes = Base64.bytes(text) else { return nil }
        self.init(bytes.span)
    }
}
