import Hansard
public import HansardRecords

/// The actor of a mutation and the reason. Is part of the envelope of the events it leads to.
public struct Provenance: Sendable {
    /// The authenticated principal.
    public var actor: String?
    /// On whose behalf, as the client says; not authenticated.
    public var onBehalfOf: String?
    /// The conversation or request this belongs to.
    public var correlationID: Identifier?
    /// The event or command that caused it.
    public var causationID: Identifier?
    /// The id of the event, for callers that retry: the same id again records nothing twice. A
    /// message's event always has the message's own id.
    public var eventID: Identifier?

    public init(
        actor: String? = nil, onBehalfOf: String? = nil, correlationID: Identifier? = nil,
        causationID: Identifier? = nil, eventID: Identifier? = nil
    ) {
        self.actor = actor
        self.onBehalfOf = onBehalfOf
        self.correlationID = correlationID
        self.causationID = causationID
        self.eventID = eventID
    }

    func stamp(_ append: Append, keepsEventID: Bool) -> Append {
        var stamped = append
        stamped.events = append.events.map { event in
            var event = event
            event.actor = actor ?? event.actor
            event.onBehalfOf = onBehalfOf
            event.correlationID = correlationID
            event.causationID = causationID
            if let eventID, !keepsEventID, append.events.count == 1 { event.id = eventID }
            return event
        }
        return stamped
    }
}
