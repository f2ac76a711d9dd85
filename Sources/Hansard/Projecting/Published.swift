import Synchronization

/// What the units hold in memory at one position: all a read needs besides the index and the log.
struct Published: Sendable {
    struct Unit: Sendable {
        let tail: UnitTail
        let stop: UnitStop?
    }

    /// By unit number.
    let units: [Unit]
    /// The log's transaction up to which the tails are complete.
    let logTransaction: UInt64

    var core: UnitTail { units[0].tail }
    var end: Position { core.end }
}
