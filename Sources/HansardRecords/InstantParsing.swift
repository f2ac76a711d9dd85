public import HansardBindings

extension Instant {
    /// The instant of a time in text: RFC 3339 (section 5.6) with `Z` or an offset, or without
    /// either, which is then UTC; `T` or a space between date and time; up to nine digits of
    /// fraction; years 1 to 9999.
    ///
    /// `t` and `z` may be lower-case, as RFC 3339 allows. A leap second (`:60`) is taken only where
    /// one can be, in the last minute of a UTC day, and is the same instant as the first second of
    /// the next day.
    /// - Throws: `invalidTime` for everything else: a date alone, week dates, `24:00`, plain
    ///   numbers.
    public init(text utf8: Span<UInt8>) throws(RecordError) {
        var reader = TimeReader(count: utf8.count)
        guard let instant = reader.read(utf8) else {
            throw RecordError(
                .invalidTime, "not a time", advice: .writeAsTime, byteOffset: reader.index)
        }
        self = instant
    }

    /// The instant of a time in text, as `init(text:)` for bytes.
    public init(_ text: String) throws(RecordError) { try self.init(text: text.utf8Span.span) }

    /// The instant of a token that was read from `span`; the compact forms are read without making
    /// text.
    /// - Throws: `wrongType` for a token that is no text, and as `init(text:)`.
    public init(_ token: Unpacker.Token, in span: Span<UInt8>) throws(RecordError) {
        switch token {
        case .string(let range): try self.init(text: span.extracting(range))
        case .ext(let type, let range)
        where type >= CompactText.zuluType && type <= CompactText.naiveType && range.count == 8:
            let micros = Scan.word64(span, at: range.lowerBound).byteSwapped
            guard micros < CompactText.microsecondsEnd else {
                throw RecordError(.invalidRecord, "a time after the year 9999")
            }
            self.init(
                secondsSinceYear1: Int64(micros / 1_000_000),
                nanoseconds: UInt32(micros % 1_000_000) * 1000)
        case .ext:
            throw RecordError(.invalidTime, "an identifier where a time belongs")
        default:
            throw RecordError(
                .wrongType, "a time is text, as RFC 3339 writes it", advice: .quote)
        }
    }
}

/// Reads one time; `index` stays at the fault.
private struct TimeReader {
    var index = 0
    let count: Int

    init(count: Int) { self.count = count }

    mutating func read(_ text: Span<UInt8>) -> Instant? {
        guard let year = digits(4, text), year >= 1, take("-", text), let month = digits(2, text),
            take("-", text), let day = digits(2, text)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.isValid, take("T", text) || take(" ", text) || take("t", text) else {
            return nil
        }
        guard let hour = digits(2, text), hour < 24, take(":", text),
            let minute = digits(2, text), minute < 60, take(":", text),
            let second = digits(2, text), second <= 60
        else { return nil }
        guard let nanoseconds = fraction(text), let offset = offset(text), index == count else {
            return nil
        }
        let start = date.dayNumber * 86_400 + hour * 3600 + minute * 60 - offset
        // A leap second ends the last minute of a UTC day (RFC 3339, section 5.7).
        if second == 60 && (start + 60) % 86_400 != 0 { return nil }
        return Instant(secondsSinceYear1: Int64(start + second), nanoseconds: nanoseconds)
    }

    /// The next so many decimal digits.
    private mutating func digits(_ wanted: Int, _ text: Span<UInt8>) -> Int? {
        var value = 0
        for _ in 0..<wanted {
            guard index < count, text[index] >= 0x30, text[index] <= 0x39 else { return nil }
            value = value * 10 + Int(text[index] - 0x30)
            index += 1
        }
        return value
    }

    /// Moves over one character if it is the wanted one.
    private mutating func take(_ wanted: Unicode.Scalar, _ text: Span<UInt8>) -> Bool {
        guard index < count, text[index] == UInt8(ascii: wanted) else { return false }
        index += 1
        return true
    }

    /// Nanoseconds from a fraction of one to nine digits, 0 when there is none; nil for other
    /// fractions.
    private mutating func fraction(_ text: Span<UInt8>) -> UInt32? {
        guard take(".", text) else { return 0 }
        var value: UInt32 = 0
        var length = 0
        while index < count, length < 9, text[index] >= 0x30, text[index] <= 0x39 {
            value = value * 10 + UInt32(text[index] - 0x30)
            length += 1
            index += 1
        }
        guard length > 0 else { return nil }
        for _ in length..<9 { value *= 10 }
        return value
    }

    /// Seconds east of UTC; 0 for `Z` or nothing.
    private mutating func offset(_ text: Span<UInt8>) -> Int? {
        if index == count || take("Z", text) || take("z", text) { return 0 }
        let sign: Int
        if take("+", text) {
            sign = 1
        } else if take("-", text) {
            sign = -1
        } else {
            return nil
        }
        guard let hours = digits(2, text), hours < 24, take(":", text),
            let minutes = digits(2, text), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
