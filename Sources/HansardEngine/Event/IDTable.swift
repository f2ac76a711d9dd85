import HansardBindings
package import HansardRecords

/// Keys of the core's table of ids: which events hold or claim an id.
///
/// A key is the partition (the position without its low 20 bits), 64 bits of a keyed hash of the
/// id, and the low 20 bits of the position. Ids are random, and a table of random keys collapses as
/// it grows; with the partition in front only the last million positions' keys are ever written, in
/// the same B+tree. Hashes can collide, so a lookup that finds a position reads the event there
/// before believing it.
package enum IDTable {
    static let partitionBits: UInt64 = 20
    private static let lowMask: UInt64 = (1 << partitionBits) - 1
    static let keyBytes = 14
    static let prefixBytes = 11
    /// Three bytes of partition bound the log to 2^44 events.
    package static let positionMax: UInt64 = 1 << 44 - 1

    static func partition(of position: Position) -> UInt64 { position.rawValue >> partitionBits }

    /// Positions of a partition: from its first to its last.
    static func last(of partition: UInt64) -> Position {
        Position(partition << partitionBits | lowMask)
    }

    /// The number of partitions that are complete at a durable position.
    static func sealedCount(through checkpoint: Position) -> Int {
        Int(partition(of: checkpoint.next))
    }

    static func appendKey(hash: UInt64, position: Position, to key: inout [UInt8]) {
        appendPrefix(partition: partition(of: position), hash: hash, to: &key)
        let low = position.rawValue & lowMask
        key.append(UInt8(low >> 16))
        key.append(UInt8(truncatingIfNeeded: low >> 8))
        key.append(UInt8(truncatingIfNeeded: low))
    }

    static func appendPrefix(partition: UInt64, hash: UInt64, to key: inout [UInt8]) {
        appendPartition(partition, to: &key)
        Bytes.appendBigEndian(hash, to: &key)
    }

    static func appendPartition(_ partition: UInt64, to key: inout [UInt8]) {
        key.append(UInt8(truncatingIfNeeded: partition >> 16))
        key.append(UInt8(truncatingIfNeeded: partition >> 8))
        key.append(UInt8(truncatingIfNeeded: partition))
    }

    static func hash(in key: Span<UInt8>) -> UInt64 {
        Bytes.loadBigEndian(key, at: 3, as: UInt64.self)
    }

    /// The position a key stands for; nil when it is no key of this table.
    static func position(in key: Span<UInt8>) -> Position? {
        guard key.count == keyBytes else { return nil }
        let partition = UInt64(key[0]) << 16 | UInt64(key[1]) << 8 | UInt64(key[2])
        let low = UInt64(key[11]) << 16 | UInt64(key[12]) << 8 | UInt64(key[13])
        return Position(partition << partitionBits | low)
    }
}

/// The keyed hash behind the table of ids.
///
/// The key is random and kept in the log, so that nobody who chooses ids can make them collide.
package struct IDHasher: Sendable {
    private let sip: SipHash

    package init(key: (UInt64, UInt64)) { sip = SipHash(k0: key.0, k1: key.1) }

    /// Hash of an event's or a record's id.
    package func hash(_ id: Identifier) -> UInt64 {
        var scratch: [UInt8] = []
        return hash(id, &scratch)
    }

    /// Hash of a stream's name; another space than that of ids.
    package func hash(_ stream: StreamName) -> UInt64 {
        var scratch: [UInt8] = []
        return hash(stream, &scratch)
    }

    /// The same, with memory that is used again.
    func hash(_ id: Identifier, _ bytes: inout [UInt8]) -> UInt64 {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(1)
        id.appendUTF8(to: &bytes)
        return sip.hash(bytes.span)
    }

    func hash(_ stream: StreamName, _ bytes: inout [UInt8]) -> UInt64 {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(2)
        bytes.append(contentsOf: stream.category.utf8)
        bytes.append(UInt8(ascii: "/"))
        stream.id.appendUTF8(to: &bytes)
        return sip.hash(bytes.span)
    }
}

/// The hashes of an event in the table of ids. Computed where it is encoded, so
/// that the writer need not.
package struct EventHashes: Sendable {
    let id: UInt64
    let stream: UInt64
    /// The hashes of the claims other than the event's own id.
    let claims: [UInt64]

    package init(_ event: Event, _ hasher: IDHasher) {
        var scratch: [UInt8] = []
        scratch.reserveCapacity(64)
        id = hasher.hash(event.id, &scratch)
        stream = hasher.hash(event.stream, &scratch)
        var claims: [UInt64] = []
        for claim in event.claims where claim != event.id {
            claims.append(hasher.hash(claim, &scratch))
        }
        self.claims = claims
    }
}
