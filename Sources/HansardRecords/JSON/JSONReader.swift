public import HansardBindings

/// Reads JSON texts, one object each, strictly by RFC 8259, and packs them as records.
///
/// `parse` fills a tape of tokens that is kept between texts, so reading many costs no memory for
/// each. The other methods take the same bytes again: the tape holds places in them, not copies.
/// Refused are: duplicate keys at any level, bytes that are not UTF-8, lone surrogates, integers
/// outside −2^63…2^64−1, doubles that overflow, more than 64 levels, and anything after the object.
public struct JSONReader: Sendable {
    /// The content of a top-level field.
    public enum Kind: Sendable, Equatable {
        case null, bool, integer, unsigned, double, string, array, object
    }

    private var tape = JSONTape()
    /// Room for text being unescaped; it only grows.
    private var scratch: [UInt8] = []

    /// A reader with an empty tape.
    public init() {}

    /// Reads one text onto the tape. After an error the tape is empty, and using it is misuse that
    /// traps until a text has been read.
    /// - Parameter levelsMax: how deep objects and arrays may nest. With more than 64, only parts
    ///   of   the text can be records.
    /// - Throws: `RecordError` with the reason and the 1-based byte column.
    public mutating func parse(
        _ json: Span<UInt8>, levelsMax: Int = 64
    ) throws(RecordError) {
        do { try tape.read(json, levelsMax: levelsMax) } catch {
            tape.clear()
            throw error.error
        }
    }

    /// The token of the whole object.
    private var root: JSONToken {
        precondition(!tape.tokens.isEmpty, "no text has been parsed")
        return tape.tokens[0]
    }

    /// Packs the whole object, less the named fields, as a MessagePack map.
    public mutating func packObject(
        in json: Span<UInt8>, omitting: [String] = [], into packer: inout Packer
    ) {
        let root = root
        guard !omitting.isEmpty else {
            return pack(0..<root.link, json, &packer)
        }
        var kept = InlineArray<64, Int>(repeating: 0)
        if root.count > kept.count { return packMany(json, omitting, &packer) }
        var count = 0
        var index = 1
        while index < root.link {
            if !isNamed(index, omitting, json) {
                kept[count] = index
                count += 1
            }
            index = end(ofValueAt: index + 1)
        }
        packer.packMapHeader(count: count)
        for position in 0..<count {
            pack(kept[position]..<end(ofValueAt: kept[position] + 1), json, &packer)
        }
    }

    /// `packObject` for an object with many fields, which are looked at twice.
    private mutating func packMany(
        _ json: Span<UInt8>, _ omitting: [String], _ packer: inout Packer
    ) {
        let root = root
        var kept: [Int] = []
        var index = 1
        while index < root.link {
            if !isNamed(index, omitting, json) { kept.append(index) }
            index = end(ofValueAt: index + 1)
        }
        packer.packMapHeader(count: kept.count)
        for key in kept { pack(key..<end(ofValueAt: key + 1), json, &packer) }
    }

    /// The whole object, less the named fields, as a record.
    public mutating func record(in json: Span<UInt8>, omitting: [String] = []) -> Record {
        var packer = Packer(capacityBytes: json.count)
        packObject(in: json, omitting: omitting, into: &packer)
        return Record(trusting: packer)
    }

    /// Packs the value of one top-level field; false when it is absent.
    public mutating func packField(
        _ name: String, in json: Span<UInt8>, into packer: inout Packer
    ) -> Bool {
        guard let index = index(of: name, json) else { return false }
        pack(index..<end(ofValueAt: index), json, &packer)
        return true
    }

    /// Packs a run of the tape; headers come before their items, so no stack is needed.
    private mutating func pack(_ range: Range<Int>, _ json: Span<UInt8>, _ packer: inout Packer) {
        for index in range {
            let token = tape.tokens[index]
            switch token.kind {
            case .null: packer.packNil()
            case .yes: packer.packBool(true)
            case .no: packer.packBool(false)
            case .integer: packer.packInteger(Int64(bitPattern: token.payload))
            case .unsigned: packer.packUnsigned(token.payload)
            case .double: packer.packDouble(Double(bitPattern: token.payload))
            case .text: CompactText.pack(text: json.extracting(token.range), into: &packer)
            case .key: packer.packString(json.extracting(token.range))
            case .escapedText:
                let count = Scan.unescape(json.extracting(token.range), into: &scratch)
                CompactText.pack(text: scratch.span.extracting(0..<count), into: &packer)
            case .escapedKey:
                let count = Scan.unescape(json.extracting(token.range), into: &scratch)
                packer.packString(scratch.span.extracting(0..<count))
            case .object: packer.packMapHeader(count: token.count)
            case .array: packer.packArrayHeader(count: token.count)
            }
        }
    }

