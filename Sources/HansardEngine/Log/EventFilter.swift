public import HansardRecords

/// Which events to read. What is not set lets every event through.
public struct EventFilter: Sendable {
    /// Something that has a stream of its own and is named by other events.
    public struct Mention: Sendable {
        public let stream: StreamName
        /// Top-level fields of `data` that name it: with its id as text, or in a list, as text or
        /// as an object's `id`.
        public let fields: [String]

        public init(stream: StreamName, fields: [String]) {
            self.stream = stream
            self.fields = fields
        }
    }

    /// Events of this stream.
    public var stream: StreamName?
    /// Events of one of these types.
    public var types: Set<EventType> = []
    /// Events this principal appended.
    public var actor: String?
    /// Events of the stream, and events that name what it is about.
    public var mention: Mention?
    /// Events after this position…
    public var after = Position.zero
    /// …and up to this one.
    public var through: Position?
    /// Events recorded at this moment or later…
    public var since: Instant?
    /// …and at this one or earlier.
    public var until: Instant?

    public init() {}

    /// Every event.
    public static let all = EventFilter()

    /// True if an event passes. Costs nothing for what is not set; `mention` looks at fields of its
    /// data.
    public func matches(_ recorded: RecordedEvent) -> Bool {
        guard recorded.position > after, recorded.position <= through ?? .max,
            since.map({ recorded.recordedAt >= $0 }) ?? true,
            until.map({ recorded.recordedAt <= $0 }) ?? true
        else { return false }
        let event = recorded.event
        if let stream, event.stream != stream { return false }
        if !types.isEmpty, !types.contains(event.type) { return false }
        if let actor, event.actor != actor { return false }
        return mention?.isMade(by: event) ?? true
    }
}

extension EventFilter.Mention {
    fileprivate func isMade(by event: Event) -> Bool {
        if event.stream == stream { return true }
        let data = event.data
        return fields.contains { data.field($0).map(isNamed) ?? false }
    }

    private func isNamed(in value: Value) -> Bool {
        switch value {
        case .string(let text): isID(text)
        case .array(let items): items.contains(where: isNamedByItem)
        default: false
        }
    }

    private func isNamedByItem(_ item: Value) -> Bool {
        switch item {
        case .string(let text): isID(text)
        case .object(let fields):
            fields.contains { name, value in
                guard name == "id", case .string(let text) = value else { return false }
                return isID(text)
            }
        default: false
        }
    }

    private func isID(_ text: String) -> Bool { (try? Identifier(text)) == stream.id }
}
