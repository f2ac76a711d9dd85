import HansardBindings
import HansardRecords
import Testing

@Suite struct CompactTextTests {
    /// Packs text, and gives its packed bytes and the text they stand for.
    private func roundTrip(_ text: String) throws -> (packed: [UInt8], back: [UInt8]) {
        var packer = Packer()
        CompactText.pack(text: text.utf8Span.span, into: &packer)
        let bytes = packer.bytes()
        var unpacker = Unpacker()
        switch try unpacker.next(in: bytes.span) {
        case .string(let range): return (bytes, Array(bytes[range]))
        case .ext(let type, let range):
            var out: [UInt8] = []
            try CompactText.expand(type: type, bytes.span.extracting(range), appendingTo: &out)
            return (bytes, out)
        default: throw RecordError(.wrongType, "neither text nor extension")
        }
    }

    @Test(arguments: [
        ("f0f96a1a-c0b7-5723-a4ac-d73e6dcb062e", 18), ("2025-03-03T06:59:46.314304Z", 10),
        ("2025-03-03T06:59:46.314304+00:00", 10), ("2025-03-03T06:59:46.314304", 10),
        ("0001-01-01T00:00:00.000000Z", 10), ("9999-12-31T23:59:59.999999Z", 10),
        ("2024-02-29T00:00:00.000000", 10),
    ])
    func compact(_ text: String, _ count: Int) throws {
        let (packed, back) = try roundTrip(text)
        #expect(packed.count == count)
        #expect(back == Array(text.utf8))
    }

    /// Texts of the same lengths that have to stay strings.
    @Test(arguments: [
        "F0f96a1a-c0b7-5723-a4ac-d73e6dcb062e", "f0f96a1a_c0b7-5723-a4ac-d73e6dcb062e",
        "g0f96a1a-c0b7-5723-a4ac-d73e6dcb062e", "2025-03-03t06:59:46.314304Z",
        "2025-03-03T06:59:46.314304z", "2025-03-03 06:59:46.314304Z", "2025-02-29T06:59:46.314304Z",
        "2025-03-03T24:59:46.314304Z", "2025-03-03T23:59:60.314304Z", "0000-03-03T06:59:46.314304Z",
        "2025-03-03T06:59:46.314304-00:00", "2025-03-03T06:59:46.314304+01:00",
        "2025-03-03T06:59:46.3143041", "2025-03-03T06:59:46.31430 Z", "2025-03-03T06:59:46.31430:",
        "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyzZ", "😀😀😀😀😀😀😀😀", "",
    ])
    func stays(_ text: String) throws {
        let (packed, back) = try roundTrip(text)
        #expect(packed.count > text.utf8.count)
        #expect(back == Array(text.utf8))
    }

    @Test func badExtensionsAreRefused() {
        let late: [UInt8] = [0xff, 0, 0, 0, 0, 0, 0, 0]
        var out: [UInt8] = []
        for (type, body) in [(1, late), (2, late), (3, []), (0, late), (5, late), (-1, late)]
            as [(Int8, [UInt8])]
        {
            #expect(throws: RecordError.self) {
                try CompactText.expand(type: type, body.span, appendingTo: &out)
            }
        }
    }
}
