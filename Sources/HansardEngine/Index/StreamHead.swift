import HansardBindings
import HansardRecords

/// The core's row of a stream: its last event, and whether the thing it is about exists.
package struct StreamHead: Equatable {
    let name: StreamName
    /// Position of the stream's first event; key of the row.
    let ordinal: Position
    var revision: UInt64
    var last: Position
    /// The event that created the present incarnation; nil when the thing does not exist.
    var entity: Position?
    /// The event that ended the last incarnation.
    var endedAt: Position?

    /// Appends the row, which `decode` reads.
    func append(to bytes: inout [UInt8]) {
        Varint.append(revision, to: &bytes)
        Varint.append(last.rawValue, to: &bytes)
        Varint.append(entity?.rawValue ?? 0, to: &bytes)
        Varint.append(endedAt?.rawValue ?? 0, to: &bytes)
        Varint.append(UInt64(name.category.utf8.count), to: &bytes)
        bytes.append(contentsOf: name.category.utf8)
        if let (high, low) = name.id.uuid {
            bytes.append(Self.uuidMark)
            Bytes.appendBigEndian(high, to: &bytes)
            Bytes.appendBigEndian(low, to: &bytes)
        } else {
            bytes.append(Self.textMark)
            name.id.appendUTF8(to: &bytes)
        }
    }

    static func decode(
        _ row: Span<UInt8>, ordinal: Position
    ) throws(HansardError) -> StreamHead {
        var offset = 0
        guard let revision = Varint.read(row, at: &offset),
            let last = Varint.read(row, at: &offset),
            let entity = Varint.read(row, at: &offset),
            let endedAt = Varint.read(row, at: &offset),
            let categoryBytes = Varint.read(row, at: &offset),
            categoryBytes <= UInt64(row.count - offset)
        else { throw corrupt(ordinal) }
        let split = offset + Int(categoryBytes)
        let category = String(decoding: Bytes.array(row.extracting(offset..<split)), as: UTF8.self)
        guard let id = decodeID(row.extracting(split..<row.count)) else { throw corrupt(ordinal) }
        return StreamHead(
            name: StreamName(knownCategory: category, id: id), ordinal: ordinal,
            revision: revision, last: Position(last),
            entity: entity == 0 ? nil : Position(entity),
            endedAt: endedAt == 0 ? nil : Position(endedAt))
    }

    private static let uuidMark: UInt8 = 1
    private static let textMark: UInt8 = 0

    private static func decodeID(_ bytes: Span<UInt8>) -> Identifier? {
        if bytes.count == 17 && bytes[0] == uuidMark {
            return Identifier(
                high: Bytes.loadBigEndian(bytes, at: 1, as: UInt64.self),
                low: Bytes.loadBigEndian(bytes, at: 9, as: UInt64.self))
        }
        guard bytes.count > 1, bytes[0] == textMark else { return nil }
        return try? Identifier(utf8: bytes.extracting(1..<bytes.count))
    }

    static func key(_ ordinal: Position) -> [UInt8] {
        var key: [UInt8] = []
        OrderedInteger.append(ordinal.rawValue, to: &key)
        return key
    }

    private static func corrupt(_ ordinal: Position) -> HansardError {
        HansardError(
            .corruptIndex,
            "the index row of stream \(ordinal) can't be read: the index is damaged",
            advice: .rebuild)
    }
}
