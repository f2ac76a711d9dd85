import HansardBindings

/// Escapes in JSON text (RFC 8259, section 7).
enum JSONText {
    /// Finds the quote that ends a text with escapes, checking each escape; `start` is at the first
    /// backslash.
    ///
    /// The result may instead be a control character or the end of the bytes, which the caller
    /// refuses.
    static func endOfEscapedText(_ json: Span<UInt8>, from start: Int) throws(JSONFault) -> Int {
        var index = start
        while index < json.count, json[index] == UInt8(ascii: "\\") {
            guard index + 1 < json.count else { throw JSONFault(.end, at: index + 1) }
            if json[index + 1] == UInt8(ascii: "u") {
                index = try checkUnicode(json, index)
            } else {
                guard Scan.escaped(json[index + 1]) != 0 else {
                    throw JSONFault(.escape, at: index)
                }
                index += 2
            }
            index = Scan.endOfPlainText(json, from: index)
        }
        return index
    }

    /// Checks `\uXXXX`, or a pair of them, and returns the index after it.
    private static func checkUnicode(_ json: Span<UInt8>, _ at: Int) throws(JSONFault) -> Int {
        guard let unit = unit(json, at) else { throw JSONFault(.escape, at: at) }
        guard unit & 0xf800 == 0xd800 else { return at + 6 }
        guard unit < 0xdc00, at + 7 < json.count, json[at + 6] == UInt8(ascii: "\\"),
            json[at + 7] == UInt8(ascii: "u"), let low = self.unit(json, at + 6),
            low & 0xfc00 == 0xdc00
        else { throw JSONFault(.surrogate, at: at) }
        return at + 12
    }

    /// The number in `\uXXXX` at an index; nil when there are no four hexadecimal digits.
    private static func unit(_ json: Span<UInt8>, _ at: Int) -> UInt32? {
        guard at + 6 <= json.count else { return nil }
        var value: UInt32 = 0
        for index in (at + 2)..<(at + 6) {
            let byte = json[index]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }

    /// Replaces `out` by the bytes a text stands for. Its escapes have been checked.
    static func unescape(_ text: Span<UInt8>, into out: inout [UInt8]) {
        let count = Scan.unescape(text, into: &out)
        out.removeLast(out.count - count)
    }
}
