import HansardRecords
import Testing

@Suite struct RecordTests {
    private let record: Record

    init() throws {
        record = try Record([
            ("id", "chloe"), ("n", 1), ("x", 1.0), ("none", nil), ("list", [1, "two", [true]]),
            ("map", ["a": 1, "b": ["c": 2]]), ("at", "2025-03-03T06:59:46.314304Z"),
            ("big", .unsigned(.max)),
        ])
    }

    @Test func fields() throws {
        #expect(record.field("n") == 1)
        #expect(record.field("x") == 1.0)
        #expect(record.field("n") != 1.0)
        #expect(record.field("none") == Value.null)
        #expect(record.field("absent") == nil)
        #expect(record.field("map") == ["a": 1, "b": ["c": 2]])
        #expect(record.string("id") == "chloe" && record.string("n") == nil)
        #expect(record.integer("n") == 1 && record.bool("n") == nil)
        #expect(record.contains("none") && record.isNull("none") && !record.contains("a"))
        #expect(try record.identifier("id")?.text == "chloe")
        #expect(try record.instant("at") == Instant("2025-03-03T06:59:46.314304Z"))
        #expect(try record.identifier("none") == nil)
        #expect(record.record("map")?.fieldNames == ["a", "b"])
        #expect(record.fieldNames == ["id", "n", "x", "none", "list", "map", "at", "big"])
        #expect(record.map(\.name) == record.fieldNames)
        #expect(Record.empty.isEmpty && Record.empty.field("a") == nil)
    }

    @Test func faultsNameTheField() {
        let identifier = #expect(throws: RecordError.self) { try record.identifier("n") }
        #expect(identifier?.field == "n" && identifier?.code == .wrongType)
        #expect(identifier?.advice == .quote)
        let instant = #expect(throws: RecordError.self) { try record.instant("id") }
        #expect(instant?.field == "id" && instant?.code == .invalidTime)
        #expect(instant?.advice == .writeAsTime)
    }

