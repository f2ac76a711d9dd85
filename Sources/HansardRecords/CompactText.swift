public import HansardBindings

/// MessagePack extension types that stand for text in fewer bytes.
///
/// Text is packed this way only when `expand` gives back the identical bytes, so nobody but a
/// reader of raw MessagePack can tell. Values only: the keys of a record are always plain strings.
///
/// | type | text | body |
/// |---|---|---|
/// | 1 | a UUID in canonical lower-case form | its 16 bytes |
/// | 2 | `YYYY-MM-DDTHH:MM:SS.ffffffZ` | microseconds since year 1, 8 bytes big-endian |
/// | 3 | the same, ending `+00:00` | the same |
/// | 4 | the same with neither ending | the same |
///
/// Microseconds count from 0001-01-01T00:00:00Z.
public enum CompactText {
    /// The extension type for a UUID.
    public static let uuidType: Int8 = 1
    /// The extension type for a time that ends in `Z`.
    public static let zuluType: Int8 = 2
    /// The extension type for a time that ends in `+00:00`.
    public static let offsetType: Int8 = 3
    /// The extension type for a time without an ending.
    public static let naiveType: Int8 = 4

    /// Microseconds from 0001-01-01 to 10000-01-01: every body of a time is below this.
    static let microsecondsEnd: UInt64 = 315_537_897_600_000_000

    /// Packs text in its compact form if it has one, else as a string. The bytes must be UTF-8.
    ///
    /// Only texts of 26, 27, 32 or 36 bytes are looked at more closely, which takes tens of
    /// nanoseconds.
    public static func pack(text utf8: Span<UInt8>, into packer: inout Packer) {
        switch utf8.count {
        case 36:
            if let uuid = Scan.uuid(utf8) {
                return packer.packExtension(type: uuidType, bigEndian: uuid.high, uuid.low)
            }
        case 27 where utf8[26] == UInt8(ascii: "Z"):
            if let time = microseconds(utf8) {
                return packer.packExtension(type: zuluType, bigEndian: time)
            }
        case 32 where isZeroOffset(utf8):
            if let time = microseconds(utf8) {
                return packer.packExtension(type: offsetType, bigEndian: time)
            }
        case 26:
            if let time = microseconds(utf8) {
                return packer.packExtension(type: naiveType, bigEndian: time)
            }
        default: break
        }
        packer.packString(utf8)
    }

    /// Appends the text an extension value stands for.
    /// - Throws: `invalidRecord` for another type, another length or a time after year 9999.
    public static func expand(
        type: Int8, _ body: Span<UInt8>, appendingTo out: inout [UInt8]
    ) throws(RecordError) {
        try check(type: type, body)
        if type == uuidType {
            return out.appendUUID(
                high: Scan.word64(body, at: 0).byteSwapped,
                low: Scan.word64(body, at: 8).byteSwapped)
        }
        appendTime(Scan.word64(body, at: 0).byteSwapped, to: &out)
        switch type {
        case zuluType: out.append(UInt8(ascii: "Z"))
        case offsetType: out.append(contentsOf: [0x2b, 0x30, 0x30, 0x3a, 0x30, 0x30])
        default: break
        }
    }

    /// Checks that an extension value is one of those above.
    /// - Throws: `invalidRecord`.
    static func check(type: Int8, _ body: Span<UInt8>) throws(RecordError) {
        if type == uuidType && body.count == 16 { return }
        if type >= zuluType && type <= naiveType && body.count == 8
            && Scan.word64(body, at: 0).byteSwapped < microsecondsEnd
        {
            return
        }
        throw RecordError(
            .invalidRecord,
            "extension type \(type) with \(body.count) bytes is not one that records use")
    }

    /// True if bytes 26 to 31 are `+00:00`.
    private static func isZeroOffset(_ text: Span<UInt8>) -> Bool {
        text[26] == 0x2b && text[27] == 0x30 && text[28] == 0x30 && text[29] == 0x3a
            && text[30] == 0x30 && text[31] == 0x30
    }
}

extension CompactText {
    /// The first 26 bytes, `YYYY-MM-DDTHH:MM:SS.ffffff`, as microseconds since 0001-01-01; nil when
    /// they are not exactly that, or the date, hour, minute or second does not exist.
    private static func microseconds(_ text: Span<UInt8>) -> UInt64? {
        guard text[4] == 0x2d, text[7] == 0x2d, text[10] == 0x54, text[13] == 0x3a,
            text[16] == 0x3a,
            text[19] == 0x2e
        else { return nil }
        var bad = false
        let year = pair(text, 0, &bad) * 100 + pair(text, 2, &bad)
        let date = CivilDate(year: year, month: pair(text, 5, &bad), day: pair(text, 8, &bad))
        let hour = pair(text, 11, &bad)
        let minute = pair(text, 14, &bad)
        let second = pair(text, 17, &bad)
        let micros =
            pair(text, 20, &bad) * 10_000 + pair(text, 22, &bad) * 100 + pair(text, 24, &bad)
        guard !bad, year >= 1, date.isValid, hour < 24, minute < 60, second < 60 else { return nil }
        let seconds = date.dayNumber * 86_400 + hour * 3600 + minute * 60 + second
        return UInt64(seconds * 1_000_000 + micros)
    }

    /// Two decimal digits; sets `bad` when they are not.
    @inline(__always)
    private static func pair(_ text: Span<UInt8>, _ index: Int, _ bad: inout Bool) -> Int {
        let tens = Int(text[index]) - 0x30
        let units = Int(text[index + 1]) - 0x30
        if tens < 0 || tens > 9 || units < 0 || units > 9 { bad = true }
        return tens * 10 + units
    }

    /// Appends `YYYY-MM-DDTHH:MM:SS.ffffff`.
    static func appendTime(_ microseconds: UInt64, to out: inout [UInt8]) {
        let seconds = Int(microseconds / 1_000_000)
        let date = CivilDate(dayNumber: seconds / 86_400)
        let time = seconds % 86_400
        let fraction = Int(microseconds % 1_000_000)
        func two(_ value: Int) {
            out.append(UInt8(0x30 + value / 10))
            out.append(UInt8(0x30 + value % 10))
        }
        two(date.year / 100)
        two(date.year % 100)
        out.append(0x2d)
        two(date.month)
        out.append(0x2d)
        two(date.day)
        out.append(0x54)
        two(time / 3600)
        out.append(0x3a)
        two(time / 60 % 60)
        out.append(0x3a)
        two(time % 60)
        out.append(0x2e)
        two(fraction / 10_000)
        two(fraction / 100 % 100)
        two(fraction % 100)
    }
}
