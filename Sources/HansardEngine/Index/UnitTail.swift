/// The rows that one unit's fold made after its durable position: runs in memory, oldest first.
///
/// A value: its holder sees the unit exactly at `end`, whatever happens after. It overlays
/// any index state with a durablePosition from `base` to `end`, because mutations are absolute.
package struct UnitTail: Sendable {
    /// The runs of some consecutive events, one run for each table of the unit.
    struct Segment: Sendable {
        let after: Position
        let through: Position
        let runs: [Run]

        var eventsCount: Int { Int(through.rawValue - after.rawValue) }
        var bytesCount: Int { runs.reduce(0) { $0 + $1.bytesCount } }
    }

    /// Events up to here are not in the tail; the index has them.
    private(set) var base: Position
    /// The last event folded.
    package private(set) var end: Position
    private(set) var segments: [Segment] = []

    /// Segments are merged until they hold this many events: larger ones would be copied too often
    /// and could be dropped only as a whole.
    static let segmentEventsMax = 16_384

    package init(base: Position) {
        self.base = base
        self.end = base
    }

    package var eventsCount: Int { Int(end.rawValue - base.rawValue) }
    package var bytesCount: Int { segments.reduce(0) { $0 + $1.bytesCount } }

    /// Adds what the fold did for the events after `end` up to `position`.
    ///
    /// Neighbours of similar size are merged, so there are at most about log2(events) segments and
    /// each entry is copied about that often.
    mutating func append(_ runs: [Run], through position: Position) {
        precondition(position > end, "a tail only grows")
        segments.append(Segment(after: end, through: position, runs: runs))
        end = position
        while segments.count >= 2 {
            let last = segments[segments.count - 1]
            let previous = segments[segments.count - 2]
            let total = last.eventsCount + previous.eventsCount
            guard previous.eventsCount <= 2 * last.eventsCount, total <= Self.segmentEventsMax
            else { break }
            segments.removeLast(2)
            segments.append(Self.merging(previous, last))
        }
    }

    private static func merging(_ older: Segment, _ newer: Segment) -> Segment {
        var runs: [Run] = []
        runs.reserveCapacity(older.runs.count)
        for number in older.runs.indices {
            runs.append(Run.merging(older: older.runs[number], newer: newer.runs[number]))
        }
        return Segment(after: older.after, through: newer.through, runs: runs)
    }

    /// Forgets segments the index holds up to `durablePosition`.
    mutating func dropThrough(_ durablePosition: Position) {
        while let first = segments.first, first.through <= durablePosition {
            base = first.through
            segments.removeFirst()
        }
        if segments.isEmpty && durablePosition > base {
            base = max(base, min(durablePosition, end))
        }
    }

    /// The newest mutation of a key, with the run that holds it.
    func find(_ key: Span<UInt8>, table: Int) -> (run: Run, entry: Entry)? {
        var number = segments.count
        while number > 0 {
            number -= 1
            let run = segments[number].runs[table]
            if let entry = run.find(key) { return (run, entry) }
        }
        return nil
    }
}
