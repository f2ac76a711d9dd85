import HansardBindings

/// Writes packed records as JSON text (RFC 8259) in UTF-8.
///
/// Only what JSON requires is escaped: quotes, backslashes and control characters. Doubles are
/// written in the fewest digits that read back as the same double, and always with a point or an
/// exponent, so they stay doubles.
public struct JSONWriter: Sendable {
    /// The layout of the text.
    public enum Layout: Sendable {
        /// One line, no white space.
        case compact
        /// A line for each entry, two spaces of indentation a level, for people.
        case pretty
    }

    private let layout: Layout
    /// A map or array whose items are being written.
    private struct Frame {
        var itemsLeft: Int
        let isMap: Bool
    }
    private var frames: [Frame] = []

    /// A writer; it keeps nothing between texts but memory.
    public init(_ layout: Layout = .compact) {
        self.layout = layout
        frames.reserveCapacity(Unpacker.depthMax)
    }

    /// Appends one packed value, a record or the value of a field, as JSON.
    /// - Throws: `invalidRecord` or `tooDeep` when the bytes are damaged; part of it may then be in
    ///   `out`.
    public mutating func write(
        packed span: Span<UInt8>, to out: inout [UInt8]
    ) throws(RecordError) {
        var unpacker = Unpacker()
        frames.removeAll(keepingCapacity: true)
        try item(&unpacker, span, &out)
        while let frame = frames.last {
            if frame.itemsLeft == 0 {
                frames.removeLast()
                newLine(&out)
                out.append(frame.isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
                comma(&out)
                continue
            }
            frames[frames.count - 1].itemsLeft -= 1
            newLine(&out)
            if frame.isMap {
                Self.quote(span.extracting(try unpacker.name(in: span)), to: &out)
                out.append(UInt8(ascii: ":"))
                if layout == .pretty { out.append(0x20) }
            }
            try item(&unpacker, span, &out)
        }
    }

    /// Writes one value, or opens a container.
    @inline(__always)
    private mutating func item(
        _ unpacker: inout Unpacker, _ span: Span<UInt8>, _ out: inout [UInt8]
    ) throws(RecordError) {
        let start = unpacker.offset
        let token = try unpacker.token(in: span)
        switch token {
        case .string(let range): Self.quote(span.extracting(range), to: &out)
        case .ext(let type, let range):
            out.append(UInt8(ascii: "\""))
            try CompactText.expand(type: type, span.extracting(range), appendingTo: &out)
            out.append(UInt8(ascii: "\""))
        case .map(let count) where count > 0: return try open(count, isMap: true, start, &out)
        case .array(let count) where count > 0: return try open(count, isMap: false, start, &out)
        default: Self.append(token, to: &out)
        }
        comma(&out)
    }

    private mutating func open(
        _ count: Int, isMap: Bool, _ start: Int, _ out: inout [UInt8]
    ) throws(RecordError) {
        guard frames.count < Unpacker.depthMax else { throw RecordError.tooDeep(byteOffset: start) }
        out.append(isMap ? UInt8(ascii: "{") : UInt8(ascii: "["))
        frames.append(Frame(itemsLeft: count, isMap: isMap))
    }

    /// A comma, if more items follow in the open container.
    @inline(__always)
    private func comma(_ out: inout [UInt8]) {
        if let frame = frames.last, frame.itemsLeft > 0 { out.append(UInt8(ascii: ",")) }
    }

    @inline(__always)
    private func newLine(_ out: inout [UInt8]) {
        guard layout == .pretty else { return }
        out.append(0x0a)
        for _ in 0..<(2 * frames.count) { out.append(0x20) }
    }

    /// Appends a value without items: a number, a word or an empty container.
    private static func append(_ token: Unpacker.Token, to out: inout [UInt8]) {
        switch token {
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): append(value, to: &out)
        case .uint(let value): out.append(contentsOf: String(value).utf8)
        case .double(let value): out.append(contentsOf: value.description.utf8)
        case .map: out.append(contentsOf: "{}".utf8)
        case .array: out.append(contentsOf: "[]".utf8)
        default: out.append(contentsOf: "null".utf8)
        }
    }

    private static func append(_ value: Int64, to out: inout [UInt8]) {
        if value >= 0 && value < 10 { return out.append(0x30 + UInt8(value)) }
        out.append(contentsOf: String(value).utf8)
    }
}

extension JSONWriter {
    /// Appends text in quotes, escaped where JSON requires it (RFC 8259, section 7).
    public static func quote(_ text: Span<UInt8>, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var start = 0
        while true {
            let end = Scan.endOfPlainText(text, from: start)
            if end > start { out.appendSpan(text.extracting(start..<end)) }
            if end == text.count { break }
            escape(text[end], to: &out)
            start = end + 1
        }
        out.append(UInt8(ascii: "\""))
    }

    /// Text in quotes as JSON.
    static func quoted(_ text: String) -> String {
        var out: [UInt8] = []
        quote(text.utf8Span.span, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    @inline(__always)
    private static func escape(_ byte: UInt8, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x0a: out.append(UInt8(ascii: "n"))
        case 0x22, 0x5c: out.append(byte)
        case 0x09: out.append(UInt8(ascii: "t"))
        case 0x0d: out.append(UInt8(ascii: "r"))
        case 0x08: out.append(UInt8(ascii: "b"))
        case 0x0c: out.append(UInt8(ascii: "f"))
        default:
            out.append(contentsOf: "u00".utf8)
            out.append(0x30 + byte >> 4)
            out.append(byte & 0xf < 10 ? 0x30 + byte & 0xf : 0x57 + byte & 0xf)
        }
    }
}

extension Record {
    /// Appends the record as JSON.
    /// - Throws: `invalidRecord` or `tooDeep` when its bytes are damaged.
    public func appendJSON(
        to out: inout [UInt8], _ layout: JSONWriter.Layout = .compact
    ) throws(RecordError) {
        var writer = JSONWriter(layout)
        try writer.write(packed: bytes.span, to: &out)
    }

    /// The record as JSON text.
    /// - Throws: as `appendJSON`.
    public func json(_ layout: JSONWriter.Layout = .compact) throws(RecordError) -> String {
        var out: [UInt8] = []
        try appendJSON(to: &out, layout)
        return String(decoding: out, as: UTF8.self)
    }
}
