extension Projector {
    /// Writes the tails to the index, on this thread, and lets go of them.
    ///
    /// - Parameter step: called before each table; when it throws, nothing was written.
    package func flush(step: () throws -> Void = {}) throws {
        let tails = units.map { $0.stop == nil ? $0.tail : nil }
        let outcome = try Flush(index: index).write(
            tails, stops: units.map(\.stop), step: step)
        drop(through: outcome.durablePositions)
    }

    /// `flush`, when catching up has outgrown the tail.
    func flushIfLarge(_ settings: StoreSettings) throws {
        if tailEventsCount >= settings.flushEventsMax || tailBytesCount >= settings.flushBytesMax {
            try flush()
        }
    }
}
