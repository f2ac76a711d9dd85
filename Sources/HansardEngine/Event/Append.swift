import HansardRecords

/// Events to append together: all of them or none, whatever streams they belong to.
public struct Append: Sendable {
    public var events: [Event]
    /// The conditions that must hold at the head for the append to happen, before any of its
    /// events.
    public var expecting: [StreamName: ExpectedRevision]

    public init(_ events: [Event], expecting: [StreamName: ExpectedRevision] = [:]) {
        self.events = events
        self.expecting = expecting
    }
}

extension Append {
    /// The bytes its events hold.
    var bytesCount: Int {
        events.reduce(0) { $0 + $1.data.bytes.count + $1.metadata.bytes.count }
    }

    /// An error when an id is used twice: events and claims of one append share the ids' space too.
    func refusalOfDoubleIDs() -> HansardError? {
        if events.count == 1 && events[0].claims.isEmpty { return nil }
        var ids = Set<Identifier>(minimumCapacity: events.count)
        for event in events {
            for id in [event.id] + event.claims.filter({ $0 != event.id })
            where !ids.insert(id).inserted {
                return HansardError(
                    .invalidArgument, "the id \(id.text) is used twice in one append",
                    stream: event.stream)
            }
        }
        return nil
    }
}

/// The place where an append's events stand.
public struct Appended: Sendable, Equatable {
    /// Position of each event, in the order given.
    public let positions: [Position]
    /// True when every event was there already and nothing was added.
    public let wasRepeated: Bool

    public var first: Position { positions[0] }
    public var last: Position { positions[positions.count - 1] }
}
