import Bindings

/// Which event a moment became.
public struct RestoreMoment: Sendable, Equatable {
    /// What was asked for, in microseconds since 1970-01-01T00:00:00Z, as all times here.
    public let moment: Int64
    /// The last event recorded at it or before, and when that was.
    public let position: Position
    public let recordedAt: Int64
    /// When the event after it was recorded; nil when there is none.
    public let nextAt: Int64?
    /// Events recorded within a minute of the moment whose recorded time was held back from going
    /// backwards, since the clock had been set back.
    public let clampedCount: Int
    /// The most by which the clock was behind a recorded time among them, in microseconds.
    public let clockBehind: Int64
}

extension RestoreMoment {
    private static let near: Int64 = 60_000_000

    /// Finds the moment in a backup. Reads the segment it is in, and of the others the seals.
    ///
    /// - Throws: `HansardError`: `invalidArgument` when it is before the first event;
    ///   `damagedBackup`.
    static func find(_ moment: Int64, in directory: BackupDirectory) throws -> RestoreMoment {
        let chain = try BackupChain(directory)
        let segment = try chain.names.lastIndex { name in
            let reader = try SegmentReader(name, in: directory.path)
            let firstAt = try reader.seal?.firstAt ?? reader.skipBlock()?.firstAt
            return firstAt.map { $0 <= moment } ?? false
        }
        guard let segment else { throw try beforeTheFirst(moment, directory) }
        for _ in 0..<segment { try chain.skipSegment() }
        var found: StoredBlock?
        var after: StoredBlock?
        while after == nil, let block = try chain.nextBlock() {
            if block.header.firstAt <= moment { found = block } else { after = block }
        }
        guard let found else { throw try beforeTheFirst(moment, directory) }
        return try RestoreMoment(moment, in: found, after)
    }

    private init(_ moment: Int64, in found: StoredBlock, _ after: StoredBlock?) throws {
        let decoder = try BlockDecoder()
        let block = try decoder.decode(found)
        let count = block.headers.prefix { $0.recordedAt <= moment }.count
        let following =
            count < block.headers.count ? [] : try after.map { try decoder.decode($0).headers } ?? []
        let all = block.headers + following
        let clamped = all.filter {
            $0.clockAt < $0.recordedAt && abs($0.recordedAt &- moment) <= Self.near
        }
        self.moment = moment
        position = Position(block.first.rawValue + UInt64(count) - 1)
        recordedAt = block.headers[count - 1].recordedAt
        nextAt = count < all.count ? all[count].recordedAt : nil
        clampedCount = clamped.count
        clockBehind = clamped.map { $0.recordedAt &- $0.clockAt }.max() ?? 0
    }

    private static func beforeTheFirst(
        _ moment: Int64, _ directory: BackupDirectory
    ) throws -> HansardError {
        let first = try BackupChain(directory).skipBlock()
        guard let first else {
            return HansardError(
                .invalidArgument, "the backup \(directory.path) holds no event yet")
        }
        return HansardError(
            .invalidArgument,
            "nothing was recorded yet at that time: the first event is of "
                + "\(InstantText.text(first.firstAt)); name that time or a later one")
    }
}
