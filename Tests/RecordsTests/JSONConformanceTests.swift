import HansardRecords
import Testing

/// The error a text is refused with; nil when it is taken.
private func refusal(_ bytes: [UInt8]) -> RecordError? {
    do {
        _ = try Record(json: bytes.span)
        return nil
    } catch {
        return error
    }
}

@Suite struct JSONConformanceTests {
    /// Texts that come back byte for byte.
    @Test(arguments: [
        "{}", #"{"a":1}"#, #"{"a":null,"b":true,"c":false}"#, #"{"a":[],"b":{},"c":[[],{}]}"#,
        #"{"":""}"#,
        #"{"a":1.0,"b":-0.0,"c":0.1,"d":1e+300,"e":5e-324,"f":1.7976931348623157e+308}"#,
        #"{"a":-9223372036854775808,"b":9223372036854775807,"c":18446744073709551615}"#,
        #"{"a":"\"\\\n\r\t\b\f\u0000\u001f"}"#,
        #"{"a":"é 名 😀 / \u007f"}"#.replacing("\\u007f", with: "\u{7f}"),
        #"{"a":"\#u{2028}"}"#, #"{"\n":1,"\"":2}"#, #"{"z":1,"a":2,"m":{"z":1,"a":2}}"#,
        #"{"id":"f0f96a1a-c0b7-5723-a4ac-d73e6dcb062e","t":"2025-03-03T06:59:46.314304Z"}"#,
        #"{"f0f96a1a-c0b7-5723-a4ac-d73e6dcb062e":1}"#,
        #"{"e\#u{301}":1,"\#u{e9}":2}"#,
    ])
    func identical(_ text: String) throws {
        let record = try Record(json: text)
        let back = try record.json()
        #expect(Array(back.utf8) == Array(text.utf8))
        #expect(try Record(validating: record.bytes) == record)
    }

