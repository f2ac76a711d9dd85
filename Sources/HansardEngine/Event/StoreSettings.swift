private import HansardBindings
public import HansardRecords
public import Logging

/// The settings with which a store is opened. The defaults were chosen by measurement
/// (docs/BENCHMARKS.md).
public struct StoreSettings: Sendable {
    /// Largest size of one event's MessagePack, in bytes.
    public var eventBytesMax = 16 << 20
    /// The most one append may hold, in events and in bytes of their data.
    public var appendEventsMax = 10_000
    public var appendBytesMax = 64 << 20
    /// Level of zstd, 1 to 12.
    public var compressionLevel = 3
    /// The tail is written to the index when it holds this many events…
    public var flushEventsMax = 32_000
    /// …or this many bytes…
    public var flushBytesMax = 16 << 20
    /// …or when its oldest event is this old. Appends wait at twice the first two.
    public var flushAge = Duration.seconds(1)
    /// When opening had to fold this many events, they are flushed though nothing is appended.
    public var openingFoldEventsMax = 4_096
    /// Appends that may wait for the writer, in events and bytes. More wait outside, in their
    /// callers.
    public var queueEventsMax = 16_384
    public var queueBytesMax = 32 << 20
    /// The most one commit takes, in events and bytes of frames.
    public var groupEventsMax = 4_096
    public var groupBytesMax = 8 << 20
    /// A soft limit for the size of the log's file, in bytes; appends beyond it are refused.
    public var logBytesMax = 1 << 40
    /// Opens a store on a network or user-space file system, where LMDB's locks are not reliable.
    public var allowsNetworkFileSystem = false
    /// Keeps the log's Merkle tree current, which signed checkpoints and proofs need. Without it
    /// appends are some percent faster, and the next opening with it folds what is missing.
    public var keepsTree = true
    /// The external directory: the latest checkpoint is copied there. Only a checkpoint outside the
    /// store directory can reveal that the whole directory was rolled back.
    public var checkpointDirectory: String?
    /// The checkpoint command: the shell runs it after each new checkpoint, with its file as `$1`.
    /// It runs on a thread of its own; closing the store waits for it.
    public var checkpointCommand: String?
    /// The time after which that command is killed. Closing the store waits for it so long.
    public var checkpointCommandLimit = Duration.seconds(60)
    /// Called once when signing a flush or copying its checkpoint fails, and again after a success
    /// or for another failure. Appends continue. The thread that writes the index calls it and
    /// waits; it must not call the store.
    public var checkpointFailed: (@Sendable (HansardError) -> Void)?
    /// Which program, or who with it, does what is done to the store itself: the actor of
    /// operators' acts that name none, such as the swap to an index it builds in the background.
    /// Events that callers append have the actor they are given.
    public var actor: String?
    /// Opens nothing for writing; appends are refused and the index is never flushed.
    public var isReadOnly = false
    /// The upcasters, which make events of older shapes current when they are read.
    public var upcasters = Upcasters()
    /// The reaction to projections that the index does not hold in this program's versions.
    public var changedUnits = ChangedUnits.build
    /// A unit the index has never had is folded while the store is opened when the log has so many
    /// events at most; in a longer one it is built as a changed one is.
    public var newUnitEventsMax = 100_000
    /// Receives what happens on the store's own threads, which have no caller to throw to: what
    /// stops writes, delays the index or a checkpoint, and moves to another generation. By default
    /// nothing is logged. Failures of calls are thrown, not logged.
    public var logger = Logger(label: "hansard") { _ in SwiftLogNoOpLogHandler() }
    /// The clock that recorded times come from, to the microsecond.
    public var clock: @Sendable () -> Instant = {
        Instant(microsecondsSinceUnixEpoch: Int64(SystemClock.wallMicroseconds))
    }

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
                "Settings.eventBytesMax must be at most \(Layout.eventBytesHardMax) bytes")
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
            throw HansardError(.invalidArgument, "Settings.compressionLevel must be 1 to 12")
        }
        guard flushAge >= .zero, flushAge <= .seconds(3_600) else {
            throw HansardError(
                .invalidArgument, "Settings.flushAge must be between 0 and 3,600 seconds")
        }
    }
}
