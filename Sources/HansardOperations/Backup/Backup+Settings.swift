import HansardEngine
public import HansardRecords

extension Backup {
    /// The settings of a backup's files. The defaults were not compared with
    /// others.
    public struct Settings: Sendable {
        /// The open segment is sealed when it is this large…
        public var segmentBytesMax = 64 << 20
        /// …or this old.
        public var segmentAge = Duration.seconds(86_400)
        /// A block ends at this many bytes before compression, or at 8,192 events.
        public var blockBytes = 4 << 20
        /// Level of zstd, 1 to 19.
        public var compressionLevel = 3
        /// Threads that read and compress.
        public var threads = 2
        /// Written, but not counted yet: at most so old.
        public var flushAge = Duration.milliseconds(500)
        /// A directory outside the store that keeps its latest checkpoint: the log is compared with
        /// that too.
        public var checkpointDirectory: String?
        /// The clock that times of files come from, to the microsecond.
        public var clock = Store.Settings().clock

        /// The clock's time as files keep it: microseconds since 1970-01-01T00:00:00Z.
        var now: Int64 { clock().microsecondsSinceUnixEpoch }

        static let blockEventsMax: UInt64 = 8_192

        public init() {}
    }
}
