import HansardBindings
import HansardRecords
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: [
        "chloe", "intercode-bash/gpt-4", "f0f96a1a-c0b7-5723-a4ac-d73e6dcb062e",
        "F0F96A1A-C0B7-5723-A4AC-D73E6DCB062E", "f0f96a1ac0b75723a4acd73e6dcb062e", " ", "\0",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "2025-03-03T06:59:46.314304Z", "名前",
    ])
    func comesBackAsGiven(_ text: String) throws {
        let id = try Identifier(text)
        #expect(Array(id.text.utf8) == Array(text.utf8))
        #expect(id.utf8Count == text.utf8.count)
        let fromBytes = try Identifier(utf8: text.utf8Span.span)
        #expect(fromBytes == id)
        var packer = Packer()
        id.pack(into: &packer)
        let bytes = packer.bytes()
        var unpacker = Unpacker()
        let token = try unpacker.next(in: bytes.span)
        let unpacked = try Identifier(token, in: bytes.span)
        #expect(unpacked == id)
    }

    @Test func onlyCanonicalUUIDsAreCompact() throws {
        #expect(
            try Identifier("f0f96a1a-c0b7-5723-a4ac-d73e6dcb062e").uuid?.high
                == 0xf0f9_6a1a_c0b7_5723)
        #expect(try Identifier("F0F96A1A-C0B7-5723-A4AC-D73E6DCB062E").uuid == nil)
        #expect(
            try Identifier("F0F96A1A-C0B7-5723-A4AC-D73E6DCB062E")
                != Identifier("f0f96a1a-c0b7-5723-a4ac-d73e6dcb062e"))
    }

    @Test func lengths() throws {
        #expect(try Identifier(String(repeating: "x", count: 255)).utf8Count == 255)
        for text in ["", String(repeating: "x", count: 256), String(repeating: "é", count: 128)] {
            let error = #expect(throws: RecordError.self) { try Identifier(text) }
            #expect(error?.code == .invalidIdentifier)
        }
        let notUTF8: [UInt8] = [0xff]
        #expect(throws: RecordError.self) { try Identifier(utf8: notUTF8.span) }
    }

    /// Two spellings of "é" are two identifiers, though Swift's strings call them equal.
    @Test func bytesDecide() throws {
        let composed = try Identifier("\u{e9}")
        let decomposed = try Identifier("e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
    }

    @Test func order() throws {
        let texts = [
            "a", "b", "00000000-0000-0000-0000-000000000001",
            "f0000000-0000-0000-0000-000000000000", "~",
        ]
        let sorted = try texts.map { try Identifier($0) }.sorted().map(\.text)
        #expect(sorted == texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    @Test func randomIsVersion4() {
        let ids = (0..<100).map { _ in Identifier.random() }
        #expect(Set(ids).count == 100)
        for id in ids {
            let text = Array(id.text)
            #expect(text.count == 36 && text[14] == "4" && "89ab".contains(text[19]))
        }
    }
}
