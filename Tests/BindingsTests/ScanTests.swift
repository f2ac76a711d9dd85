import HansardBindings
import Testing

@Suite struct ScanTests {
    /// Every byte at every place of a short text is found or passed over as RFC 8259 has it.
    @Test func endOfPlainText() {
        for place in 0..<20 {
            for byte in UInt8.min...UInt8.max {
                var text = [UInt8](repeating: 0x61, count: 21)
                text[place] = byte
                let stops = byte < 0x20 || byte == 0x22 || byte == 0x5c
                let end = Scan.endOfPlainText(text.span, from: 0)
                #expect(end == (stops ? place : 21))
            }
        }
    }

    /// The validator agrees with the standard library on all texts of two bytes and on the known
    /// hard cases.
    @Test func validUTF8() {
        var cases: [[UInt8]] = [
            [0xe0, 0x9f, 0x80], [0xe0, 0xa0, 0x80], [0xed, 0x9f, 0xbf], [0xed, 0xa0, 0x80],
            [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x90, 0x80, 0x80], [0xf4, 0x8f, 0xbf, 0xbf],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0xf0, 0x9f, 0x98],
        ]
        for a in UInt8.min...UInt8.max {
            for b in UInt8.min...UInt8.max { cases.append([a, b]) }
        }
        for text in cases {
            for prefix in [0, 7, 33] {
                let bytes = [UInt8](repeating: 0x61, count: prefix) + text
                let isValid = Scan.isUTF8(bytes.span)
                #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil))
            }
        }
    }

    @Test func uuidsBothWays() throws {
        let text = "f0f96a1a-c0b7-5723-a4ac-d73e6dcb062e"
        let halves = Scan.uuid(text.utf8Span.span)
        let uuid = try #require(halves)
        #expect(uuid.high == 0xf0f9_6a1a_c0b7_5723 && uuid.low == 0xa4ac_d73e_6dcb_062e)
        var out: [UInt8] = []
        out.appendUUID(high: uuid.high, low: uuid.low)
        #expect(String(decoding: out, as: UTF8.self) == text)
        for index in 0..<36 {
            for byte in UInt8.min...UInt8.max {
                var bytes = Array(text.utf8)
                bytes[index] = byte
                let isDash = [8, 13, 18, 23].contains(index)
                let isHex = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                let isFound = Scan.uuid(bytes.span) != nil
                #expect(isFound == (isDash ? byte == 0x2d : isHex))
            }
        }
    }

    @Test func equality() {
        let a = Array(0..<40 as Range<UInt8>)
        for index in 0..<40 {
            var b = a
            b[index] ^= 0x80
            let isSame = Scan.equal(a.span, b.span)
            #expect(!isSame)
        }
        let isSame = Scan.equal(a.span, a.span)
        let isPartSame = Scan.equal(a.span, a.span.extracting(0..<39))
        #expect(isSame && !isPartSame)
    }
}