    /// Texts that mean the same as another.
    @Test(arguments: [
        (" \t\r\n{ \"a\" : [ 1 , 2 ] } \n", #"{"a":[1,2]}"#), (#"{"a":1e3}"#, #"{"a":1000.0}"#),
        (#"{"a":1E-2}"#, #"{"a":0.01}"#), (#"{"a":-0}"#, #"{"a":0}"#),
        (#"{"a":0e0}"#, #"{"a":0.0}"#),
        (#"{"a":"\u0041\/\u00e9\ud83d\ude00"}"#, #"{"a":"A/é😀"}"#), (#"{"\u0061":1}"#, #"{"a":1}"#),
        (#"{"a":1e-400}"#, #"{"a":0.0}"#), (#"{"a":"\u001F"}"#, #"{"a":"\u001f"}"#),
        (#"{"a":123456789012345678901234567890.0}"#, #"{"a":1.2345678901234568e+29}"#),
    ])
    func sameMeaning(_ text: String, _ canonical: String) throws {
        #expect(try Record(json: text).json() == canonical)
    }

    /// Texts that are refused, with the code and the 1-based column of the fault.
    @Test(arguments: [
        ("", "invalid_json", 1), ("  ", "invalid_json", 3), ("[]", "wrong_type", 1),
        ("1", "wrong_type", 1),
        ("{", "invalid_json", 2), (#"{"a"}"#, "invalid_json", 5), (#"{"a":}"#, "invalid_json", 6),
        (#"{"a":1"#, "invalid_json", 7), (#"{"a":1,}"#, "invalid_json", 7),
        (#"{"a":[1,]}"#, "invalid_json", 8),
        (#"{"a":[1}"#, "invalid_json", 8), (#"{"a":1]"#, "invalid_json", 7),
        ("{a:1}", "invalid_json", 2),
        ("{'a':1}", "invalid_json", 2), (#"{"a":1 "b":2}"#, "invalid_json", 8),
        (#"{,}"#, "invalid_json", 2),
        (#"{"a":[,1]}"#, "invalid_json", 7), (#"{"a":1}}"#, "invalid_json", 8),
        (#"{}{}"#, "invalid_json", 3),
        (#"{"a":1,"a":2}"#, "duplicate_key", 8), (#"{"a":1,"\u0061":2}"#, "duplicate_key", 8),
        (#"{"a":{"b":[{"c":1,"c":1}]}}"#, "duplicate_key", 19),
        (#"{"a":01}"#, "invalid_json", 6), (#"{"a":-}"#, "invalid_json", 7),
        (#"{"a":+1}"#, "invalid_json", 6),
        (#"{"a":1.}"#, "invalid_json", 8), (#"{"a":.5}"#, "invalid_json", 6),
        (#"{"a":1e}"#, "invalid_json", 8),
        (#"{"a":1e+}"#, "invalid_json", 9), (#"{"a":0x1}"#, "invalid_json", 7),
        (#"{"a":-01}"#, "invalid_json", 7),
        (#"{"a":18446744073709551616}"#, "number_out_of_range", 6),
        (#"{"a":-9223372036854775809}"#, "number_out_of_range", 6),
        (#"{"a":1e309}"#, "number_out_of_range", 6),
        (#"{"a":-1e99999999999999999999}"#, "number_out_of_range", 6),
        (#"{"a":NaN}"#, "invalid_json", 6), (#"{"a":Infinity}"#, "invalid_json", 6),
        (#"{"a":True}"#, "invalid_json", 6), (#"{"a":nul}"#, "invalid_json", 6),
        (#"{"a":truex}"#, "invalid_json", 10), (#"{"a":"x}"#, "invalid_json", 9),
        ("{\"a\":\"\u{1}\"}", "invalid_json", 7), ("{\"a\":\"x\n\"}", "invalid_json", 8),
        (#"{"a":"\x"}"#, "invalid_json", 7), (#"{"a":"\u12g4"}"#, "invalid_json", 7),
        (#"{"a":"\u12"#, "invalid_json", 7),
        (#"{"a":"\ud800"}"#, "invalid_text", 7), (#"{"a":"\udc00"}"#, "invalid_text", 7),
        (#"{"a":"\ud800\u0041"}"#, "invalid_text", 7),
        (#"{"a":"\ud800\ud800"}"#, "invalid_text", 7),
        (#"{"a":"\"#, "invalid_json", 8), ("\u{feff}{}", "wrong_type", 1),
        ("{\"a\":1}\0", "invalid_json", 8),
        ("{//x\n}", "invalid_json", 2),
    ])
    func refused(_ text: String, _ code: String, _ column: Int) {
        let error = refusal(Array(text.utf8))
        #expect(error?.code.description == code)
        #expect(error?.column == column)
    }

    /// The advice on a fault is a value beside it, and the text has both.
    @Test(arguments: [
        ("{", RecordAdvice.sendWhole), (#"{"a":01}"#, .dropZero), (#"{"a":1e309}"#, .sendAsText),
        (#"{"a":1,}"#, .dropComma), ("{\"a\":\"\u{1}\"}", .escapeControl),
        (#"{"a":"\x"}"#, .escapeBackslash), (#"{"a":"\ud800"}"#, .sendWholePair),
        ("{}{}", .sendOneValue), (#"{"a":1,"a":2}"#, .keepOne),
        (#"{"a":"# + String(repeating: "[", count: 64), .flatten),
    ])
    func theFaultHasAdvice(_ text: String, _ advice: RecordAdvice) throws {
        let error = try #require(refusal(Array(text.utf8)))
        #expect(error.advice == advice)
        #expect(!error.what.contains(advice.description))
        let column = try #require(error.column)
        #expect("\(error)" == "column \(column): \(error.what): \(advice)")
    }

    /// Where the fault says all there is, there is none.
    @Test(arguments: ["[]", "{a:1}", #"{"a"}"#, #"{"a":1]"#, #"{"a":NaN}"#])
    func aFaultWithoutAdvice(_ text: String) {
        #expect(refusal(Array(text.utf8))?.advice == nil)
    }

    /// Texts that are not UTF-8: overlong forms, surrogates, cut sequences.
    @Test(
        arguments: [
            [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82],
        ] as [[UInt8]])
    func notUTF8(_ bytes: [UInt8]) {
        let error = refusal(Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8))
        #expect(error?.code == .invalidText && error?.advice == .encodeAsUTF8)
        #expect(error?.column == 7)
    }

    @Test func depth() throws {
        func nested(_ levels: Int) -> [UInt8] {
            let inner = levels - 1
            return Array(
                (#"{"a":"# + String(repeating: "[", count: inner)
                    + String(repeating: "]", count: inner) + "}")
                    .utf8)
        }
        #expect(refusal(nested(64)) == nil)
        #expect(refusal(nested(65))?.code == .tooDeep)
        #expect(refusal(nested(100_000))?.code == .tooDeep)
        let record = try Record(json: nested(64).span)
        #expect(try Record(validating: record.bytes) == record)
    }

    /// Many keys go another way through the check than few.
    @Test(arguments: [2, 31, 32, 33, 34, 1000])
    func duplicatesAmongMany(_ count: Int) {
        let fields = (0..<count).map { #""key \#($0)":\#($0)"# }
        let good = "{" + fields.joined(separator: ",") + "}"
        #expect(refusal(Array(good.utf8)) == nil)
        for twin in [0, count / 2, count - 1] {
            let bad = "{" + (fields + [fields[twin]]).joined(separator: ",") + "}"
            #expect(refusal(Array(bad.utf8))?.code == .duplicateKey)
        }
    }
}
