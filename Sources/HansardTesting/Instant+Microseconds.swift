public import HansardRecords

extension Instant {
    /// The instant so many microseconds after 1970-01-01T00:00:00Z, for clocks that a test sets.
    public static func microseconds(_ count: Int64) -> Instant {
        Instant(microsecondsSinceUnixEpoch: count)
    }
}
