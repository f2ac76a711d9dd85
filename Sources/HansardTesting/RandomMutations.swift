public import Hansard
import HansardProjections
import HansardRecords

/// Makes appends such as clients send, good and bad ones, from a seed.
///
/// Generators of one `pool` share the names of sessions and agents and some event ids, so that
/// what they append collides.
public struct RandomMutations: Sendable {
    private var random: SeededGenerator
    private let sessions: [Identifier]
    private let agents: [Identifier]
    /// Ids that every generator of the pool uses now and then.
    private let contested: [Identifier]
    /// The records made lately, to be retried or contradicted.
    private var recent: [Append] = []
    private static let recentMax = 200
    private var events: RandomChatEvents

    public init(_ random: SeededGenerator, pool: UInt64) throws {
        self.random = random
        var shared = SeededGenerator(seed: pool)
        sessions = try Self.names("s", count: 14, using: &shared)
        agents = try Self.names("a", count: 5, using: &shared)
        contested = try Self.names("e", count: 40, using: &shared)
        events = RandomChatEvents(self.random.fork(), ids: sessions + agents)
    }

    /// Names that are hard to tell apart: prefixes of each other, with slashes, of the longest
    /// length.
    private static func names(
        _ letter: String, count: Int, using shared: inout SeededGenerator
    ) throws -> [Identifier] {
        var names = try [
            "\(letter)", "\(letter)/", "\(letter)/\(letter)", "\(letter)\(letter)",
            String(repeating: letter, count: 255), String(repeating: letter, count: 254),
            "\(letter)é", "\(letter)e\u{301}", "\(letter)\u{0}", "\(letter)😀/x",
        ].map { try Identifier($0) }
        for _ in 0..<count { names.append(.random(using: &shared)) }
        return names
    }

    /// The next append. `revision` says how streams stand now, as far as the caller knows.
    public mutating func next(
        revision: (StreamName) throws -> Revision?
    ) throws -> Append {
        let kind = random.below(100)
        if kind < 8, !recent.isEmpty { return random.pick(recent) }
        if kind < 12, !recent.isEmpty { return try contradiction(of: random.pick(recent)) }
        var append: Append
        switch kind {
        case ..<30: append = try sessionCreated()
        case ..<62: append = try messageCreated()
        case ..<66: append = try agentRegistered(revision)
        case ..<70: append = try sessionChanged(revision)
        case ..<82: append = Append([try events.next(stream: anyStream(), id: eventID())])
        case ..<88: append = try several()
        case ..<93: append = try sessionEnded()
        case ..<97: append = try unknownType()
        default: append = try repeatedID()
        }
        try AppendTag.mark(&append, .random(using: &random))
        recent.append(append)
        if recent.count > Self.recentMax { recent.remove(at: random.below(recent.count)) }
        return append
    }

    // MARK: Kinds of appends

    private mutating func sessionCreated() throws -> Append {
        let stream = session(random.pick(sessions))
        let event = Event(
            id: eventID(), type: EventType("session.created"), stream: stream, lifecycle: .begins,
            claims: claims(), data: try record(["title": .string(text())]))
        return Append([event], expecting: [stream: random.chance(85) ? .noStream : .any])
    }

    private mutating func messageCreated() throws -> Append {
        let stream = session(random.pick(sessions))
        return Append([try message(stream)], expecting: [stream: .streamExists])
    }

    private mutating func message(_ stream: StreamName) throws -> Event {
        Event(
            id: eventID(), type: EventType("message.created"), stream: stream,
            actor: random.chance(30) ? text() : nil,
            correlationID: random.chance(20) ? random.pick(contested) : nil, claims: claims(),
            data: try record(["parts": .array([payload()])]),
            metadata: random.chance(10) ? try Record([("k", .string(text()))]) : .empty,
            filledFields: random.chance(15) ? ["created_at"] : [])
    }

    private mutating func agentRegistered(
        _ revision: (StreamName) throws -> Revision?
    ) throws -> Append {
        let stream = StreamName(knownCategory: "agent", id: random.pick(agents))
        let known = try revision(stream)
        let event = Event(
            id: eventID(), type: EventType("agent.registered"), stream: stream,
            lifecycle: known == nil ? .begins : .continues,
            data: try record(["name": .string(text())]))
        return Append([event], expecting: [stream: expectation(known)])
    }

