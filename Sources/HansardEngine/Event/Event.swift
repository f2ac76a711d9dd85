public import HansardRecords

/// A fact to record.
///
/// An event holds what was asked and every choice already made ("now", a new expiry), so that a
/// replay never decides anything. A value: copies share their content until one is changed.
public struct Event: Sendable {
    private var box: EventContent.Box

    /// The caller's id for this fact, or a fresh UUID. The same id with the same content is
    /// recorded once, for ever; with other content it is a conflict.
    public var id: Identifier {
        get { box.content.id }
        set { change { $0.id = newValue } }
    }
    public var type: EventType {
        get { box.content.type }
        set { change { $0.type = newValue } }
    }
    public var stream: StreamName {
        get { box.content.stream }
        set { change { $0.stream = newValue } }
    }
    /// Version of the shape of `data`, from 1. Upcasters make older shapes current on reading.
    public var schemaVersion: Int {
        get { box.content.schemaVersion }
        set { change { $0.schemaVersion = newValue } }
    }
    public var lifecycle: Lifecycle {
        get { box.content.lifecycle }
        set { change { $0.lifecycle = newValue } }
    }
    /// The actor: the authenticated principal who appended it.
    public var actor: String? {
        get { box.content.actor }
        set { change { $0.actor = newValue } }
    }
    /// On whose behalf, as the client says; not authenticated.
    public var onBehalfOf: String? {
        get { box.content.onBehalfOf }
        set { change { $0.onBehalfOf = newValue } }
    }
    /// The conversation or request this belongs to.
    public var correlationID: Identifier? {
        get { box.content.correlationID }
        set { change { $0.correlationID = newValue } }
    }
    /// The event or command that caused this one.
    public var causationID: Identifier? {
        get { box.content.causationID }
        set { change { $0.causationID = newValue } }
    }
    /// Ids this event takes for ever besides its own, such as the id of the record it creates. They
    /// share one space with event ids.
    public var claims: [Identifier] {
        get { box.content.claims }
        set { change { $0.claims = newValue } }
    }
    /// The data of the fact.
    public var data: Record {
        get { box.content.data }
        set { change { $0.data = newValue } }
    }
    public var metadata: Record {
        get { box.content.metadata }
        set { change { $0.metadata = newValue } }
    }
    /// Names of fields of `data` and `metadata` the store filled in. They are left out when a
    /// retry is compared.
    public var filledFields: [String] {
        get { box.content.filledFields }
        set { change { $0.filledFields = newValue } }
    }

    public init(
        id: Identifier = .random(), type: EventType, stream: StreamName, schemaVersion: Int = 1,
        lifecycle: Lifecycle = .continues, actor: String? = nil, onBehalfOf: String? = nil,
        correlationID: Identifier? = nil, causationID: Identifier? = nil,
        claims: [Identifier] = [], data: Record = .empty, metadata: Record = .empty,
        filledFields: [String] = []
    ) {
        box = EventContent.Box(
            EventContent(
                id: id, type: type, stream: stream, schemaVersion: schemaVersion,
                lifecycle: lifecycle, actor: actor, onBehalfOf: onBehalfOf,
                correlationID: correlationID, causationID: causationID, claims: claims,
                data: data, metadata: metadata, filledFields: filledFields))
    }

    private mutating func change(_ body: (inout EventContent) -> Void) {
        var content = box.content
        body(&content)
        box = EventContent.Box(content)
    }

    /// True if both state the same fact: everything a caller gave is equal, maps compared without
    /// order, and what the store filled in left out on both sides.
    func isSameFact(as other: Event) -> Bool {
        guard id == other.id, type == other.type, stream == other.stream,
            schemaVersion == other.schemaVersion, lifecycle == other.lifecycle,
            actor == other.actor, onBehalfOf == other.onBehalfOf,
            correlationID == other.correlationID, causationID == other.causationID,
            Set(claims) == Set(other.claims)
        else { return false }
        let filled = Set(filledFields).union(other.filledFields)
        return data.isEquivalent(to: other.data, ignoring: filled)
            && metadata.isEquivalent(to: other.metadata, ignoring: filled)
    }
}
