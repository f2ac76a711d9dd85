import HansardBindings
public import HansardEngine
public import HansardRecords

/// Which event a moment became.
public struct RestoreMoment: Sendable, Equatable {
    /// The time asked for.
    public let moment: Instant
    /// The last event recorded at it or before, and when that was.
    public let position: Position
    public let recordedAt: Instant
    /// When the event after it was recorded; nil when there is none.
    public let nextAt: Instant?
    /// Events recorded within a minute of the moment whose recorded time was held back from going
    /// backwards, since the clock had been set back.
    public let clampedCount: Int
    /// The most by which the clock was before a recorded time among them.
    public let clockBehind: Duration
}

extension RestoreMoment {
    private static let near: Int64 = 60_000_000

    /// Finds the moment in a backup. Reads the segment it is in, and of those before the seals.
    ///
    /// Recorded times never go back, so what comes after an event that was recorded later is not
    /// looked at: it may be damaged.
    /// - Throws: `HansardError`: `invalidArgument` when it is before the first event;
    ///   `damagedBackup` for damage before the moment, or where it would be.
    static func find(_ time: Instant, in directory: BackupDirectory) throws -> RestoreMoment {
        let moment = time.microsecondsSinceUnixEpoch
        let chain = try BackupChain(directory)
        for _ in 0..<(try segments(before: moment, in: directory)) { try chain.skipSegment() }
        var found: StoredBlock?
        var after: StoredBlock?
        while after == nil, found.map({ $0.header.lastAt <= moment }) ?? true,
            let block = try chain.nextBlock()
        {
            if block.header.firstAt <= moment { found = block } else { after = block }
        }
        guard let found else { throw try beforeTheFirst(directory) }
        return try RestoreMoment(time, in: found, after)
    }

    /// The number of segments before the one that holds the last event of the moment.
    private static func segments(
        before moment: Int64, in directory: BackupDirectory
    ) throws -> Int {
        let chain = try BackupChain(directory)
        var begunCount = 0
        // The open one has no seal. Where it is torn, that is no damage: its reader knows.
        while let seal = try chain.segment()?.seal, seal.firstAt <= moment {
            begunCount += 1
            if seal.lastAt > moment { break }
            try chain.skipSegment()
        }
        return max(0, begunCount - 1)
    }

    private init(_ time: Instant, in found: StoredBlock, _ after: StoredBlock?) throws {
        let moment = time.microsecondsSinceUnixEpoch
        let decoder = try BlockDecoder()
        let block = try decoder.decode(found)
        let count = block.headers.prefix { $0.recordedAt <= moment }.count
        let following =
            count < block.headers.count
            ? [] : try after.map { try decoder.decode($0).headers } ?? []
        let all = block.headers + following
        let clamped = all.filter {
            $0.clockAt < $0.recordedAt && abs($0.recordedAt &- moment) <= Self.near
        }
        self.moment = time
        position = Position(block.first.rawValue + UInt64(count) - 1)
        recordedAt = Self.instant(block.headers[count - 1])
        nextAt = count < all.count ? Self.instant(all[count]) : nil
        clampedCount = clamped.count
        clockBehind = .microseconds(clamped.map { $0.recordedAt &- $0.clockAt }.max() ?? 0)
    }

    private static func instant(_ header: EventHeader) -> Instant {
        Instant(microsecondsSinceUnixEpoch: header.recordedAt)
    }

    private static func beforeTheFirst(_ directory: BackupDirectory) throws -> HansardError {
        let first = try BackupChain(directory).skipBlock()
        guard let first else {
            return HansardError(
                .invalidArgument, "the backup \(directory.path) holds no event yet",
                path: directory.path)
        }
        return HansardError(
            .invalidArgument,
            "nothing was recorded yet at that time: the first event is of "
                + "\(Instant(microsecondsSinceUnixEpoch: first.firstAt))",
            advice: .useLaterTime, path: directory.path)
    }
}
