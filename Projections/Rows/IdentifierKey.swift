import HansardBindings
public import HansardRecords

/// Ids as parts of keys and rows: no id's form is the beginning of another's.
///
/// A canonical UUID is a zero byte and its sixteen bytes; other text is its length and its bytes.
/// Ids sort in no particular order.
public enum IdentifierKey {
    public static func append(_ id: Identifier, to key: inout [UInt8]) {
        if let (high, low) = id.uuid {
            key.append(0)
            Bytes.appendBigEndian(high, to: &key)
            Bytes.appendBigEndian(low, to: &key)
        } else {
            key.append(UInt8(id.utf8Count))
            id.appendUTF8(to: &key)
        }
    }

    /// Reads an id and moves `offset` past it; nil when the bytes are cut off or malformed.
    public static func read(_ bytes: Span<UInt8>, at offset: inout Int) -> Identifier? {
        guard offset < bytes.count else { return nil }
        let length = Int(bytes[offset])
        let start = offset + 1
        if length == 0 {
            guard start + 16 <= bytes.count else { return nil }
            offset = start + 16
            return Identifier(
                high: Bytes.loadBigEndian(bytes, at: start, as: UInt64.self),
                low: Bytes.loadBigEndian(bytes, at: start + 8, as: UInt64.self))
        }
        guard start + length <= bytes.count else { return nil }
        offset = start + length
        return try? Identifier(utf8: bytes.extracting(start..<start + length))
    }
}
