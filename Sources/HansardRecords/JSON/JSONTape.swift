import HansardBindings

/// Reads one JSON text into a flat list of tokens, without recursion (RFC 8259, taken strictly).
///
/// Object and array tokens know their counts, so MessagePack's headers can be written right the
/// first time. Keys are unique: each object keeps 64 bits of key hashes, and only a key whose bit
/// is taken is compared with the ones before it; objects with many keys or escaped ones are checked
/// with a set when they close.
struct JSONTape {
    /// An object or array that is open.
    private struct Frame {
        /// Index of its token.
        var token = 0
        var count = 0
        var isObject = false
        /// True if its keys are compared when it closes.
        var isChecked = false
        /// The hashes of its keys, one bit each.
        var hashes: UInt64 = 0
        /// One more than the index of its latest key, 0 for none.
        var latestKey = 0
    }

    private(set) var tokens: [JSONToken] = []
    private var frames: [Frame] = []
    private var frame = Frame()
    private var levelsMax = Unpacker.depthMax

    init() {
        tokens.reserveCapacity(128)
        frames.reserveCapacity(Unpacker.depthMax)
    }

    /// Forgets the text, and keeps the memory.
    mutating func clear() { tokens.removeAll(keepingCapacity: true) }

    /// Fills the tape; the text has to be one object with at most white space around it.
    mutating func read(
        _ json: Span<UInt8>, levelsMax: Int = Unpacker.depthMax
    ) throws(JSONFault) {
        self.levelsMax = levelsMax
        tokens.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: true)
        guard json.count < 1 << 30 else { throw JSONFault(.large, at: 0) }
        if let at = Scan.firstInvalidUTF8(json, in: 0..<json.count) {
            throw JSONFault(.notUTF8, at: at)
        }
        var index = Self.skipSpace(json, 0)
        guard index < json.count else { throw JSONFault(.end, at: index) }
        guard json[index] == UInt8(ascii: "{") else { throw JSONFault(.notObject, at: index) }
        repeat { try value(json, &index) } while try after(json, &index)
        index = Self.skipSpace(json, index)
        guard index == json.count else { throw JSONFault(.trailing, at: index) }
    }

    /// Reads values and opens containers until a value is complete; `index` is at its first byte.
    @inline(__always)
    private mutating func value(_ json: Span<UInt8>, _ index: inout Int) throws(JSONFault) {
        while true {
            guard index < json.count else { throw JSONFault(.end, at: index) }
            switch json[index] {
            case UInt8(ascii: "\""):
                return try text(json, &index, .text, .escapedText, link: 0)
            case UInt8(ascii: "{"):
                try open(isObject: true, &index)
                index = Self.skipSpace(json, index)
                if index < json.count, json[index] == UInt8(ascii: "}") { return }
                try key(json, &index)
            case UInt8(ascii: "["):
                try open(isObject: false, &index)
                index = Self.skipSpace(json, index)
                if index < json.count, json[index] == UInt8(ascii: "]") { return }
                frame.count = 1
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                return tokens.append(try JSONNumber.read(json, &index))
            default: return try word(json, &index)
            }
        }
    }

    /// After a value: closes what ends here and moves to the next value. False at the end of the
    /// text.
    @inline(__always)
    private mutating func after(_ json: Span<UInt8>, _ index: inout Int) throws(JSONFault) -> Bool {
        while true {
            index = Self.skipSpace(json, index)
            guard index < json.count else { throw JSONFault(.end, at: index) }
            let byte = json[index]
            if byte == UInt8(ascii: ",") {
                let comma = index
                index = Self.skipSpace(json, index + 1)
                guard index < json.count else { throw JSONFault(.end, at: index) }
                if json[index] == UInt8(ascii: "}") || json[index] == UInt8(ascii: "]") {
                    throw JSONFault(.trailingComma, at: comma)
                }
                if frame.isObject { try key(json, &index) } else { frame.count += 1 }
                return true
            }
            guard byte == (frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                let isBracket = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
                throw JSONFault(isBracket ? .close : .comma, at: index)
            }
            index += 1
            try close(json)
            if frames.isEmpty { return false }
        }
    }

    @inline(__always)
    private mutating func open(isObject: Bool, _ index: inout Int) throws(JSONFault) {
        guard frames.count < levelsMax else { throw JSONFault(.deep, at: index) }
        frames.append(frame)
        frame = Frame()
        frame.token = tokens.count
        frame.isObject = isObject
        tokens.append(JSONToken(isObject ? .object : .array, at: index))
        index += 1
    }

    @inline(__always)
    private mutating func close(_ json: Span<UInt8>) throws(JSONFault) {
        if frame.isChecked { try checkKeys(json) }
        tokens[frame.token].payload = JSONToken.payload(count: frame.count, link: tokens.count)
        frame = frames.removeLast()
    }

    /// Reads a key and its colon; `index` ends at the value's first byte.
    @inline(__always)
    private mutating func key(_ json: Span<UInt8>, _ index: inout Int) throws(JSONFault) {
        guard index < json.count else { throw JSONFault(.end, at: index) }
        guard json[index] == UInt8(ascii: "\"") else { throw JSONFault(.key, at: index) }
        try text(json, &index, .key, .escapedKey, link: frame.latestKey)
        try noteKey(json)
        if index < json.count, json[index] != UInt8(ascii: ":") {
            index = Self.skipSpace(json, index)
        }
        guard index < json.count else { throw JSONFault(.end, at: index) }
        guard json[index] == UInt8(ascii: ":") else { throw JSONFault(.colon, at: index) }
        index = Self.skipSpace(json, index + 1)
    }

    /// Reads text from its opening quote on.
    @inline(__always)
    private mutating func text(
        _ json: Span<UInt8>, _ index: inout Int, _ plain: JSONToken.Kind, _ escaped: JSONToken.Kind,
        link: Int
    ) throws(JSONFault) {
        let start = index + 1
        var end = Scan.endOfPlainText(json, from: start)
        var kind = plain
        if end < json.count, json[end] == UInt8(ascii: "\\") {
            kind = escaped
            end = try JSONText.endOfEscapedText(json, from: end)
        }
        guard end < json.count else { throw JSONFault(.end, at: end) }
        guard json[end] == UInt8(ascii: "\"") else { throw JSONFault(.control, at: end) }
        tokens.append(
            JSONToken(kind, at: start, payload: JSONToken.payload(count: end - start, link: link)))
        index = end + 1
    }

    /// Reads `true`, `false` or `null`, or says why a value cannot begin so.
    private mutating func word(_ json: Span<UInt8>, _ index: inout Int) throws(JSONFault) {
        let start = index
        let left = json.count - index
        if left >= 4, Scan.word32(json, at: index) == 0x6c6c_756e {
            index += 4
            return tokens.append(JSONToken(.null, at: start))
        }
        if left >= 4, Scan.word32(json, at: index) == 0x6575_7274 {
            index += 4
            return tokens.append(JSONToken(.yes, at: start))
        }
        if left >= 5, json[index] == UInt8(ascii: "f"),
            Scan.word32(json, at: index + 1) == 0x6573_6c61
        {
            index += 5
            return tokens.append(JSONToken(.no, at: start))
        }
        let isLetter = (json[index] | 0x20) >= 0x61 && (json[index] | 0x20) <= 0x7a
        throw JSONFault(isLetter ? .literal : .value, at: index)
    }

    /// Moves over white space (RFC 8259, section 2).
    @inline(__always)
    static func skipSpace(_ json: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while index < json.count {
            let byte = json[index]
            if byte > 0x20 { break }
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { break }
            index &+= 1
        }
        return index
    }
}

