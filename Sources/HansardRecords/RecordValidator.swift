import HansardBindings

/// Checks, in one pass and without recursion, that bytes are a record.
struct RecordValidator {
    /// A map or array whose items are being read.
    private struct Frame {
        var itemsLeft: Int
        let isMap: Bool
        /// The place where this map's keys begin in `keys`.
        let firstKey: Int
    }

    private var frames: [Frame] = []
    private var keys: [Range<Int>] = []
    private var unpacker = Unpacker()

    private init() { frames.reserveCapacity(Unpacker.depthMax) }

    /// - Throws: `invalidRecord`, `duplicateKey`, `invalidText`, `numberOutOfRange` or `tooDeep`.
    static func check(_ span: Span<UInt8>) throws(RecordError) {
        var validator = RecordValidator()
        guard case .map(let count) = try validator.unpacker.token(in: span) else {
            throw RecordError(
                .invalidRecord, "the bytes are not a map, so they are not a record", byteOffset: 0)
        }
        try validator.open(count, isMap: true, at: 0)
        while let frame = validator.frames.last {
            if frame.itemsLeft == 0 {
                if frame.isMap { try validator.close(frame, in: span) }
                validator.frames.removeLast()
                continue
            }
            validator.frames[validator.frames.count - 1].itemsLeft -= 1
            if frame.isMap { try validator.key(in: span) }
            try validator.item(in: span)
        }
        guard validator.unpacker.offset == span.count else {
            throw RecordError(
                .invalidRecord, "bytes follow the end of the record",
                byteOffset: validator.unpacker.offset)
        }
    }

    private mutating func open(_ count: Int, isMap: Bool, at start: Int) throws(RecordError) {
        guard frames.count < Unpacker.depthMax else { throw RecordError.tooDeep(byteOffset: start) }
        frames.append(Frame(itemsLeft: count, isMap: isMap, firstKey: keys.count))
    }

    /// Reads a key and remembers it.
    private mutating func key(in span: Span<UInt8>) throws(RecordError) {
        let range = try unpacker.name(in: span)
        try Self.text(range, in: span)
        keys.append(range)
    }

    /// Reads one value, or opens a container.
    private mutating func item(in span: Span<UInt8>) throws(RecordError) {
        let start = unpacker.offset
        switch try unpacker.token(in: span) {
        case .map(let count): try open(count, isMap: true, at: start)
        case .array(let count): try open(count, isMap: false, at: start)
        case .string(let range): try Self.text(range, in: span)
        case .ext(let type, let range): try CompactText.check(type: type, span.extracting(range))
        case .double(let value) where !value.isFinite:
            throw RecordError(
                .numberOutOfRange, "NaN and infinities cannot be stored", advice: .leaveOut,
                byteOffset: start)
        default: return
        }
    }

    private static func text(_ range: Range<Int>, in span: Span<UInt8>) throws(RecordError) {
        if let at = Scan.firstInvalidUTF8(span, in: range) {
            throw RecordError(
                .invalidText, "text that is not UTF-8", advice: .encodeAsUTF8, byteOffset: at)
        }
    }

    /// Looks for a key a map has twice: pair by pair when there are few, else with a set.
    private mutating func close(_ frame: Frame, in span: Span<UInt8>) throws(RecordError) {
        defer { keys.removeLast(keys.count - frame.firstKey) }
        let first = frame.firstKey
        if keys.count - first > 32 {
            var seen: Set<[UInt8]> = []
            for range in keys[first...] {
                var name: [UInt8] = []
                name.appendSpan(span.extracting(range))
                if !seen.insert(name).inserted { throw Self.duplicate(range, in: span) }
            }
            return
        }
        for index in first..<keys.count {
            for earlier in first..<index where keys[earlier].count == keys[index].count {
                if Scan.equal(span.extracting(keys[earlier]), span.extracting(keys[index])) {
                    throw Self.duplicate(keys[index], in: span)
                }
            }
        }
    }

    private static func duplicate(_ range: Range<Int>, in span: Span<UInt8>) -> RecordError {
        RecordError(
            .duplicateKey, "the key occurs twice", advice: .keepOne,
            byteOffset: range.lowerBound, field: try? TextBytes.string(span.extracting(range)))
    }
}
