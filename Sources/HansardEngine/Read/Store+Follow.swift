extension Store {
    /// Follows the log: the events after a position, then those to come. `EventSequence` says more.
    ///
    /// - Parameters:
    ///   - position: begin after it; zero for the whole log. A position beyond the head is an error
    ///     when the first event is asked for, because nobody can have seen it.
    ///   - filter: events that do not match are passed over.
    ///   - end: where to end; by default never.
    public func events(
        after position: Position, matching filter: EventFilter = .all,
        through end: EventSequence.End = .never
    ) -> EventSequence {
        EventSequence(store: self, start: position, filter: filter, end: end)
    }
}
