/// One entry of the tape a JSON text is read into: what it is, where it is, and how much belongs
/// to it.
///
/// Two words. `head` is the kind in the low 8 bits and the byte offset above. `payload` is a
/// number's bits, a text's length in its low half (its key's link in the high half), or a
/// container's count (low) and end (high).
struct JSONToken {
    enum Kind: UInt8 {
        case null, yes, no, integer, unsigned, double
        /// Text without escapes; its bytes are its value.
        case text
        /// Text with escapes, all of them checked.
        case escapedText
        case key, escapedKey
        case object, array
    }

    var head: UInt64
    var payload: UInt64

    init(_ kind: Kind, at offset: Int, payload: UInt64 = 0) {
        head = UInt64(kind.rawValue) | UInt64(offset) << 8
        self.payload = payload
    }

    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: head))! }

    /// Offset of the value's first byte; of a text, the first after the quote.
    var offset: Int { Int(head >> 8) }

    /// A text's bytes before unescaping, or a container's number of entries.
    var count: Int { Int(payload & 0xffff_ffff) }

    /// The place where a text's bytes lie.
    var range: Range<Int> { offset..<(offset + count) }

    /// For a key: the index after that of the key before it in the same object, 0 for the first.
    /// Of a container: the index of the first token after all that is in it.
    var link: Int { Int(payload >> 32) }

    /// Puts a count and a link together.
    static func payload(count: Int, link: Int) -> UInt64 { UInt64(count) | UInt64(link) << 32 }
}

/// A fault in a JSON text, small enough to be thrown from the inner loops; made into a
/// `RecordError` outside.
struct JSONFault: Error {
    enum Reason: UInt8 {
        case end, value, literal, number, leadingZero, range, control, escape, surrogate, key, colon
        case comma, trailingComma, close, trailing, duplicate, deep, notObject, notUTF8, large
    }

    let reason: Reason
    let offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The error to hand out, with a 1-based byte column.
    var error: RecordError {
        RecordError(code, what, advice: advice, byteOffset: offset, column: offset + 1)
    }

    private var code: ErrorCode {
        switch reason {
        case .range: .numberOutOfRange
        case .surrogate, .notUTF8: .invalidText
        case .duplicate: .duplicateKey
        case .deep: .tooDeep
        case .notObject: .wrongType
        case .large: .tooLarge
        case .end, .value, .literal, .number, .leadingZero, .control, .escape, .key, .colon,
            .comma, .trailingComma, .close, .trailing:
            .invalidJSON
        }
    }

    private var what: String {
        switch reason {
        case .end: "the text ends too early"
        case .value: "a value belongs here"
        case .literal: "the only words are true, false and null; NaN and Infinity are not JSON"
        case .number: "this is not a JSON number; a digit belongs here"
        case .leadingZero: "a number cannot begin with 0 and another digit"
        case .range: "integers go from -2^63 to 2^64-1 and doubles to 1.8e308"
        case .control: "a control character inside text"
        case .escape: "this escape is not one of JSON"
        case .surrogate: "half of a surrogate pair"
        case .key: "a key in double quotes belongs here"
        case .colon: "a colon belongs between a key and its value"
        case .comma: "a comma or the closing bracket belongs here"
        case .trailingComma: "a comma before the closing bracket"
        case .close: "this bracket does not match the one that is open"
        case .trailing: "something follows the end of the value"
        case .duplicate: "the key occurs twice in this object"
        case .deep: "objects and arrays are nested more than 64 deep"
        case .notObject: "a record is a JSON object: {...}"
        case .notUTF8: "not UTF-8"
        case .large: "a text of 1 GiB or more"
        }
    }

    private var advice: RecordAdvice? {
        switch reason {
        case .end: .sendWhole
        case .leadingZero: .dropZero
        case .range: .sendAsText
        case .control: .escapeControl
        case .escape: .escapeBackslash
        case .surrogate: .sendWholePair
        case .trailingComma: .dropComma
        case .trailing: .sendOneValue
        case .duplicate: .keepOne
        case .deep: .flatten
        case .notUTF8: .encodeAsUTF8
        case .large: .sendSmaller
        case .value, .literal, .number, .key, .colon, .comma, .close, .notObject: nil
        }
    }
}
