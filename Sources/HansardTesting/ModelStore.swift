public import Hansard
public import HansardRecords

/// The expected content of the store: a plain model of arrays and dictionaries, without any of the
/// projector's code, that can be asked how things stood at any position.
public struct ModelStore: Sendable {
    /// An event with the place the model gives it.
    public struct Recorded: Sendable {
        public let position: UInt64
        public let revision: UInt64
        public let previous: UInt64?
        public let entity: UInt64?
        public let event: Event
    }

    /// The state of a stream after one of its events.
    public struct Head: Sendable, Equatable {
        public var first: UInt64
        public var last: UInt64
        public var revision: UInt64
        /// The event that began the present incarnation; nil when it does not exist.
        public var entity: UInt64?
        public var endedAt: UInt64?
    }

    public enum Verdict: Sendable, Equatable {
        case appended
        case repeated([UInt64])
        case refused(ErrorCode)
    }

    public private(set) var events: [Recorded] = []
    /// The event that holds or claims an id.
    private var holders: [Identifier: UInt64] = [:]
    /// The heads of each stream, oldest first.
    public private(set) var streams: [StreamName: [Head]] = [:]

    public init() {}

    public var end: UInt64 { UInt64(events.count) }

    /// Every id the log knows, in no order.
    public var ids: [Identifier] { Array(holders.keys) }

    /// The position of the event that holds or claims `id`, at most `end`.
    public func holder(of id: Identifier, at end: UInt64) -> UInt64? {
        holders[id].flatMap { $0 <= end ? $0 : nil }
    }

    public func head(of stream: StreamName, at end: UInt64) -> Head? {
        streams[stream]?.last { $0.last <= end }
    }

    /// The outcome of an append when the log ends at `end`.
    public func verdict(on append: Append, at end: UInt64) -> Verdict {
        let given = append.events.flatMap { event in
            [event.id] + event.claims.filter { $0 != event.id }
        }
        if Set(given).count != given.count { return .refused(.invalidArgument) }
        var known: [UInt64] = []
        for event in append.events {
            if let position = holder(of: event.id, at: end) {
                guard isSameFact(events[Int(position) - 1].event, event) else {
                    return .refused(.idConflict)
                }
                known.append(position)
            } else if event.claims.contains(where: { holder(of: $0, at: end) != nil }) {
                return .refused(.idConflict)
            }
        }
        if known.count == append.events.count { return .repeated(known) }
        if !known.isEmpty { return .refused(.idConflict) }
        let holds = append.expecting.allSatisfy { isMet($1, by: head(of: $0, at: end)) }
        return holds ? .appended : .refused(.wrongExpectedRevision)
    }

    private func isMet(_ expected: ExpectedRevision, by head: Head?) -> Bool {
        switch expected {
        case .any: true
        case .noStream: head?.entity == nil
        case .newStream: head == nil
        case .entity(let position): head?.entity == position.rawValue
        case .streamExists: head?.entity != nil
        case .exactly(let revision): head?.revision == revision.rawValue
        }
    }

    /// Puts an event at the end, whatever it is.
    public mutating func record(_ event: Event) {
        let position = end + 1
        let before = head(of: event.stream, at: end)
        var head = Head(first: position, last: position, revision: 0, entity: nil, endedAt: nil)
        if let before {
            head = before
            head.last = position
            head.revision += 1
        }
        if event.lifecycle == .begins { head.entity = position }
        let entity = head.entity
        if event.lifecycle == .ends { (head.entity, head.endedAt) = (nil, position) }
        streams[event.stream, default: []].append(head)
        for id in [event.id] + event.claims where holders[id] == nil { holders[id] = position }
        events.append(
            Recorded(
                position: position, revision: head.revision, previous: before?.last,
                entity: entity, event: event))
    }
}

/// True if two events state the same fact, compared as text of their own.
public func isSameFact(_ a: Event, _ b: Event) -> Bool {
    func parts(_ event: Event) -> [String?] {
        [
            event.id.text, event.type.rawValue, event.stream.category, event.stream.id.text,
            "\(event.schemaVersion) \(event.lifecycle)", event.actor, event.onBehalfOf,
            event.correlationID?.text, event.causationID?.text,
            event.claims.map(\.text).sorted().joined(separator: "\n"),
        ]
    }
    let filled = Set(a.filledFields + b.filledFields)
    return zip(parts(a), parts(b)).allSatisfy {
        $0.map { Array($0.utf8) } == $1.map { Array($0.utf8) }
    }
        && canonical(a.data, without: filled) == canonical(b.data, without: filled)
        && canonical(a.metadata, without: []) == canonical(b.metadata, without: [])
}

/// A record as bytes that do not depend on the order of its fields; nil when it can't be read.
private func canonical(_ record: Record, without names: Set<String>) -> [UInt8]? {
    guard case .object(let fields)? = try? record.value() else { return nil }
    return canonical(.object(fields.filter { !names.contains($0.0) }))
}

private func canonical(_ value: Value) -> [UInt8] {
    switch value {
    case .array(let items):
        Array("[".utf8) + items.flatMap { canonical($0) + [0] } + Array("]".utf8)
    case .object(let fields):
        Array("{".utf8)
            + fields.map { Array($0.utf8) + [0] + canonical($1) }
            .sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 + [0] } + Array("}".utf8)
    case .double(let number): Array("double \(number.bitPattern)".utf8)
    default: Array(value.description.utf8)
    }
}

extension ModelStore {
    /// The model of the events a view has.
    public init(readingTo view: ReadView) throws {
        self.init()
        try follow(view)
    }

    /// Adds the events of a view that are new.
    public mutating func follow(_ view: ReadView) throws {
        try view.forEachEvent(from: Position(end + 1), through: view.position) { record($0.event) }
    }
}

extension ModelStore {
    /// Ids that two events hold or claim.
    public var doubledIDs: [String] {
        events.flatMap { recorded in
            ([recorded.event.id] + recorded.event.claims)
                .filter { holder(of: $0, at: end) != recorded.position }
                .map { "the id \($0) is at \(recorded.position) and before" }
        }
    }
}
