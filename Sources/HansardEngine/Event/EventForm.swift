/// In which shape an event is read from the log.
package enum EventForm {
    /// As upcasters make it; one they can't is an error.
    case current
    /// As upcasters make it; one they can't comes as it is stored, with the reason beside it: the
    /// core, which looks at no data, goes on, and projections stop.
    case forFolding
    /// As it is stored.
    case stored
}

/// The reason an event could not be brought into the shape this program knows.
final class EventFault: Sendable {
    let error: HansardError
    /// The types it may be, as far as this program knows.
    let types: Set<EventType>

    init(_ error: HansardError, types: Set<EventType>) {
        self.error = error
        self.types = types
    }
}
