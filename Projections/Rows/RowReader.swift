import Hansard
import HansardRecords

/// Reads the parts of a row or key one after the other; nil from the first part that is not there.
struct RowReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset >= bytes.count }

    mutating func integer() -> UInt64? {
        let bytes = bytes
        return OrderedInteger.read(bytes.span, at: &offset)
    }

    mutating func position() -> Position? { integer().map { Position($0) } }

    /// A position, zero standing for none.
    mutating func optionalPosition() -> Position?? {
        integer().map { $0 == 0 ? nil : Position($0) }
    }

    mutating func instant() -> Instant? {
        guard let raw = raw(Instant.orderedByteCount) else { return nil }
        return Instant(ordered: raw.span)
    }

    mutating func identifier() -> Identifier? {
        let bytes = bytes
        return IdentifierKey.read(bytes.span, at: &offset)
    }

    /// Bytes with their number before them.
    mutating func bytesWithCount() -> [UInt8]? {
        guard let count = integer(), count <= UInt64(bytes.count - offset) else { return nil }
        return raw(Int(count))
    }

    mutating func byte() -> UInt8? { raw(1)?.first }

    /// A part that may be missing: a byte says whether it is there.
    mutating func optional<Part>(_ read: (inout RowReader) -> Part?) -> Part?? {
        switch byte() {
        case 0: return .some(nil)
        case 1: return read(&self).map { .some($0) }
        default: return nil
        }
    }

    private mutating func raw(_ count: Int) -> [UInt8]? {
        guard count <= bytes.count - offset else { return nil }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }
}

extension [UInt8] {
    mutating func appendInteger(_ value: UInt64) { OrderedInteger.append(value, to: &self) }

    mutating func append(_ position: Position?) { appendInteger(position?.rawValue ?? 0) }

    mutating func appendWithCount(_ bytes: [UInt8]) {
        appendInteger(UInt64(bytes.count))
        append(contentsOf: bytes)
    }
}
