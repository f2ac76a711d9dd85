public import HansardBindings

extension Value {
    /// Checks that the value can be part of a record.
    /// - Parameter level: the nesting level the value is put at; a record itself is level 1.
    /// - Throws: `tooDeep` past 64 levels, `numberOutOfRange` for NaN and infinities,
    ///   `duplicateKey`.
    public func check(atLevel level: Int = 1) throws(RecordError) {
        switch self {
        case .double(let value) where !value.isFinite:
            throw RecordError(
                .numberOutOfRange, "NaN and infinities cannot be stored", advice: .leaveOut)
        case .array(let items):
            try Self.check(level)
            for item in items { try item.check(atLevel: level + 1) }
        case .object(let fields):
            try Self.check(level)
            var names: Set<TextKey> = []
            for (name, value) in fields {
                guard names.insert(TextKey(name)).inserted else {
                    throw RecordError(
                        .duplicateKey, "the key occurs twice", advice: .keepOne, field: name)
                }
                try value.check(atLevel: level + 1)
            }
        default: return
        }
    }

    private static func check(_ level: Int) throws(RecordError) {
        if level > Unpacker.depthMax { throw RecordError.tooDeep(byteOffset: nil) }
    }

    /// Packs the value. What `check` refuses is misuse; NaN and infinities trap.
    public func pack(into packer: inout Packer) {
        switch self {
        case .null: packer.packNil()
        case .bool(let value): packer.packBool(value)
        case .integer(let value): packer.packInteger(value)
        case .unsigned(let value): packer.packUnsigned(value)
        case .double(let value):
            precondition(value.isFinite, "NaN and infinities cannot be stored")
            packer.packDouble(value)
        case .string(let text): CompactText.pack(text: text.utf8Span.span, into: &packer)
        case .array(let items):
            packer.packArrayHeader(count: items.count)
            for item in items { item.pack(into: &packer) }
        case .object(let fields):
            packer.packMapHeader(count: fields.count)
            for (name, value) in fields {
                packer.packString(name)
                value.pack(into: &packer)
            }
        }
    }

    /// Reads one packed value.
    /// - Throws: `invalidRecord`, `tooDeep`, `invalidText`.
    public init(
        reading unpacker: inout Unpacker, in span: Span<UInt8>, atLevel level: Int = 1
    ) throws(RecordError) {
        switch try unpacker.token(in: span) {
        case .nil: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .integer(value)
        case .uint(let value): self = .unsigned(value)
        case .double(let value): self = .double(value)
        case .string(let range): self = .string(try TextBytes.string(span.extracting(range)))
        case .ext(let type, let range):
            var text: [UInt8] = []
            try CompactText.expand(type: type, span.extracting(range), appendingTo: &text)
            self = .string(String(decoding: text, as: UTF8.self))
        case .array(let count):
            try Self.check(level)
            var items: [Value] = []
            items.reserveCapacity(min(count, 1024))
            for _ in 0..<count {
                items.append(try Value(reading: &unpacker, in: span, atLevel: level + 1))
            }
            self = .array(items)
        case .map(let count):
            try Self.check(level)
            self = .object(try Self.fields(count, &unpacker, in: span, atLevel: level))
        }
    }

    private static func fields(
        _ count: Int, _ unpacker: inout Unpacker, in span: Span<UInt8>, atLevel level: Int
    ) throws(RecordError) -> [(String, Value)] {
        var fields: [(String, Value)] = []
        fields.reserveCapacity(min(count, 1024))
        for _ in 0..<count {
            let name = try unpacker.name(in: span)
            let text = try TextBytes.string(span.extracting(name))
            fields.append((text, try Value(reading: &unpacker, in: span, atLevel: level + 1)))
        }
        return fields
    }
}

extension Unpacker {
    /// `next(in:)` with the errors of records.
    @inline(__always)
    mutating func token(in span: Span<UInt8>) throws(RecordError) -> Token {
        do { return try next(in: span) } catch { throw RecordError(error) }
    }

    /// The next token, which has to be a plain string: the name of a field.
    mutating func name(in span: Span<UInt8>) throws(RecordError) -> Range<Int> {
        let start = offset
        guard case .string(let range) = try token(in: span) else {
            throw RecordError(.invalidRecord, "a key is not plain text", byteOffset: start)
        }
        return range
    }
}

extension RecordError {
    /// More nested objects and arrays than allowed.
    static func tooDeep(byteOffset: Int?) -> RecordError {
        RecordError(
            .tooDeep, "objects and arrays are nested more than 64 deep", advice: .flatten,
            byteOffset: byteOffset)
    }
}
