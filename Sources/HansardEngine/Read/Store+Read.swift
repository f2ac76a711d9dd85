import HansardBindings

extension Store {
    /// Lends a view of the store that has every event any process was answered for before this
    /// call.
    ///
    /// Runs on the caller's thread: reads are shorter than a hop to another. Keep `body` short; it
    /// must not wait for anything.
    /// - Throws: what `body` throws, and `HansardError`.
    public func read<Result>(_ body: (ReadView) throws -> Result) throws -> Result {
        if isClosed { throw HansardError(.closed, "the store is closed") }
        return try log.codecs.with { codec in
            // Another process may flush between the two looks; then the index is ahead of the tail.
            for _ in 0..<Self.attemptsMax {
                if let view = try view(of: currentTails(), codec) { return try body(view) }
                try catchUp()
            }
            throw HansardError(
                .busy,
                "other processes flush faster than this one can read",
                advice: .retry)
        }
    }

    /// A view of tails over the index as it is now; nil when the index is ahead of them.
    func view(of tails: Published, _ codec: EventCodec) throws -> ReadView? {
        let reader = try IndexReader(tails.index)
        guard reader.durablePositions.isCovered(by: tails) else { return nil }
        return try ReadView(store: self, published: tails, index: reader, codec: codec)
    }

    private static let attemptsMax = 100

    /// The tails, complete up to the log's head.
    ///
    /// One comparison when nothing was appended since. Otherwise it waits for its turn at the fold:
    /// for the writer to publish what it committed, or to fold what another process did.
    private func currentTails() throws -> Published {
        let published = fold.published
        let last = log.environment.lastTransactionID
        if published.logTransaction == last { return published }
        try catchUp()
        return fold.published
    }
}

extension DurablePositions {
    /// True if no unit's durablePosition is beyond what the tails have folded, nor before their
    /// base.
    func isCovered(by published: Published) -> Bool {
        zip(positions, published.units).allSatisfy { durablePosition, unit in
            unit.stop != nil
                || (unit.tail.base <= durablePosition && durablePosition <= unit.tail.end)
        }
    }
}
