import HansardRecords

/// Microseconds since 1970-01-01T00:00:00Z as text, for messages.
package enum InstantText {
    /// A clock may say anything; times as text are those of the years 1 to 9999.
    private static let years =
        -62_135_596_800_000_000...253_402_300_799_999_999 as ClosedRange<Int64>

    /// True if the text says exactly this time.
    package static func isExact(_ microseconds: Int64) -> Bool { years.contains(microseconds) }

    /// `2025-03-03T07:00:20.189781Z`
    package static func text(_ microseconds: Int64) -> String {
        let shown = min(max(microseconds, years.lowerBound), years.upperBound)
        return Instant(microsecondsSinceUnixEpoch: shown).text(.zulu)
    }
}
