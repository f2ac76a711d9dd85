/// Reads MessagePack one token at a time out of a span, without allocating and without recursion.
///
/// msgpack-c's reader keeps at most 32 open containers (fixed when the library is built) and builds
/// a tree of pointers; this one is bounded by what is left of the span. The span is handed to each
/// call, and must be the same each time. Formats that are never written (bin, float 32) are
/// refused.
public struct Unpacker: Sendable {
    /// One value, or the head of a container whose items follow. Ranges are into the span.
    public enum Token: Equatable, Sendable {
        case `nil`
        case bool(Bool)
        /// Any integer that fits 64 bits with a sign, however it was written.
        case int(Int64)
        /// An integer above `Int64.max`.
        case uint(UInt64)
        case double(Double)
        /// Text; whether it is UTF-8 is not checked.
        case string(Range<Int>)
        /// A map of so many keys, each followed by its value.
        case map(Int)
        case array(Int)
        case ext(type: Int8, Range<Int>)
    }

    /// Containers that may be open at once, the outermost included.
    public static let depthMax = 64

    /// Offset in bytes of the next token.
    public var offset: Int

    /// A reader that begins at `offset`.
    @inlinable public init(offset: Int = 0) { self.offset = offset }

    /// True if every byte has been read.
    @inlinable public func isAtEnd(of span: Span<UInt8>) -> Bool { offset >= span.count }

    /// Reads the next token and moves past it (not past the items of a container).
    /// - Throws: `truncated`, `countTooLarge` or `unsupportedFormat`; the offset is then unchanged.
    @inlinable
    public mutating func next(in span: Span<UInt8>) throws(MessagePackError) -> Token {
        let start = offset
        guard start >= 0, start < span.count else { throw MessagePackError(.truncated, at: start) }
        let head = span[start]
        switch head {
        case 0x00...0x7f: return simple(.int(Int64(head)))
        case 0x80...0x8f: return try container(Int(head & 0x0f), 0, isMap: true, in: span)
        case 0x90...0x9f: return try container(Int(head & 0x0f), 0, isMap: false, in: span)
        case 0xa0...0xbf: return .string(try body(Int(head & 0x1f), after: 1, in: span))
        case 0xc0: return simple(.nil)
        case 0xc2: return simple(.bool(false))
        case 0xc3: return simple(.bool(true))
        case 0xe0...0xff: return simple(.int(Int64(Int8(bitPattern: head))))
        default: return try long(head, in: span)
        }
    }

    /// Moves past one value and all inside it, in one pass.
    /// - Throws: as `next(in:)`, and `tooDeep` for more than `depthMax` open containers.
    @inlinable
    public mutating func skipValue(
        in span: Span<UInt8>, depthMax: Int = Unpacker.depthMax
    ) throws(MessagePackError) {
        let start = offset
        if let end = Self.quickEnd(from: start, in: span, containersMax: depthMax) {
            offset = end
            return
        }
        switch try next(in: span) {
        case .map(let count):
            try skipItems(2 * count, in: span, start, min(depthMax, Self.depthMax))
        case .array(let count): try skipItems(count, in: span, start, min(depthMax, Self.depthMax))
        default: return
        }
    }

    /// The place where a value ends, without a token for each part of it; nil for what is damaged
    /// or rare, and for so many containers that they could be nested too deep.
    @usableFromInline
    static func quickEnd(from start: Int, in span: Span<UInt8>, containersMax: Int) -> Int? {
        var at = start
        var left = 1
        var containers = 0
        guard at >= 0 else { return nil }
        while left > 0 {
            guard at < span.count else { return nil }
            let head = span[at]
            left -= 1
            switch head {
            case 0x00...0x7f, 0xc0, 0xc2, 0xc3, 0xe0...0xff: at += 1
            case 0xa0...0xbf: at += 1 + Int(head & 0x1f)
            case 0xd7: at += 10
            case 0xd8: at += 18
            case 0xd9:
                guard at + 1 < span.count else { return nil }
                at += 2 + Int(span[at + 1])
            case 0xda:
                guard at + 2 < span.count else { return nil }
                at += 3 + (Int(span[at + 1]) << 8 | Int(span[at + 2]))
            case 0xcb, 0xcf, 0xd3: at += 9
            case 0xcc, 0xd0: at += 2
            case 0xcd, 0xd1: at += 3
            case 0xce, 0xd2: at += 5
            case 0x80...0x9f:
                let items = Int(head & 0x0f) << (head < 0x90 ? 1 : 0)
                containers += 1
                at += 1
                guard containers <= min(containersMax, depthMax), items <= span.count - at
                else { return nil }
                left += items
            default: return nil
            }
        }
        return at <= span.count ? at : nil
    }

