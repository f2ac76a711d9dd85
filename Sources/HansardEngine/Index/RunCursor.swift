import HansardBindings

/// A place in a run, walking a range of keys in one direction.
struct RunCursor {
    let run: Run
    private var index: Int
    /// One past the last entry of the range in walking order.
    private let stop: Int
    private let step: Int

    /// Nil when the run has no key in the range.
    init?(_ run: Run, range: KeyRange, direction: Direction) {
        let low = run.lowerBound(range.lower.span)
        let high = range.upper.map { run.lowerBound($0.span) } ?? run.entries.count
        if low >= high { return nil }
        self.run = run
        switch direction {
        case .forwards: (index, stop, step) = (low, high, 1)
        case .backwards: (index, stop, step) = (high - 1, low - 1, -1)
        }
    }

    var isAtEnd: Bool { index == stop }
    var entry: Entry { run.entries[index] }

    mutating func advance() { index += step }
}
