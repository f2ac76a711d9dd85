public import HansardBindings

/// One record of the gateway (an agent card, a message, a session …): a MessagePack map in the
/// order it was given, with text keys that are unique at every level.
///
/// It is held packed; reading one field decodes that field alone. `==` is equality of the packed
/// bytes, so of order too; `isEquivalent(to:ignoring:)` sets order aside.
public struct Record: Sendable, Hashable {
    /// The packed map.
    public let bytes: [UInt8]

    /// The record without fields: `{}`.
    public static let empty = Record(trusted: [0x80])

    /// A record from bytes known to be one, because they were checked when written. Nothing is
    /// checked; when they are not a record, reading finds no fields from the fault on.
    public init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// A record from bytes of unknown origin, in one pass over them.
    /// - Throws: `invalidRecord`, `duplicateKey`, `invalidText`, `numberOutOfRange`, or `tooDeep`
    ///   past 64 levels.
    public init(validating bytes: [UInt8]) throws(RecordError) {
        try RecordValidator.check(bytes.span)
        self.bytes = bytes
    }

    /// A record from names and values.
    /// - Throws: what `Value.check` throws.
    public init(_ fields: [(String, Value)]) throws(RecordError) {
        let value = Value.object(fields)
        try value.check()
        var packer = Packer()
        value.pack(into: &packer)
        bytes = packer.bytes()
    }

    /// Takes what a packer holds, which has to be a record.
    public init(trusting packer: borrowing Packer) { bytes = packer.bytes() }

    /// Number of fields at the top level.
    public var count: Int { RecordCursor(bytes.span).left }

    /// True if there are no fields.
    public var isEmpty: Bool { count == 0 }

    /// The whole record as a tree.
    /// - Throws: as `init(validating:)`, for damaged bytes.
    public func value() throws(RecordError) -> Value {
        var unpacker = Unpacker()
        return try Value(reading: &unpacker, in: bytes.span)
    }
}

/// Walks the fields at the top of a packed record.
struct RecordCursor {
    /// The place of one field in the bytes.
    struct Field {
        /// The name, without its header.
        let name: Range<Int>
        /// The packed name and value together.
        let whole: Range<Int>
        /// The packed value.
        let value: Range<Int>
    }

    private(set) var left = 0
    private var unpacker = Unpacker()

    /// A walk from the first field; over no fields if the bytes do not begin with a map.
    init(_ span: Span<UInt8>) {
        if case .map(let count)? = try? unpacker.next(in: span) { left = count }
    }

    /// The next field; nil at the end, or where the bytes are damaged.
    mutating func next(in span: Span<UInt8>) -> Field? {
        guard let (name, start) = nextName(in: span) else { return nil }
        let value = unpacker.offset
        guard skipValue(in: span) else { return nil }
        return Field(
            name: name, whole: start..<unpacker.offset, value: value..<unpacker.offset)
    }

    /// The packed value of the named field, without looking further.
    mutating func find(_ wanted: Span<UInt8>, in span: Span<UInt8>) -> Range<Int>? {
        while let (name, _) = nextName(in: span) {
            let value = unpacker.offset
            guard skipValue(in: span) else { return nil }
            if name.count == wanted.count && Scan.equal(span.extracting(name), wanted) {
                return value..<unpacker.offset
            }
        }
        return nil
    }

    private mutating func nextName(in span: Span<UInt8>) -> (Range<Int>, Int)? {
        guard left > 0 else { return nil }
        left -= 1
        let start = unpacker.offset
        if let name = Self.shortName(at: start, in: span) {
            unpacker.offset = name.upperBound
            return (name, start)
        }
        guard case .string(let name)? = try? unpacker.next(in: span) else { return nil }
        return (name, start)
    }

    /// A text of up to 31 bytes, which nearly all names are; nil for anything else.
    @inline(__always)
    private static func shortName(at start: Int, in span: Span<UInt8>) -> Range<Int>? {
        guard start < span.count, span[start] & 0xe0 == 0xa0 else { return nil }
        let end = start + 1 + Int(span[start] & 0x1f)
        return end <= span.count ? start + 1..<end : nil
    }

    private mutating func skipValue(in span: Span<UInt8>) -> Bool {
        do {
            try unpacker.skipValue(in: span)
            return true
        } catch {
            left = 0
            return false
        }
    }
}
