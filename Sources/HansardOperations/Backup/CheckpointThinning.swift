import HansardBindings
import HansardEngine

/// Which checkpoints a backup keeps: a watch gets one a second.
///
/// A restore reads on to the next checkpoint, so what is removed costs time alone: every event
/// before the newest stays proved.
extension BackupCheckpoints {
    private static let hour: Int64 = 3_600_000_000
    private static let day = 24 * hour

    /// Keeps the newest, all that were written in the last hour, the newest of each hour of the
    /// last day, and the newest of each day before that. Hours and days are of UTC, and a
    /// checkpoint's time is its file's.
    ///
    /// Costs a `stat` for each.
    /// - Returns: the names of those removed.
    @discardableResult
    func thin(of logID: String, now: Instant) throws -> [String] {
        let now = now.microsecondsSinceUnixEpoch
        var spans: [Int64: [Position]] = [:]
        for size in try sizes().dropLast().reversed() {
            // Files whose time is ahead of the clock stay until it has passed.
            guard let at = try? FileSystem.information(of: file(size)).modifiedAt,
                now - at >= Self.hour
            else { continue }
            // Below 0 the days, above it the hours.
            let span = now - at >= Self.day ? ~(at / Self.day) : at / Self.hour
            spans[span, default: []].append(size)
        }
        let full = spans.values.filter { $0.count > 1 }
        if full.isEmpty { return [] }
        let reader = try BackupCheckpointReader(self, of: logID)
        return try full.flatMap { try removeOlder($0, reader) }
    }

    /// Removes the checkpoints after the first sound one of `sizes`, which are newest first.
    func removeOlder(
        _ sizes: [Position], _ reader: BackupCheckpointReader
    ) throws -> [String] {
        // What is wrong with one stays for `verify` to say.
        var faults: [HansardError] = []
        guard let kept = try reader.first(of: sizes, noting: &faults) else { return [] }
        let old = sizes.filter { $0.rawValue < kept.size }
        for size in old { try FileSystem.removeFile(file(size)) }
        return old.sorted().map { "\(Self.directory)/\(Self.name($0))" }
    }
}