    /// Skips the items of a container that has just been opened.
    @usableFromInline
    mutating func skipItems(
        _ items: Int, in span: Span<UInt8>, _ start: Int, _ depthMax: Int
    ) throws(MessagePackError) {
        guard depthMax >= 1 else { throw MessagePackError(.tooDeep, at: start) }
        var left = InlineArray<64, Int>(repeating: 0)
        var depth = 1
        left[0] = items
        while depth > 0 {
            if left[depth - 1] == 0 {
                depth -= 1
                continue
            }
            left[depth - 1] -= 1
            let at = offset
            let inner: Int
            switch try next(in: span) {
            case .map(let count): inner = 2 * count
            case .array(let count): inner = count
            default: continue
            }
            guard depth < depthMax else { throw MessagePackError(.tooDeep, at: at) }
            left[depth] = inner
            depth += 1
        }
    }

    /// A token of one byte.
    @inlinable @inline(__always)
    mutating func simple(_ token: Token) -> Token {
        offset += 1
        return token
    }

    /// A container of `count` entries whose header has `extra` bytes after the first.
    @inlinable
    mutating func container(
        _ count: Int, _ extra: Int, isMap: Bool, in span: Span<UInt8>
    ) throws(MessagePackError) -> Token {
        let items = isMap ? 2 * count : count
        guard items <= span.count - offset - 1 - extra else {
            throw MessagePackError(.countTooLarge, at: offset)
        }
        offset += 1 + extra
        return isMap ? .map(count) : .array(count)
    }

    /// The range of a body of `count` bytes that begins `header` bytes further on.
    @inlinable
    mutating func body(
        _ count: Int, after header: Int, in span: Span<UInt8>
    ) throws(MessagePackError) -> Range<Int> {
        let start = offset + header
        guard count <= span.count - start else { throw MessagePackError(.truncated, at: offset) }
        offset = start + count
        return start..<(start + count)
    }

    /// The big-endian number of `width` bytes after the first; moves past nothing.
    @inlinable
    func number(_ width: Int, in span: Span<UInt8>) throws(MessagePackError) -> UInt64 {
        guard width < span.count - offset else { throw MessagePackError(.truncated, at: offset) }
        switch width {
        case 1: return UInt64(span[offset + 1])
        case 2: return UInt64(span[offset + 1]) << 8 | UInt64(span[offset + 2])
        case 4: return UInt64(Scan.word32(span, at: offset + 1).byteSwapped)
        default: return Scan.word64(span, at: offset + 1).byteSwapped
        }
    }
}

extension Unpacker {
    /// The formats with a number after the first byte (MessagePack specification, "Formats").
    @usableFromInline
    mutating func long(_ head: UInt8, in span: Span<UInt8>) throws(MessagePackError) -> Token {
        switch head {
        case 0xcb...0xd3: return try longNumber(head, in: span)
        case 0xd4...0xd8: return try fixedExtension(1 << Int(head - 0xd4), in: span)
        case 0xc7...0xc9:
            let width = 1 << Int(head - 0xc7)
            let count = Int(try number(width, in: span))
            guard 1 + width < span.count - offset else {
                throw MessagePackError(.truncated, at: offset)
            }
            let type = Int8(bitPattern: span[offset + 1 + width])
            return .ext(type: type, try body(count, after: 2 + width, in: span))
        case 0xd9...0xdb:
            let width = 1 << Int(head - 0xd9)
            return .string(try body(Int(try number(width, in: span)), after: 1 + width, in: span))
        case 0xdc...0xdf:
            let width = head & 1 == 0 ? 2 : 4
            let count = Int(try number(width, in: span))
            return try container(count, width, isMap: head >= 0xde, in: span)
        default: throw MessagePackError(.unsupportedFormat, at: offset)
        }
    }

    /// float 64, uint 8...64 and int 8...64.
    private mutating func longNumber(
        _ head: UInt8, in span: Span<UInt8>
    ) throws(MessagePackError) -> Token {
        let width = head == 0xcb ? 8 : 1 << Int((head - 0xcc) & 3)
        let bits = try number(width, in: span)
        offset += 1 + width
        switch head {
        case 0xcb: return .double(Double(bitPattern: bits))
        case 0xcc...0xcf: return Int64(exactly: bits).map { .int($0) } ?? .uint(bits)
        default:
            let shift = Int64(64 - 8 * width)
            return .int((Int64(bitPattern: bits) << shift) >> shift)
        }
    }

    /// fixext 1, 2, 4, 8 and 16.
    private mutating func fixedExtension(
        _ count: Int, in span: Span<UInt8>
    ) throws(MessagePackError) -> Token {
        guard span.count - offset >= 2 else { throw MessagePackError(.truncated, at: offset) }
        let type = Int8(bitPattern: span[offset + 1])
        return .ext(type: type, try body(count, after: 2, in: span))
    }
}
