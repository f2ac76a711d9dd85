import HansardBindings
import HansardRecords
import Testing

@Suite struct JSONReaderTests {
    private let line = Array(
        (#"{"op":"create_message","message_uuid":"f0f96a1a-c0b7-5723-a4ac-d73e6dcb062e","n":null,"#
            + #""title":"a\nb","count":3,"big":18446744073709551615,"x":1.5,"#
            + #""parts":[{"type":"text"}],"meta":{},"ok":true,"#
            + #""created_at":"2025-03-03T06:59:46.314304Z"}"#).utf8)

    @Test func fieldsWithoutPacking() throws {
        var reader = JSONReader()
        try reader.parse(line.span)
        let kinds: [(String, JSONReader.Kind?)] = [
            ("op", .string), ("n", .null), ("title", .string), ("count", .integer),
            ("big", .unsigned),
            ("x", .double), ("parts", .array), ("meta", .object), ("ok", .bool), ("none", nil),
            ("type", nil),
        ]
        for (name, kind) in kinds {
            let found = reader.kind(of: name, in: line.span)
            #expect(found == kind, "\(name)")
        }
        let isCreate = reader.field("op", is: "create_message", in: line.span)
        let isOther = reader.field("op", is: "create_session", in: line.span)
        #expect(isCreate && !isOther)
        let title = try reader.string("title", in: line.span)
        #expect(title == "a\nb")
        let id = try reader.identifier("message_uuid", in: line.span)
        #expect(id?.uuid?.high == 0xf0f9_6a1a_c0b7_5723)
        let time = try reader.instant("created_at", in: line.span)
        #expect(time?.microsecondsSinceUnixEpoch == 1_740_985_186_314_304)
        let absent = try reader.identifier("n", in: line.span)
        #expect(absent == nil)
    }

    @Test func faultsNameTheField() throws {
        var reader = JSONReader()
        try reader.parse(line.span)
        do {
            _ = try reader.identifier("count", in: line.span)
            Issue.record("a number was taken for an identifier")
        } catch {
            #expect(error.code == .wrongType && error.field == "count")
        }
        do {
            _ = try reader.instant("title", in: line.span)
            Issue.record("a title was taken for a time")
        } catch {
            #expect(error.code == .invalidTime && error.field == "title")
        }
    }

    @Test func omittingFields() throws {
        var reader = JSONReader()
        try reader.parse(line.span)
        let whole = reader.record(in: line.span)
        let part = reader.record(in: line.span, omitting: ["op", "parts", "created_at", "none"])
        #expect(part == whole.removing("op", "parts", "created_at"))
        var packer = Packer()
        let isThere = reader.packField("parts", in: line.span, into: &packer)
        let isMissing = reader.packField("none", in: line.span, into: &packer)
        #expect(isThere && !isMissing)
        #expect(packer.bytes() == whole.withPackedField("parts") { Array(copying: $0) })
    }

    @Test func omittingFromManyFields() throws {
        let text = "{" + (0..<100).map { #""k\#($0)":[\#($0)]"# }.joined(separator: ",") + "}"
        var reader = JSONReader()
        try reader.parse(text.utf8Span.span)
        let part = reader.record(in: text.utf8Span.span, omitting: ["k0", "k50", "k99"])
        #expect(part.count == 97)
        #expect(try part == Record(json: text).removing("k0", "k50", "k99"))
    }

    @Test func readerServesAgainAfterAnError() throws {
        var reader = JSONReader()
        let bad = Array(#"{"a":[[[{"b":"#.utf8)
        #expect(throws: RecordError.self) { try reader.parse(bad.span) }
        try reader.parse(line.span)
        let record = reader.record(in: line.span)
        #expect(try Array(record.json().utf8) == line)
    }

    @Test func pretty() throws {
        let record = try Record(json: #"{"a":[1,{"b":"x"}],"c":{},"d":[]}"#)
        #expect(
            try record.json(.pretty) == """
                {
                  "a": [
                    1,
                    {
                      "b": "x"
                    }
                  ],
                  "c": {},
                  "d": []
                }
                """)
    }
}

extension [UInt8] {
    /// A copy of a span.
    fileprivate init(copying span: Span<UInt8>) {
        self.init()
        appendSpan(span)
    }
}
