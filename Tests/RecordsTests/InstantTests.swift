import HansardBindings
import HansardRecords
import HansardTesting
import Testing

private func fromOrdered(_ bytes: [UInt8]) -> Instant? { Instant(ordered: bytes.span) }

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00", 0), ("1970-01-01 00:00:00", 0),
        ("1970-01-01T00:00:00.000001Z", 1), ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:30:00-00:30", 0), ("2025-03-03T06:59:46.314304Z", 1_740_985_186_314_304),
        ("2025-03-03T06:59:46.314304+00:00", 1_740_985_186_314_304),
        ("2025-03-03 06:59:46.314304", 1_740_985_186_314_304), ("1969-12-31T23:59:59.999999Z", -1),
        ("2000-02-29t12:00:00z", 951_825_600_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ("2017-01-01T08:59:60+09:00", 1_483_228_800_000_000),
        ("1970-01-01T00:00:00.5-00:00", 500_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
    func accepted(_ text: String, _ microseconds: Int64) throws {
        let instant = try Instant(text)
        #expect(instant.microsecondsSinceUnixEpoch == microseconds)
        #expect(Instant(microsecondsSinceUnixEpoch: microseconds) == instant)
        #expect(fromOrdered(instant.orderedBytes) == instant)
        var packer = Packer()
        CompactText.pack(text: text.utf8Span.span, into: &packer)
        let bytes = packer.bytes()
        var unpacker = Unpacker()
        let unpacked = try Instant(try unpacker.next(in: bytes.span), in: bytes.span)
        #expect(unpacked == instant)
    }

    @Test(arguments: [
        "", "2025-03-03", "2025-W10-1", "2025-W10-1T00:00:00Z", "2025-062T00:00:00",
        "20250303T000000Z",
        "2025-03-03T24:00:00Z", "1740985186", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z", "2025-01-00T00:00:00Z",
        "2025-04-31T00:00:00Z",
        "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2025-03-03T06:60:00Z",
        "2025-03-03T06:59:61Z",
        "2025-03-03T06:59:60Z", "2025-03-03T06:59Z", "2025-03-03T06:59:46.Z",
        "2025-03-03T06:59:46,5Z",
        "2025-03-03T06:59:46.0123456789Z", "2025-03-03T06:59:46+0100", "2025-03-03T06:59:46+01",
        "2025-03-03T06:59:46+24:00", "2025-03-03T06:59:46+01:60", "2025-03-03T06:59:46ZZ",
        "2025-03-03T06:59:46 Z", " 2025-03-03T06:59:46Z", "2025-03-03_06:59:46Z",
        "-2025-03-03T06:59:46Z",
        "2025-03-03T06:59:46Z\0", "now",
    ])
    func refused(_ text: String) {
        let error = #expect(throws: RecordError.self) { try Instant(text) }
        #expect(error?.code == .invalidTime)
    }

    @Test func fractionsKeepTheirOrder() throws {
        let texts = [
            "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00Z", "2025-03-03T06:59:45.9Z",
            "2025-03-03T06:59:46Z", "2025-03-03T06:59:46.000000001Z",
            "2025-03-03T06:59:46.3143041Z",
            "2025-03-03T06:59:46.314304101Z", "2025-03-03T06:59:46.4", "9999-12-31T23:59:59-23:59",
        ]
        let instants = try texts.map { try Instant($0) }
        #expect(instants == instants.sorted())
        let ordered = instants.map(\.orderedBytes)
        #expect(ordered.allSatisfy { $0.count == Instant.orderedByteCount })
        for (a, b) in zip(ordered, ordered.dropFirst()) { #expect(a.lexicographicallyPrecedes(b)) }
    }

    @Test func formatting() throws {
        let instant = try Instant("2025-03-03T07:59:46.3143049+01:00")
        #expect(instant.text(.zulu) == "2025-03-03T06:59:46.314304Z")
        #expect(instant.text() == "2025-03-03T06:59:46.314304+00:00")
        #expect(
            try Instant("0001-01-01T00:00:00+01:00").text(.zulu) == "0001-01-01T00:00:00.000000Z")
    }

    /// Every day of the years 1 to 9999 survives being formatted and read.
    @Test func everyDay() throws {
        var previous = Int64.min
        for day in 0..<3_652_059 where day % 7 == 0 || day < 2000 {
            let instant = Instant(secondsSinceYear1: Int64(day) * 86_400 + 86_399, nanoseconds: 0)
            let back = try Instant(instant.text(.zulu))
            if back != instant || back.secondsSinceYear1 <= previous { Issue.record("day \(day)") }
            previous = back.secondsSinceYear1
        }
    }

    @Test func orderedBytesOfOtherLengthsAndValues() {
        #expect(fromOrdered([1, 2, 3]) == nil)
        #expect(fromOrdered([UInt8](repeating: 0xff, count: 9)) == nil)
    }

    /// A machine's clock may stand in any year: its time is kept, and its text is the nearest.
    @Test(arguments: [
        (Int64.min, "0001-01-01T00:00:00.000000Z"), (.min + 1, "0001-01-01T00:00:00.000000Z"),
        (-62_135_596_800_000_001, "0001-01-01T00:00:00.000000Z"),
        (253_402_300_800_000_000, "9999-12-31T23:59:59.999999Z"),
        (.max, "9999-12-31T23:59:59.999999Z"),
    ]) func timesOfAnyYear(microseconds: Int64, text: String) {
        let instant = Instant(microsecondsSinceUnixEpoch: microseconds)
        #expect(instant.microsecondsSinceUnixEpoch == microseconds)
        #expect(instant.text(.zulu) == text && !instant.hasText)
        #expect(Instant(microsecondsSinceUnixEpoch: 0).hasText)
        #expect(instant.orderedBytes.count == Instant.orderedByteCount)
        #expect((instant < Instant(microsecondsSinceUnixEpoch: 0)) == (microseconds < 0))
    }

    @Test(arguments: 0..<200) func spansLeadFromOneInstantToAnother(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        func any() -> Instant {
            Instant(
                secondsSinceYear1: Int64(random.below(300_000_000_000)),
                nanoseconds: UInt32(random.below(1_000_000_000)))
        }
        let (one, other) = (any(), any())
        #expect(one.advanced(by: one.duration(to: other)) == other, "seed \(seed)")
        #expect(one.duration(to: other) == .zero - other.duration(to: one), "seed \(seed)")
        #expect((one < other) == (one.duration(to: other) > .zero), "seed \(seed)")
    }

    @Test func spansAsNumbers() {
        #expect(Duration.milliseconds(1_500).inSeconds == 1.5)
        #expect(Duration.seconds(-2).inMicroseconds == -2_000_000)
        #expect(Duration.seconds(Int64.max).inMicroseconds == .max)
    }
}