    /// The index of the token after the value at an index.
    @inline(__always)
    private func end(ofValueAt index: Int) -> Int {
        let token = tape.tokens[index]
        return token.kind == .object || token.kind == .array ? token.link : index + 1
    }

    private func isNamed(_ index: Int, _ names: [String], _ json: Span<UInt8>) -> Bool {
        for name in names where isNamed(index, name, json) { return true }
        return false
    }

    @inline(__always)
    private func isNamed(_ index: Int, _ name: String, _ json: Span<UInt8>) -> Bool {
        let key = tape.tokens[index]
        if key.kind == .key {
            return key.count == name.utf8.count
                && Scan.equal(json.extracting(key.range), name.utf8Span.span)
        }
        var text: [UInt8] = []
        JSONText.unescape(json.extracting(key.range), into: &text)
        return Scan.equal(text.span, name.utf8Span.span)
    }

    /// The index of the value of a top-level field.
    private func index(of name: String, _ json: Span<UInt8>) -> Int? {
        let end = root.link
        var index = 1
        while index < end {
            if isNamed(index, name, json) { return index + 1 }
            index = self.end(ofValueAt: index + 1)
        }
        return nil
    }
}

extension JSONReader {
    /// Returns the content of a top-level field; nil when it is absent.
    public func kind(of name: String, in json: Span<UInt8>) -> Kind? {
        guard let index = index(of: name, json) else { return nil }
        switch tape.tokens[index].kind {
        case .null: return .null
        case .yes, .no: return .bool
        case .integer: return .integer
        case .unsigned: return .unsigned
        case .double: return .double
        case .text, .escapedText, .key, .escapedKey: return .string
        case .array: return .array
        case .object: return .object
        }
    }

    /// Lends the bytes of a top-level field's text, unescaped; nil when it is absent or not text.
    public func withText<R, E: Error>(
        _ name: String, in json: Span<UInt8>, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R? {
        guard let index = index(of: name, json) else { return nil }
        let token = tape.tokens[index]
        if token.kind == .text { return try body(json.extracting(token.range)) }
        guard token.kind == .escapedText else { return nil }
        var text: [UInt8] = []
        JSONText.unescape(json.extracting(token.range), into: &text)
        return try body(text.span)
    }

    /// True if a top-level field is this text.
    public func field(_ name: String, is text: String, in json: Span<UInt8>) -> Bool {
        withText(name, in: json) { Scan.equal($0, text.utf8Span.span) } ?? false
    }

    /// The text of a top-level field; nil when it is absent or null.
    /// - Throws: `wrongType` when it is anything else.
    public func string(_ name: String, in json: Span<UInt8>) throws(RecordError) -> String? {
        try read(name, json) { span throws(RecordError) in try TextBytes.string(span) }
    }

    /// The identifier in a top-level field; nil when it is absent or null.
    /// - Throws: `wrongType` when it is no text, `invalidIdentifier` for its length.
    public func identifier(_ name: String, in json: Span<UInt8>) throws(RecordError) -> Identifier?
    {
        try read(name, json) { span throws(RecordError) in try Identifier(utf8: span) }
    }

    /// The instant in a top-level field; nil when it is absent or null.
    /// - Throws: `wrongType` when it is no text, `invalidTime` when it is no time.
    public func instant(_ name: String, in json: Span<UInt8>) throws(RecordError) -> Instant? {
        try read(name, json) { span throws(RecordError) in try Instant(text: span) }
    }

    private func read<R>(
        _ name: String, _ json: Span<UInt8>, _ body: (Span<UInt8>) throws(RecordError) -> R
    ) throws(RecordError) -> R? {
        guard let kind = kind(of: name, in: json), kind != .null else { return nil }
        guard kind == .string else {
            throw RecordError(.wrongType, "this field is text", advice: .quote, field: name)
        }
        do { return try withText(name, in: json, body) } catch { throw error.inField(name) }
    }
}

extension Record {
    /// A record from one JSON object.
    /// - Throws: what `JSONReader.parse` throws.
    public init(json: Span<UInt8>) throws(RecordError) {
        var reader = JSONReader()
        try reader.parse(json)
        self = reader.record(in: json)
    }

    /// A record from one JSON object in text.
    /// - Throws: what `JSONReader.parse` throws.
    public init(json: String) throws(RecordError) { try self.init(json: json.utf8Span.span) }
}
