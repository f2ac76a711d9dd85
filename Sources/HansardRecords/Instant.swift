import HansardBindings

/// A moment: seconds since 0001-01-01T00:00:00Z (proleptic Gregorian, no leap seconds) and
/// nanoseconds.
///
/// An instant orders times; the text a record gave is kept beside it. Texts of years 1 to 9999 with
/// an offset may lie up to a day outside those years, a machine's clock anywhere.
public struct Instant: Sendable, Hashable, Comparable {
    /// Whole seconds since 0001-01-01T00:00:00Z.
    public let secondsSinceYear1: Int64
    /// Nanoseconds within the second, below 1,000,000,000.
    public let nanoseconds: UInt32

    /// The seconds of a record's times: the years 1 to 9999 and a day either side.
    public static let secondsRange: Range<Int64> = -86_400..<(315_537_897_600 + 86_400)

    /// Seconds from 0001-01-01 to 1970-01-01.
    public static let unixEpochSeconds: Int64 = 62_135_596_800

    /// The instant of a record's time. Values outside `secondsRange` or a full second of
    /// nanoseconds are misuse and trap.
    public init(secondsSinceYear1: Int64, nanoseconds: UInt32) {
        precondition(Self.secondsRange.contains(secondsSinceYear1), "year outside 1...9999")
        precondition(nanoseconds < 1_000_000_000, "nanoseconds outside 0..<1,000,000,000")
        self.secondsSinceYear1 = secondsSinceYear1
        self.nanoseconds = nanoseconds
    }

    /// The instant so many microseconds after 1970-01-01T00:00:00Z, in whatever year.
    public init(microsecondsSinceUnixEpoch: Int64) {
        let (seconds, micros) = microsecondsSinceUnixEpoch.flooredQuotientAndRemainder(1_000_000)
        secondsSinceYear1 = seconds + Self.unixEpochSeconds
        nanoseconds = UInt32(micros) * 1000
    }

    /// Microseconds since 1970-01-01T00:00:00Z, finer digits cut off.
    public var microsecondsSinceUnixEpoch: Int64 {
        // The first of the two terms may lie beyond the type's bounds where the sum does not.
        (secondsSinceYear1 - Self.unixEpochSeconds) &* 1_000_000 &+ Int64(nanoseconds / 1000)
    }

    public static func < (a: Instant, b: Instant) -> Bool {
        (a.secondsSinceYear1, a.nanoseconds) < (b.secondsSinceYear1, b.nanoseconds)
    }
}

extension Instant {
    /// Bytes of the ordered form.
    public static let orderedByteCount = 9

    /// Appends nine bytes that sort as the instants do: five of seconds (plus a day, so that none
    /// is negative) and four of nanoseconds, both big-endian. A time outside `secondsRange` is
    /// moved to its nearest second.
    public func appendOrdered(to out: inout [UInt8]) {
        let range = Self.secondsRange
        let whole = min(max(secondsSinceYear1, range.lowerBound), range.upperBound - 1)
        let seconds = UInt64(whole - range.lowerBound)
        for shift in stride(from: 32, through: 0, by: -8) {
            out.append(UInt8(truncatingIfNeeded: seconds >> UInt64(shift)))
        }
        for shift in stride(from: 24, through: 0, by: -8) {
            out.append(UInt8(truncatingIfNeeded: nanoseconds >> UInt32(shift)))
        }
    }

    /// The nine ordered bytes.
    public var orderedBytes: [UInt8] {
        var out: [UInt8] = []
        appendOrdered(to: &out)
        return out
    }

    /// The instant of nine ordered bytes; nil when they are not what `appendOrdered` writes.
    public init?(ordered bytes: Span<UInt8>) {
        guard bytes.count == Self.orderedByteCount else { return nil }
        var seconds: Int64 = 0
        for index in 0..<5 { seconds = seconds << 8 | Int64(bytes[index]) }
        seconds += Self.secondsRange.lowerBound
        let nanoseconds = Scan.word32(bytes, at: 5).byteSwapped
        guard Self.secondsRange.contains(seconds), nanoseconds < 1_000_000_000 else { return nil }
        self.init(secondsSinceYear1: seconds, nanoseconds: nanoseconds)
    }
}

extension Instant {
    /// The end of a formatted time.
    public enum Ending: Sendable {
        /// `Z`
        case zulu
        /// `+00:00`, as the store fills in missing times.
        case zeroOffset
    }

    /// `YYYY-MM-DDTHH:MM:SS.ffffff` in UTC with the given ending; finer digits are cut off.
    ///
    /// A time outside the years 1 to 9999 has no such text and is moved to the nearest that has.
    public func text(_ ending: Ending = .zeroOffset) -> String {
        var out: [UInt8] = []
        appendText(ending, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends `text(_:)` as UTF-8.
    public func appendText(_ ending: Ending, to out: inout [UInt8]) {
        let shown = min(max(microsecondsSinceYear1, 0), Self.lastMicrosecond)
        CompactText.appendTime(UInt64(shown), to: &out)
        switch ending {
        case .zulu: out.append(UInt8(ascii: "Z"))
        case .zeroOffset: out.append(contentsOf: Array("+00:00".utf8))
        }
    }
}

extension Instant {
    private static let lastMicrosecond = Int64(CompactText.microsecondsEnd) - 1

    /// Clamped, where a second has so many microseconds that they can't be counted.
    private var microsecondsSinceYear1: Int64 {
        let range = Self.secondsRange
        let seconds = min(max(secondsSinceYear1, range.lowerBound), range.upperBound)
        return seconds * 1_000_000 + Int64(nanoseconds / 1000)
    }

    /// True if `text` says this time to the microsecond.
    package var hasText: Bool { (0...Self.lastMicrosecond).contains(microsecondsSinceYear1) }
}

extension Instant: InstantProtocol {
    /// The instant a span later, to the nanosecond. Beyond what it can hold: misuse, which traps.
    public func advanced(by span: Duration) -> Instant {
        let (seconds, attoseconds) = span.components
        let nanos = Int64(nanoseconds) + attoseconds / 1_000_000_000
        let (carry, rest) = nanos.flooredQuotientAndRemainder(1_000_000_000)
        return Instant(
            anySecondsSinceYear1: secondsSinceYear1 + seconds + carry, nanoseconds: UInt32(rest))
    }

    /// The span from this instant to another one; negative when that is earlier.
    public func duration(to other: Instant) -> Duration {
        .seconds(other.secondsSinceYear1 - secondsSinceYear1)
            + .nanoseconds(Int64(other.nanoseconds) - Int64(nanoseconds))
    }

    private init(anySecondsSinceYear1: Int64, nanoseconds: UInt32) {
        secondsSinceYear1 = anySecondsSinceYear1
        self.nanoseconds = nanoseconds
    }
}

extension Duration {
    /// Seconds, for figures that people read.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// Whole microseconds, finer digits cut off; the largest there is for a longer span.
    package var inMicroseconds: Int64 {
        let (whole, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return components.seconds < 0 ? .min : .max }
        return whole + components.attoseconds / 1_000_000_000_000
    }
}

extension Instant: CustomStringConvertible {
    public var description: String { text(.zulu) }
}

extension Int64 {
    /// Division that rounds down, with a remainder that is never negative.
    func flooredQuotientAndRemainder(_ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
