public import Records

/// A fact to record.
///
/// An event holds what was asked and every choice already made ("now", a new expiry), so that a replay
/// never decides anything.
public struct Event: Sendable {
    /// The caller's id for this fact, or a fresh UUID. The same id with the same content is recorded once,
    /// for ever; with other content it is a conflict.
    public var id: Identifier
    public var type: EventType
    public var stream: StreamName
    /// Version of the shape of `data`, from 1. Upcasters make older shapes current on reading.
    public var schemaVersion: Int
    public var lifecycle: Lifecycle
    /// Who appended it: the authenticated principal.
    public var actor: String?
    /// On whose behalf, as the client says; not authenticated.
    public var onBehalfOf: String?
    /// The conversation or request this belongs to.
    public var correlationID: Identifier?
    /// The event or command that caused this one.
    public var causationID: Identifier?
    /// Ids this event takes for ever besides its own, such as the id of the record it creates. They share
    /// one space with event ids.
    public var claims: [Identifier]
    /// What happened.
    public var data: Record
    public var metadata: Record
    /// Names of fields of `data` the store filled in. They are left out when a retry is compared.
    public var filledFields: [String]

    public init(
        id: Identifier = .random(), type: EventType, stream: StreamName, schemaVersion: Int = 1,
        lifecycle: Lifecycle = .continues, actor: String? = nil, onBehalfOf: String? = nil,
        correlationID: Identifier? = nil, causationID: Identifier? = nil,
        claims: [Identifier] = [], data: Record = .empty, metadata: Record = .empty,
        filledFields: [String] = []
    ) {
        self.id = id
        self.type = type
        self.stream = stream
        self.schemaVersion = schemaVersion
        self.lifecycle = lifecycle
        self.actor = actor
        self.onBehalfOf = onBehalfOf
        self.correlationID = correlationID
        self.causationID = causationID
        self.claims = claims
        self.data = data
        self.metadata = metadata
        self.filledFields = filledFields
    }

    /// Whether both state the same fact: everything a caller gave is equal, maps compared without order,
    /// and what the store filled in left out on both sides.
    func isSameFact(as other: Event) -> Bool {
        guard id == other.id, type == other.type, stream == other.stream,
            schemaVersion == other.schemaVersion, lifecycle == other.lifecycle,
            actor == other.actor, onBehalfOf == other.onBehalfOf,
            correlationID == other.correlationID, causationID == other.causationID,
            Set(claims) == Set(other.claims)
        else { return false }
        let filled = Set(filledFields).union(other.filledFields)
        return data.isEquivalent(to: other.data, ignoring: filled)
            && metadata.isEquivalent(to: other.metadata, ignoring: [])
    }
}

/// An event read back from the log: never changed again.
public struct RecordedEvent: Sendable {
    public let position: Position
    public let revision: Revision
    /// Microseconds since 1970-01-01T00:00:00Z; never goes back along positions.
    public let recordedAt: Int64
    /// What the clock said when it was recorded. Differs from `recordedAt` when the clock had gone back.
    public let clockAt: Int64
    /// Position of the event that created this incarnation of the thing the stream is about; nil when there
    /// was none.
    public let entity: Position?
    /// Position of the event before this one in the same stream.
    public let previous: Position?
    public let event: Event
}
