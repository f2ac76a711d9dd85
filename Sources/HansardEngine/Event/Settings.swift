private import HansardBindings

/// What can be set when a store is opened. The defaults were chosen by measurement
/// (docs/BENCHMARKS.md).
public struct Settings: Sendable {
    /// Largest size of one event's MessagePack, in bytes.
    public var eventBytesMax = 16 << 20
    /// What one append may hold at most, in events and in bytes of their data.
    public var appendEventsMax = 10_000
    public var appendBytesMax = 64 << 20
    /// Level of zstd, 1 to 12.
    public var compressionLevel = 3
    /// The tail is written to the index when it holds this many events…
    public var flushEventsMax = 32_000
    /// …or this many bytes…
    public var flushBytesMax = 16 << 20
    /// …or when its oldest event is this old. Appends wait at twice the first two.
    public var flushAgeSeconds = 1.0
    /// When opening had to fold this many events, they are flushed though nothing is appended.
    public var openingFoldEventsMax = 4_096
    /// Appends that may wait for the writer, in events and bytes. More wait outside, in their
    /// callers.
    public var queueEventsMax = 16_384
    public var queueBytesMax = 32 << 20
    /// What one commit takes at most, in events and bytes of frames.
    public var groupEventsMax = 4_096
    public var groupBytesMax = 8 << 20
    /// A soft limit for the size of the log's file, in bytes; appends beyond it are refused.
    public var logBytesMax = 1 << 40
    /// Opens a store on a network or user-space file system, where LMDB's locks are not reliable.
    public var allowsNetworkFileSystem = false
    /// Keeps the log's Merkle tree current, which signed checkpoints and proofs need. Without it
    /// appends are some percent faster, and the next opening with it folds what is missing.
    public var keepsTree = true
    /// A directory outside the store where the latest checkpoint is kept too. Rollback of the whole
    /// store can be seen only by what is elsewhere.
    public var checkpointDirectory: String?
    /// A shell command that takes a new checkpoint elsewhere; its file is `$1`. It runs beside, and
    /// closing the store waits for it.
    public var checkpointCommand: String?
    /// Seconds after which that command is killed. Closing the store waits for it so long.
    public var checkpointCommandSeconds = 60.0
    /// Told why a flush could not be signed, or its checkpoint not be kept elsewhere: once, until
    /// it is mended or something else is in the way. Appends go on. Called from the thread that
    /// writes the index, which waits for it; it must not call the store.
    public var checkpointFailed: (@Sendable (HansardError) -> Void)?
    /// Which program, or who with it, does what is done to the store itself: the actor of
    /// operators' acts that name none, such as the swap to an index it builds in the background.
    /// Events that callers append have the actor they are given.
    public var actor: String?
    /// Opens nothing for writing; appends are refused and the index is never flushed.
    public var isReadOnly = false
    /// How events of older shapes become current when they are read.
    public var upcasters = Upcasters()
    /// What becomes of projections the index does not hold in this program's versions.
    public var changedUnits = ChangedUnits.build
    /// A unit the index has never had is folded while the store is opened when the log has so many
    /// events at most; in a longer one it is built as a changed one is.
    public var newUnitEventsMax = 100_000
    /// The clock, in microseconds since 1970-01-01T00:00:00Z.
    public var clock: @Sendable () -> Int64 = { Int64(SystemClock.wallMicroseconds) }

    public init() {}

    /// Refuses what the store could not work with.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) naming the setting.
    package func validate() throws(HansardError) {
        let positive = [
            ("eventBytesMax", eventBytesMax), ("appendEventsMax", appendEventsMax),
            ("appendBytesMax", appendBytesMax), ("flushEventsMax", flushEventsMax),
            ("flushBytesMax", flushBytesMax), ("queueEventsMax", queueEventsMax),
            ("queueBytesMax", queueBytesMax), ("groupEventsMax", groupEventsMax),
            ("groupBytesMax", groupBytesMax), ("logBytesMax", logBytesMax),
        ]
        for (name, value) in positive where value < 1 {
            throw HansardError(.invalidArgument, "Settings.\(name) must be at least 1")
        }
        guard eventBytesMax <= Layout.eventBytesHardMax else {
            throw HansardError(
                .invalidArgument,
                "Settings.eventBytesMax is at most \(Layout.eventBytesHardMax) bytes")
        }
        guard newUnitEventsMax >= 0 else {
            throw HansardError(.invalidArgument, "Settings.newUnitEventsMax must be at least 0")
        }
        guard actor?.isEmpty != true else {
            throw HansardError(
                .invalidArgument,
                "Settings.actor must not be empty; nil stands for nobody")
        }
        guard (1...12).contains(compressionLevel) else {
            throw HansardError(.invalidArgument, "Settings.compressionLevel is 1 to 12")
        }
        guard flushAgeSeconds >= 0, flushAgeSeconds <= 3_600 else {
            throw HansardError(.invalidArgument, "Settings.flushAgeSeconds is 0 to 3600")
        }
    }
}