    @Test func editing() throws {
        let base = try Record(json: #"{"a":1,"b":2,"c":3}"#)
        #expect(
            try base.merging(Record(json: #"{"d":4,"b":null}"#)).json()
                == #"{"a":1,"b":null,"c":3,"d":4}"#)
        #expect(try base.setting("b", to: [1]).json() == #"{"a":1,"b":[1],"c":3}"#)
        #expect(
            try base.setting("z", to: Identifier("q")).json() == #"{"a":1,"b":2,"c":3,"z":"q"}"#)
        #expect(try base.removing("a", "c", "q").json() == #"{"b":2}"#)
        #expect(base.removing("q") == base)
        #expect(try Record.empty.setting("a", to: 1).json() == #"{"a":1}"#)
    }

    @Test(arguments: [
        (
            #"{"a":1,"b":{"c":1,"d":[1,{"e":1,"f":2}]}}"#,
            #"{"b":{"d":[1,{"f":2,"e":1}],"c":1},"a":1}"#, true
        ),
        (#"{"a":1}"#, #"{"a":1.0}"#, false), (#"{"a":0.0}"#, #"{"a":-0.0}"#, false),
        (#"{"a":[1,2]}"#, #"{"a":[2,1]}"#, false), (#"{"a":null}"#, "{}", false),
        ("{}", #"{"a":null}"#, false),
        (#"{"a":1,"t":1}"#, #"{"t":2,"a":1}"#, true), (#"{"a":1,"t":1}"#, #"{"a":1}"#, true),
        (#"{"a":1}"#, #"{"a":1,"t":1}"#, true), (#"{"a":{"t":1}}"#, #"{"a":{"t":2}}"#, false),
        (#"{"a":"\#u{e9}"}"#, #"{"a":"e\#u{301}"}"#, false), (#"{"a":1e2}"#, #"{"a":100.0}"#, true),
    ])
    func equivalence(_ a: String, _ b: String, _ isSame: Bool) throws {
        let first = try Record(json: a)
        let second = try Record(json: b)
        #expect(first.isEquivalent(to: second, ignoring: ["t"]) == isSame)
        #expect(second.isEquivalent(to: first, ignoring: ["t"]) == isSame)
    }

    /// Records of many fields go another way than those of few.
    @Test func manyFields() throws {
        let fields = (0..<20_000).map { ("k\($0)", Value.integer($0)) }
        let record = try Record(fields)
        let reversed = try Record(Array(fields.reversed()))
        #expect(
            record.isEquivalent(to: reversed) && !record.isEquivalent(to: record.removing("k7")))
        let changed = record.merging(try Record([("k9", "x"), ("new", 1)]))
        #expect(
            changed.count == 20_001 && changed.string("k9") == "x" && changed.integer("new") == 1)
        #expect(record.merging(reversed) == record)
        #expect(try Record(validating: record.bytes) == record)
    }

    @Test func refusedValues() {
        let cases: [([(String, Value)], ErrorCode, RecordAdvice)] = [
            ([("a", .double(.nan))], .numberOutOfRange, .leaveOut),
            ([("a", [.double(.infinity)])], .numberOutOfRange, .leaveOut),
            ([("a", 1), ("a", 2)], .duplicateKey, .keepOne),
            ([("a", .object([("b", 1), ("b", 1)]))], .duplicateKey, .keepOne),
            (
                [("a", (0..<64).reduce(Value.null) { value, _ in .array([value]) })], .tooDeep,
                .flatten
            ),
        ]
        for (fields, code, advice) in cases {
            let error = #expect(throws: RecordError.self) { try Record(fields) }
            #expect(error?.code == code && error?.advice == advice)
        }
        #expect(throws: Never.self) {
            try Record([("a", (0..<63).reduce(Value.null) { value, _ in .array([value]) })])
        }
    }

    /// Bytes that are MessagePack but no record.
    @Test(
        arguments: [
            [], [0xc0], [0x90], [0x80, 0x80], [0x81, 0x01, 0x01], [0x81, 0xa1, 0x61],
            [0x81, 0xa1, 0xff, 0xc0],
            [0x81, 0xa1, 0x61, 0xa1, 0xff], [0x82, 0xa1, 0x61, 0xc0, 0xa1, 0x61, 0xc0],
            [0x81, 0xa1, 0x61, 0xd4, 0x09, 0x00], [0x81, 0xa1, 0x61, 0xca, 0, 0, 0, 0],
            [0x81, 0xa1, 0x61, 0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], [0x81, 0xa1, 0x61, 0xc4, 0x00],
            [0x81, 0xa1, 0x61, 0xd7, 0x02, 0xff, 0, 0, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func invalid(_ bytes: [UInt8]) {
        #expect(throws: RecordError.self) { try Record(validating: bytes) }
    }

    /// Bytes that were wrongly trusted are read as far as they go, and nothing crashes.
    @Test func damagedBytesDoNotCrash() {
        for count in 0..<record.bytes.count {
            let part = Record(trusted: Array(record.bytes[..<count]))
            _ = part.fieldNames
            _ = part.field("big")
            _ = part.merging(record)
            _ = part.isEquivalent(to: record)
            _ = Array(part)
            _ = try? part.json()
        }
    }

    /// Following is merging when no name is shared, across every form of the map's header.
    @Test(arguments: [0, 1, 14, 15, 16, 300]) func followingIsMergingWithoutSharedNames(
        count: Int
    ) throws {
        let left = try Record((0..<count).map { ("a\($0)", .integer(Int64($0))) })
        for other in [0, 1, 2, 70_000] {
            let right = try Record((0..<other).map { ("b\($0)", .bool(true)) })
            let joined = left.followed(by: right)
            #expect(joined == left.merging(right))
            #expect(try Record(validating: joined.bytes) == joined)
        }
    }
}
