import HansardBindings
import HansardEngine

/// The header of a backup's segment. docs/FORMAT.md, "Backup segments".
struct SegmentHeader: Equatable {
    static let magic = Array("HANSARDB".utf8)
    static let format: UInt32 = 1
    static let fixedBytes = 80
    /// A thousand ancestors; a length beyond is damage.
    static let bytesMax = fixedBytes + 1_000 * LogAncestor.bytes + 8

    let logID: String
    let ancestry: [LogAncestor]
    /// Position of the first event.
    let first: Position
    /// Digest of all events before it.
    let digestBefore: UInt64
    /// When the segment was begun, in microseconds since 1970-01-01T00:00:00Z.
    let createdAt: Int64

    var bytesCount: Int { Self.fixedBytes + ancestry.count * LogAncestor.bytes + 8 }

    func encode() -> [UInt8] {
        var bytes = Self.magic
        let ancestors = LogAncestor.encode(ancestry)
        Bytes.appendLittleEndian(Self.format, to: &bytes)
        Bytes.appendLittleEndian(UInt32(Self.fixedBytes + ancestors.count + 8), to: &bytes)
        Bytes.appendLittleEndian(first.rawValue, to: &bytes)
        Bytes.appendLittleEndian(createdAt, to: &bytes)
        Bytes.appendLittleEndian(digestBefore, to: &bytes)
        bytes.append(contentsOf: logID.utf8)
        Bytes.appendLittleEndian(UInt32(ancestry.count), to: &bytes)
        bytes.append(contentsOf: ancestors)
        Bytes.appendLittleEndian(XXH64.hash(bytes.span), to: &bytes)
        return bytes
    }

    /// The header's length, by its first 16 bytes; throws what is wrong with them.
    static func length(of start: Span<UInt8>) throws(SegmentFault) -> Int {
        guard start.count >= 16 else { throw SegmentFault("is cut off in its header") }
        guard Bytes.equal(start.extracting(0..<8), magic.span) else {
            throw SegmentFault("is no segment of a backup")
        }
        let format = Bytes.loadLittleEndian(start, at: 8, as: UInt32.self)
        guard format == Self.format else {
            throw SegmentFault(
                "has format \(format), this program reads \(Self.format): use the version that wrote it"
            )
        }
        let length = Int(Bytes.loadLittleEndian(start, at: 12, as: UInt32.self))
        guard (fixedBytes + 8...bytesMax).contains(length) else {
            throw SegmentFault("has a damaged header")
        }
        return length
    }

    init(
        logID: String, ancestry: [LogAncestor], first: Position, digestBefore: UInt64,
        createdAt: Int64
    ) {
        (self.logID, self.ancestry, self.first) = (logID, ancestry, first)
        (self.digestBefore, self.createdAt) = (digestBefore, createdAt)
    }

    init(_ bytes: Span<UInt8>) throws(SegmentFault) {
        let length = try Self.length(of: bytes)
        guard bytes.count >= length else { throw SegmentFault("is cut off in its header") }
        let sum = Bytes.loadLittleEndian(bytes, at: length - 8, as: UInt64.self)
        guard sum == XXH64.hash(bytes.extracting(0..<length - 8)),
            let ancestry = LogAncestor.decode(bytes.extracting(Self.fixedBytes..<length - 8))
        else { throw SegmentFault("has a damaged header") }
        first = Position(Bytes.loadLittleEndian(bytes, at: 16, as: UInt64.self))
        createdAt = Bytes.loadLittleEndian(bytes, at: 24, as: Int64.self)
        digestBefore = Bytes.loadLittleEndian(bytes, at: 32, as: UInt64.self)
        logID = String(decoding: Bytes.array(bytes.extracting(40..<76)), as: UTF8.self)
        self.ancestry = ancestry
    }
}

/// The header before each block's frame.
struct BlockHeader: Equatable, Sendable {
    static let magic: UInt32 = 0x4B4C_4248  // "HBLK"
    static let bytes = 72
    /// No block is larger before compression: one event of the largest size, and its fields.
    static let contentsBytesMax = Layout.eventBytesHardMax + (1 << 20)

    var frameBytes: Int
    var contentsBytes: Int
    var eventsCount: Int
    var first: Position
    /// Recorded times of the first and the last event.
    var firstAt: Int64
    var lastAt: Int64
    /// Digests of all events up to and without the first, and with the last.
    var digestBefore: UInt64
    var digestAfter: UInt64
    var frameSum: UInt64

    var last: Position { Position(first.rawValue + UInt64(eventsCount) - 1) }

