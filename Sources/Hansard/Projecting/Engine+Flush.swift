extension Engine {
    /// Writes the tails to the index, on this thread, and lets go of them.
    func flush() throws {
        let outcome = try Flush(index: index).write(
            units.map { $0.stop == nil ? $0.tail : nil }, stops: units.map(\.stop))
        drop(through: outcome.checkpoints)
    }

    /// `flush`, when catching up has outgrown the tail.
    func flushIfLarge(_ settings: Settings) throws {
        if tailEventsCount >= settings.flushEventsMax || tailBytesCount >= settings.flushBytesMax {
            try flush()
        }
    }
}