extension JSONTape {
    /// Keys an object may have before it is checked with a set.
    private static let fewKeys = 32

    /// Counts the key just read, and looks whether the object has it already.
    @inline(__always)
    private mutating func noteKey(_ json: Span<UInt8>) throws(JSONFault) {
        let index = tokens.count - 1
        let key = tokens[index]
        frame.count += 1
        frame.latestKey = index + 1
        if key.kind == .escapedKey || frame.count > Self.fewKeys {
            frame.isChecked = true
            return
        }
        let bit: UInt64 = 1 << Self.hash(json, key.range)
        if frame.hashes & bit != 0 { try compareKey(key, json) }
        frame.hashes |= bit
    }

    /// Six bits of a key's length, first, middle and last byte.
    @inline(__always)
    private static func hash(_ json: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        let count = range.count
        guard count > 0 else { return 0 }
        var mix = UInt64(count) ^ UInt64(json[range.lowerBound]) << 8
        mix ^= UInt64(json[range.upperBound - 1]) << 16
        mix ^= UInt64(json[range.lowerBound + count / 2]) << 24
        return (mix &* 0x9e37_79b9_7f4a_7c15) >> 58
    }

    /// Compares a key with those before it in its object.
    private func compareKey(_ key: JSONToken, _ json: Span<UInt8>) throws(JSONFault) {
        var link = key.link
        while link > 0 {
            let other = tokens[link - 1]
            if other.count == key.count,
                Scan.equal(json.extracting(other.range), json.extracting(key.range))
            {
                throw JSONFault(.duplicate, at: key.offset - 1)
            }
            link = other.link
        }
    }

    /// Compares all keys of the open object by their unescaped bytes.
    private func checkKeys(_ json: Span<UInt8>) throws(JSONFault) {
        var seen: [[UInt8]: Int] = [:]
        var link = frame.latestKey
        while link > 0 {
            let key = tokens[link - 1]
            var name: [UInt8] = []
            JSONText.unescape(json.extracting(key.range), into: &name)
            if let later = seen.updateValue(key.offset, forKey: name) {
                throw JSONFault(.duplicate, at: later - 1)
            }
            link = key.link
        }
    }
}
