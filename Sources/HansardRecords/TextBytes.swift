import HansardBindings

/// Text compared and made as bytes. `String` compares by Unicode equivalence, which would take two
/// spellings of "é" for one; records and identifiers are the same only when their bytes are.
enum TextBytes {
    /// True if two texts have the same bytes.
    static func equal(_ a: String, _ b: String) -> Bool {
        Scan.equal(a.utf8Span.span, b.utf8Span.span)
    }

    /// Feeds a text's bytes to a hasher.
    static func hash(_ text: String, into hasher: inout Hasher) {
        let utf8 = text.utf8Span.span
        var index = 0
        while index + 8 <= utf8.count {
            hasher.combine(Scan.word64(utf8, at: index))
            index += 8
        }
        while index < utf8.count {
            hasher.combine(utf8[index])
            index += 1
        }
        hasher.combine(utf8.count)
    }

    /// Text from bytes that have to be UTF-8.
    /// - Throws: `invalidText`.
    static func string(_ utf8: Span<UInt8>) throws(RecordError) -> String {
        do {
            return String(copying: try UTF8Span(validating: utf8))
        } catch {
            throw RecordError(
                .invalidText, "the text is not UTF-8", advice: .encodeAsUTF8,
                byteOffset: error.byteOffsets.lowerBound)
        }
    }
}

/// Text as the key of a set or dictionary, equal only to the same bytes.
struct TextKey: Hashable {
    let text: String
    init(_ text: String) { self.text = text }

    static func == (a: TextKey, b: TextKey) -> Bool { TextBytes.equal(a.text, b.text) }
    func hash(into hasher: inout Hasher) { TextBytes.hash(text, into: &hasher) }
}
