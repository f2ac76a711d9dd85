import HansardBindings

/// The header before the compressed payload of each event. docs/FORMAT.md, "Event".
///
/// Everything that depends on the log's head is here, so that callers encode and compress the
/// payload before the writer is reached.
package struct EventHeader: Equatable {
    static let format: UInt8 = 1
    static let flagClock: UInt8 = 1 << 0
    static let flagKey: UInt8 = 1 << 1
    private static let flagsKnown = flagClock | flagKey

    package var dictionary: UInt16
    package var rawLength: Int
    package var recordedAt: Int64
    package var clockAt: Int64
    package var revision: UInt64
    package var previous: UInt64?
    package var entity: UInt64?
    /// Set on encrypted payloads; this version writes none and refuses to read them.
    var encryptionKey: UInt32?

    package init(
        dictionary: UInt16, rawLength: Int, recordedAt: Int64, clockAt: Int64, revision: UInt64,
        previous: UInt64?, entity: UInt64?, encryptionKey: UInt32? = nil
    ) {
        self.dictionary = dictionary
        self.rawLength = rawLength
        self.recordedAt = recordedAt
        self.clockAt = clockAt
        self.revision = revision
        self.previous = previous
        self.entity = entity
        self.encryptionKey = encryptionKey
    }

    /// Header and frame as they are stored at `position`.
    package func encode(position: UInt64, frame: [UInt8], into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        append(at: position, to: &bytes) { $0.append(contentsOf: frame) }
    }

    /// Appends header and frame as they are stored at `position`.
    ///
    /// - Parameter appendFrame: appends the frame to what it is given, and nothing else.
    /// - Throws: what `appendFrame` throws; `bytes` then ends with half an event.
    package func append<E: Error>(
        at position: UInt64, to bytes: inout [UInt8],
        frame appendFrame: (inout [UInt8]) throws(E) -> Void
    ) throws(E) {
        let start = bytes.count
        bytes.append(Self.format)
        let hasClock = clockAt != recordedAt
        bytes.append((hasClock ? Self.flagClock : 0) | (encryptionKey != nil ? Self.flagKey : 0))
        Bytes.appendLittleEndian(dictionary, to: &bytes)
        Bytes.appendLittleEndian(UInt32(rawLength), to: &bytes)
        Bytes.appendLittleEndian(recordedAt, to: &bytes)
        Bytes.appendLittleEndian(UInt64(0), to: &bytes)
        Varint.append(revision, to: &bytes)
        Varint.append(previous.map { position - $0 } ?? 0, to: &bytes)
        Varint.append(entity.map { position - $0 + 1 } ?? 0, to: &bytes)
        if hasClock { Bytes.appendLittleEndian(clockAt, to: &bytes) }
        if let encryptionKey { Bytes.appendLittleEndian(encryptionKey, to: &bytes) }
        try appendFrame(&bytes)
        let range = start..<bytes.count
        let checksum = Self.checksum(bytes.span.extracting(range), position: position)
        Bytes.storeLittleEndian(checksum, into: &bytes, at: start + 16)
    }

    /// XXH64 over the stored bytes with the position in place of the checksum's own field.
    static func checksum(_ stored: Span<UInt8>, position: UInt64) -> UInt64 {
        let head = XXH64.hash(stored.extracting(0..<16), seed: position)
        return XXH64.hash(stored.extracting(24..<stored.count), seed: head)
    }

    /// Reads and checks a stored event.
    ///
    /// - Returns: the header and where its frame begins.
    /// - Throws: `HansardError` (`corruptEvent`) naming the position and what is wrong.
    package static func decode(
        _ stored: Span<UInt8>, position: UInt64
    ) throws(HansardError) -> (header: EventHeader, frame: Range<Int>) {
        guard stored.count > Layout.headerFixedBytes else { throw corrupt(position, "is cut off") }
        guard stored[0] == format else {
            throw corrupt(position, "has the unknown format \(stored[0])")
        }
        let sum = Bytes.loadLittleEndian(stored, at: 16, as: UInt64.self)
        guard sum == checksum(stored, position: position) else {
            throw corrupt(position, "does not match its checksum")
        }
        let flags = stored[1]
        guard flags & ~flagsKnown == 0 else { throw corrupt(position, "has unknown flags") }
        var offset = Layout.headerFixedBytes
        guard let revision = Varint.read(stored, at: &offset),
            let previousDelta = Varint.read(stored, at: &offset), previousDelta < position,
            let entityDelta = Varint.read(stored, at: &offset), entityDelta <= position
        else { throw corrupt(position, "has a malformed header") }
        let recordedAt = Bytes.loadLittleEndian(stored, at: 8, as: Int64.self)
        var header = EventHeader(
            dictionary: Bytes.loadLittleEndian(stored, at: 2, as: UInt16.self),
            rawLength: Int(Bytes.loadLittleEndian(stored, at: 4, as: UInt32.self)),
            recordedAt: recordedAt, clockAt: recordedAt, revision: revision,
            previous: previousDelta == 0 ? nil : position - previousDelta,
            entity: entityDelta == 0 ? nil : position - entityDelta + 1)
        try header.readExtensions(stored, flags: flags, at: &offset, position: position)
        guard offset < stored.count else { throw corrupt(position, "has no payload") }
        return (header, offset..<stored.count)
    }

    private mutating func readExtensions(
        _ stored: Span<UInt8>, flags: UInt8, at offset: inout Int, position: UInt64
    ) throws(HansardError) {
        if flags & Self.flagClock != 0 {
            guard offset + 8 <= stored.count else { throw Self.corrupt(position, "is cut off") }
            clockAt = Bytes.loadLittleEndian(stored, at: offset, as: Int64.self)
            offset += 8
        }
        if flags & Self.flagKey != 0 {
            guard offset + 4 <= stored.count else { throw Self.corrupt(position, "is cut off") }
            encryptionKey = Bytes.loadLittleEndian(stored, at: offset, as: UInt32.self)
            offset += 4
        }
    }

    package static func corrupt(_ position: UInt64, _ what: String) -> HansardError {
        HansardError(
            .corruptEvent, "event \(position) \(what)", advice: .verifyAndRestore,
            position: Position(position))
    }
}
