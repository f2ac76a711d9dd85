public import HansardBindings

/// The name of an agent, session, message, task or context: any text of 1 to 255 bytes of UTF-8.
///
/// Text that is a UUID in canonical lower-case form (RFC 9562, section 4) is held as sixteen bytes
/// without memory of its own; all other text, an upper-case UUID too, is held as it is. Two
/// identifiers are equal when their bytes are: unlike `String`, no Unicode equivalence is applied.
public struct Identifier: Sendable {
    /// The storage of the text; canonical UUIDs are always `.uuid`.
    enum Form: Sendable {
        case uuid(high: UInt64, low: UInt64)
        case text(String)
    }

    let form: Form

    /// The longest identifier, in bytes of UTF-8.
    public static let bytesMax = 255

    /// An identifier from text.
    /// - Throws: `invalidIdentifier` when it is empty or longer than 255 bytes.
    public init(_ text: String) throws(RecordError) {
        let utf8 = text.utf8Span.span
        try Self.check(utf8.count)
        if let uuid = Scan.uuid(utf8) {
            form = .uuid(high: uuid.high, low: uuid.low)
        } else {
            form = .text(text)
        }
    }

    /// An identifier that is a literal of the program; one out of bounds is misuse and traps.
    public init(literal text: StaticString) {
        precondition((1...Self.bytesMax).contains(text.utf8CodeUnitCount), "1 to 255 bytes")
        form = .text(text.description)
    }

    /// An identifier from UTF-8; a canonical UUID makes no `String`.
    /// - Throws: `invalidIdentifier` for its length, `invalidText` when the bytes are not UTF-8.
    public init(utf8: Span<UInt8>) throws(RecordError) {
        try Self.check(utf8.count)
        if let uuid = Scan.uuid(utf8) {
            form = .uuid(high: uuid.high, low: uuid.low)
            return
        }
        form = .text(try TextBytes.string(utf8))
    }

    /// The identifier of a UUID: its first and last eight bytes, most significant first.
    public init(high: UInt64, low: UInt64) { form = .uuid(high: high, low: low) }

    /// An identifier from a token that was read from `span`.
    /// - Throws: `wrongType` for a token that is no text, and as `init(utf8:)`.
    public init(_ token: Unpacker.Token, in span: Span<UInt8>) throws(RecordError) {
        switch token {
        case .string(let range): try self.init(utf8: span.extracting(range))
        case .ext(CompactText.uuidType, let range) where range.count == 16:
            self.init(
                high: Scan.word64(span, at: range.lowerBound).byteSwapped,
                low: Scan.word64(span, at: range.lowerBound + 8).byteSwapped)
        case .ext(let type, let range):
            var text: [UInt8] = []
            try CompactText.expand(type: type, span.extracting(range), appendingTo: &text)
            try self.init(utf8: text.span)
        default: throw RecordError(.wrongType, "an identifier is text", advice: .quote)
        }
    }

    /// A new random UUID, version 4 (RFC 9562, section 5.4), from the system's generator.
    public static func random() -> Identifier {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// A new random UUID, version 4, from the given generator.
    public static func random(using generator: inout some RandomNumberGenerator) -> Identifier {
        let high: UInt64 = generator.next()
        let low: UInt64 = generator.next()
        return Identifier(
            high: high & ~0xf000 | 0x4000,
            low: low & ~(0b11 << 62) | (0b10 << 62))
    }

    private static func check(_ count: Int) throws(RecordError) {
        if count == 0 { throw RecordError(.invalidIdentifier, "an identifier cannot be empty") }
        if count > bytesMax {
            throw RecordError(
                .invalidIdentifier,
                "an identifier has at most 255 bytes and this one has \(count)", advice: .shorten)
        }
    }

    /// The halves of the UUID, when this is one.
    public var uuid: (high: UInt64, low: UInt64)? {
        if case .uuid(let high, let low) = form { return (high, low) }
        return nil
    }

    /// The text, as it was given.
    public var text: String {
        switch form {
        case .text(let text): return text
        case .uuid:
            var bytes: [UInt8] = []
            appendUTF8(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Bytes of UTF-8 in the text.
    public var utf8Count: Int {
        if case .text(let text) = form { return text.utf8.count }
        return 36
    }

    /// Appends the text as UTF-8.
    public func appendUTF8(to out: inout [UInt8]) {
        switch form {
        case .uuid(let high, let low): out.appendUUID(high: high, low: low)
        case .text(let text): out.appendSpan(text.utf8Span.span)
        }
    }

    /// Packs the identifier as a record holds it: a UUID in 18 bytes, other text through
    /// `CompactText`.
    public func pack(into packer: inout Packer) {
        switch form {
        case .uuid(let high, let low):
            packer.packExtension(type: CompactText.uuidType, bigEndian: high, low)
        case .text(let text): CompactText.pack(text: text.utf8Span.span, into: &packer)
        }
    }
}

extension Identifier: Hashable, Comparable, CustomStringConvertible {
    public var description: String { text }

    public static func == (a: Identifier, b: Identifier) -> Bool {
        switch (a.form, b.form) {
        case (.uuid(let h1, let l1), .uuid(let h2, let l2)): return h1 == h2 && l1 == l2
        case (.text(let a), .text(let b)): return TextBytes.equal(a, b)
        default: return false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch form {
        case .uuid(let high, let low):
            hasher.combine(high)
            hasher.combine(low)
        case .text(let text): TextBytes.hash(text, into: &hasher)
        }
    }

    /// The order of the texts' bytes.
    public static func < (a: Identifier, b: Identifier) -> Bool {
        switch (a.form, b.form) {
        case (.uuid(let h1, let l1), .uuid(let h2, let l2)): return (h1, l1) < (h2, l2)
        default: return a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
        }
    }
}
