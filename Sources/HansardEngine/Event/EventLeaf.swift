import HansardBindings
public import HansardRecords

/// The content of a leaf of the log's Merkle tree. docs/FORMAT.md, "Leaf".
///
/// The leaf of the event at position `p` has the number `p - 1`. It names the payload by its hash
/// before compression, so a restore may compress again and keeps the root.
public struct EventLeaf: Sendable, Equatable {
    /// The format of the stored record, which says how the payload is read.
    public let format: UInt8
    public let position: Position
    /// `recordedAt` as it is stored: microseconds since 1970-01-01T00:00:00Z.
    private let recordedMicroseconds: Int64
    public let revision: Revision
    /// SHA-256 of the payload as MessagePack.
    public let payload: MerkleHash

    /// When the event was recorded.
    public var recordedAt: Instant { Instant(microsecondsSinceUnixEpoch: recordedMicroseconds) }

    /// The leaf of an event of the present format.
    package init(
        position: Position, recordedMicroseconds: Int64, revision: Revision, payload: MerkleHash
    ) {
        format = EventHeader.format
        self.position = position
        self.recordedMicroseconds = recordedMicroseconds
        self.revision = revision
        self.payload = payload
    }

    /// Bytes of all fields but the last, which is a varint. Up to five bytes of that, the hash
    /// takes one block of SHA-256.
    private static let fixedBytes = 1 + 8 + 8 + MerkleHash.bytesCount

    /// The leaf's bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.fixedBytes + 10)
        append(to: &bytes)
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        bytes.append(format)
        Bytes.appendLittleEndian(position.rawValue, to: &bytes)
        Bytes.appendLittleEndian(recordedMicroseconds, to: &bytes)
        payload.append(to: &bytes)
        Varint.append(revision.rawValue, to: &bytes)
    }

    /// The hash the tree has for it.
    public var hash: MerkleHash {
        let varint = Varint.words(of: revision.rawValue)
        return .leaf(
            format: format, position.rawValue, UInt64(bitPattern: recordedMicroseconds), payload,
            tail: (varint.low, varint.high), tailBytes: varint.bytesCount)
    }

    /// Reads the bytes of a leaf and moves `offset` past them; nil when they are cut off, of
    /// another format, or have a revision no stream has.
    package static func read(_ bytes: Span<UInt8>, at offset: inout Int) -> EventLeaf? {
        guard offset + fixedBytes < bytes.count, bytes[offset] == EventHeader.format,
            let payload = MerkleHash(bytes.extracting(offset + 17..<offset + fixedBytes))
        else { return nil }
        let position = Bytes.loadLittleEndian(bytes, at: offset + 1, as: UInt64.self)
        let recordedAt = Bytes.loadLittleEndian(bytes, at: offset + 9, as: Int64.self)
        var end = offset + fixedBytes
        guard let revision = Varint.read(bytes, at: &end), Int64(exactly: revision) != nil else {
            return nil
        }
        offset = end
        return EventLeaf(
            position: Position(position), recordedMicroseconds: recordedAt,
            revision: Revision(revision), payload: payload)
    }
}

extension EventLeaf {
    /// The leaf of a stored event.
    package init(_ header: EventHeader, payload: Span<UInt8>, position: UInt64) {
        self.init(
            position: Position(position), recordedMicroseconds: header.recordedAt,
            revision: Revision(header.revision), payload: .sha256(payload))
    }
}