    func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.bytes)
        Bytes.appendLittleEndian(Self.magic, to: &bytes)
        Bytes.appendLittleEndian(UInt32(frameBytes), to: &bytes)
        Bytes.appendLittleEndian(UInt32(contentsBytes), to: &bytes)
        Bytes.appendLittleEndian(UInt32(eventsCount), to: &bytes)
        Bytes.appendLittleEndian(first.rawValue, to: &bytes)
        Bytes.appendLittleEndian(firstAt, to: &bytes)
        Bytes.appendLittleEndian(lastAt, to: &bytes)
        Bytes.appendLittleEndian(digestBefore, to: &bytes)
        Bytes.appendLittleEndian(digestAfter, to: &bytes)
        Bytes.appendLittleEndian(frameSum, to: &bytes)
        Bytes.appendLittleEndian(XXH64.hash(bytes.span), to: &bytes)
        return bytes
    }
}

extension BlockHeader {
    init(_ bytes: Span<UInt8>) throws(SegmentFault) {
        guard bytes.count == Self.bytes else { throw SegmentFault("is cut off") }
        guard
            Bytes.loadLittleEndian(bytes, at: 64, as: UInt64.self)
                == XXH64.hash(bytes.extracting(0..<64)),
            Bytes.loadLittleEndian(bytes, at: 0, as: UInt32.self) == Self.magic
        else { throw SegmentFault("has a damaged header") }
        func number(_ at: Int) -> Int {
            Int(Bytes.loadLittleEndian(bytes, at: at, as: UInt32.self))
        }
        func word(_ at: Int) -> UInt64 { Bytes.loadLittleEndian(bytes, at: at, as: UInt64.self) }
        frameBytes = number(4)
        contentsBytes = number(8)
        eventsCount = number(12)
        first = Position(word(16))
        firstAt = Int64(bitPattern: word(24))
        lastAt = Int64(bitPattern: word(32))
        digestBefore = word(40)
        digestAfter = word(48)
        frameSum = word(56)
        guard eventsCount > 0, contentsBytes <= Self.contentsBytesMax,
            frameBytes <= Self.contentsBytesMax + (1 << 20), first > .zero,
            first.rawValue <= IDTable.positionMax
        else { throw SegmentFault("has a header that can't be") }
    }
}

/// The seal at the end of a sealed segment.
struct SegmentSeal: Equatable {
    static let magic: UInt32 = 0x4C41_4553  // "SEAL"
    static let bytes = 64

    var blocksCount: Int
    var last: Position
    var firstAt: Int64
    var lastAt: Int64
    var digestAfter: UInt64
    var sealedAt: Int64
    /// Bytes of all blocks before compression.
    var contentsBytes: UInt64

    func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        Bytes.appendLittleEndian(Self.magic, to: &bytes)
        Bytes.appendLittleEndian(UInt32(blocksCount), to: &bytes)
        Bytes.appendLittleEndian(last.rawValue, to: &bytes)
        Bytes.appendLittleEndian(firstAt, to: &bytes)
        Bytes.appendLittleEndian(lastAt, to: &bytes)
        Bytes.appendLittleEndian(digestAfter, to: &bytes)
        Bytes.appendLittleEndian(sealedAt, to: &bytes)
        Bytes.appendLittleEndian(contentsBytes, to: &bytes)
        Bytes.appendLittleEndian(XXH64.hash(bytes.span), to: &bytes)
        return bytes
    }
}

extension SegmentSeal {
    init(_ bytes: Span<UInt8>) throws(SegmentFault) {
        guard bytes.count == Self.bytes,
            Bytes.loadLittleEndian(bytes, at: 56, as: UInt64.self)
                == XXH64.hash(bytes.extracting(0..<56)),
            Bytes.loadLittleEndian(bytes, at: 0, as: UInt32.self) == Self.magic
        else { throw SegmentFault("has a damaged seal, or is cut off before it") }
        func word(_ at: Int) -> UInt64 { Bytes.loadLittleEndian(bytes, at: at, as: UInt64.self) }
        blocksCount = Int(Bytes.loadLittleEndian(bytes, at: 4, as: UInt32.self))
        last = Position(word(8))
        firstAt = Int64(bitPattern: word(16))
        lastAt = Int64(bitPattern: word(24))
        digestAfter = word(32)
        sealedAt = Int64(bitPattern: word(40))
        contentsBytes = word(48)
    }
}

/// The fault with a part of a segment; the reader of the file says which part.
struct SegmentFault: Error {
    let what: String
    init(_ what: String) { self.what = what }
}