    private mutating func sessionChanged(
        _ revision: (StreamName) throws -> Revision?
    ) throws -> Append {
        let stream = session(random.pick(sessions))
        let event = Event(
            id: eventID(), type: EventType("session.changed"), stream: stream,
            data: try record(["title": .string(text())]))
        return Append([event], expecting: [stream: expectation(try revision(stream))])
    }

    /// Mostly what holds, sometimes one off.
    private mutating func expectation(_ known: Revision?) -> ExpectedRevision {
        guard let known else { return random.chance(80) ? .noStream : .exactly(Revision(0)) }
        if random.chance(70) { return .exactly(known) }
        return .exactly(Revision(known.rawValue + (random.chance(50) ? 1 : 2)))
    }

    private mutating func sessionEnded() throws -> Append {
        let stream = session(random.pick(sessions))
        let event = Event(
            id: eventID(), type: EventType("session.deleted"), stream: stream, lifecycle: .ends)
        return Append([event], expecting: [stream: random.chance(90) ? .streamExists : .any])
    }

    /// One append over several streams, sometimes with one that can't be met.
    private mutating func several() throws -> Append {
        var append = Append([])
        for _ in 0..<random.below(6) + 2 {
            let part: Append
            switch random.below(4) {
            case 0: part = try sessionCreated()
            case 1: part = try unknownType()
            default: part = try messageCreated()
            }
            append.events += part.events
            if random.chance(60) { append.expecting.merge(part.expecting) { first, _ in first } }
        }
        return append
    }

    private mutating func unknownType() throws -> Append {
        let stream = session(random.pick(sessions))
        let event = Event(
            id: eventID(), type: EventType("odd.\(random.below(4))"), stream: stream,
            schemaVersion: 1 + random.below(3), claims: claims(),
            data: try Record([("created_at", .string("not a time")), ("x", payload())]))
        return Append([event])
    }

    /// An id that was used, with other content.
    private mutating func contradiction(of other: Append) throws -> Append {
        var append = other
        let number = random.below(append.events.count)
        append.events[number].data = try record(["contradiction": .string(text())])
        return append
    }

    /// The same id twice in one append.
    private mutating func repeatedID() throws -> Append {
        let stream = session(random.pick(sessions))
        var (one, other) = (try message(stream), try message(stream))
        one.id = .random(using: &random)
        one.claims = []
        other.claims = [one.id]
        if random.chance(50) { (other.id, other.claims) = (one.id, []) }
        return Append([one, other])
    }

    // MARK: Parts of events

    private func session(_ id: Identifier) -> StreamName {
        StreamName(knownCategory: "session", id: id)
    }

    /// Mostly a session's.
    private mutating func anyStream() throws -> StreamName {
        if random.chance(50) { return session(random.pick(sessions)) }
        let category = random.pick(["session", "agent", "context", "task"])
        return try StreamName(category: category, id: random.pick(agents + sessions))
    }

    private mutating func eventID() -> Identifier {
        random.chance(4) ? random.pick(contested) : .random(using: &random)
    }

    private mutating func claims() -> [Identifier] {
        guard random.chance(8) else { return [] }
        return (0..<random.below(4)).map { _ in eventID() }
    }

    /// A record with a time of creation: often the same, out of order, sometimes no time at all.
    private mutating func record(_ fields: KeyValuePairs<String, Value>) throws -> Record {
        var created: Value = .string(time())
        if random.chance(4) { created = random.chance(50) ? .null : .string(text()) }
        return try Record([("created_at", created)] + fields.map { ($0.key, $0.value) })
    }

    private mutating func time() -> String {
        let seconds = random.chance(50) ? 0 : random.below(100_000) - 50_000
        let micros = Int64(1_740_000_000 + seconds) * 1_000_000 + Int64(random.below(3))
        let instant = Instant(microsecondsSinceUnixEpoch: micros)
        return instant.text(random.chance(50) ? .zulu : .zeroOffset)
    }

    private mutating func text() -> String {
        let alphabet = Array("abc \"\\/\n\0é名😀\u{301}\u{2028}")
        return String((0..<random.below(20)).map { _ in random.pick(alphabet) })
    }

    /// Mostly small, seldom of many pages.
    private mutating func payload() -> Value {
        switch random.below(60) {
        case 0: return .string(String(repeating: text() + "x", count: 4_000 + random.below(4_000)))
        case 1...4: return .string((0..<200).map { _ in "\(random.next())" }.joined())
        case 5...14: return .object([])
        default: return .string(text())
        }
    }
}
