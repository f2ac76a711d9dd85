import Synchronization

/// The memory of the units at one position: all a read needs besides the index and the log.
///
/// The generation of the index belongs to it: a tail is never seen over another generation than the
/// one it was folded on.
package struct Published: Sendable {
    package struct Unit: Sendable {
        package let tail: UnitTail
        package let stop: UnitStop?
    }

    package let index: Index
    /// By unit number.
    package let units: [Unit]
    /// The log's transaction up to which the tails are complete.
    let logTransaction: UInt64
    /// The generation the log named last. Another than that of `index` until this process has moved
    /// over.
    package let liveGeneration: UInt64

    /// The value before anything was folded.
    package init(empty index: Index) {
        self.init(index: index, units: [], logTransaction: 0, liveGeneration: index.generation)
    }

    init(index: Index, units: [Unit], logTransaction: UInt64, liveGeneration: UInt64) {
        self.index = index
        self.units = units
        self.logTransaction = logTransaction
        self.liveGeneration = liveGeneration
    }

    /// The tails that may be written to the index, by unit number; nil for a unit that is stopped.
    var flushableTails: [UnitTail?] { units.map { $0.stop == nil ? $0.tail : nil } }

    /// True if the index has the core further than another unit: those who wrote it last do not
    /// keep that one.
    var isAheadAlone: Bool { units.contains { $0.tail.base < core.base } }

    var core: UnitTail { units[0].tail }
    package var end: Position { core.end }
}
