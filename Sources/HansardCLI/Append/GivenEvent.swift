import Hansard
import HansardChat
import HansardRecords

/// An event as it is given to `append`, checked: on the command line, or as a line of JSON.
struct GivenEvent {
    /// The fault of a field: its name, and an error that does not repeat it.
    struct Fault: Error {
        let field: String
        let error: HansardError

        /// A value that is not allowed.
        init(_ field: String, _ what: String, advice: Advice? = nil) {
            self.init(field, HansardError(.invalidArgument, what, advice: advice))
        }

        /// A value of another type.
        init(_ field: String, wrongType what: String) {
            self.init(field, HansardError(.wrongType, what))
        }

        init(_ field: String, _ error: HansardError) {
            self.field = field
            self.error = error
        }
    }

    let event: Event
    /// Nil when nothing was said about it.
    let expecting: ExpectedRevision?

    static let expectations = "must be any, none, exists, or a revision: 0, 1, 2 …"
    static let schemaVersions = "must be a whole number from 1 to 65535"

    /// Checks the fields and makes the event of them.
    init(_ given: Fields) throws(Fault) {
        expecting = try given.expect.map(Self.expectation)
        var event = Event(
            type: try Self.type(given.type), stream: try Self.stream(given.stream),
            schemaVersion: try Self.schemaVersion(given.schemaVersion),
            lifecycle: try Self.lifecycle(given.lifecycle, expecting: expecting),
            actor: given.actor ?? ActingOptions.operatorName, onBehalfOf: given.onBehalfOf,
            correlationID: try Self.identifier(given.correlationID, "correlation_id"),
            causationID: try Self.identifier(given.causationID, "causation_id"),
            claims: try Self.claims(given.claims), data: given.data, metadata: given.metadata)
        if let id = try Self.identifier(given.id, "id") { event.id = id }
        self.event = event
    }

    private static func stream(_ text: String?) throws(Fault) -> StreamName {
        guard let text else {
            throw Fault("stream", "is missing; every event needs a stream, as category/id")
        }
        let name: StreamName
        do { name = try StreamName(text: text) } catch { throw Fault("stream", error) }
        if ReservedNames.isReserved(name.category) {
            throw Fault(
                "stream", "'\(name.category)/…' \(ReservedNames.fault)", advice: .importMutations)
        }
        return name
    }

    private static func type(_ text: String?) throws(Fault) -> EventType {
        guard let text else {
            throw Fault("type", "is missing; every event needs a type, such as deploy.finished")
        }
        guard (1...EventType.bytesMax).contains(text.utf8.count) else {
            throw Fault(
                "type", "an event type has 1 to \(EventType.bytesMax) bytes, not \(text.utf8.count)"
            )
        }
        let type = EventType(text)
        if ReservedNames.isReserved(type) {
            throw Fault("type", "'\(text)' \(ReservedNames.fault)", advice: .importMutations)
        }
        return type
    }

    private static func expectation(_ given: Expectation) throws(Fault) -> ExpectedRevision {
        switch given {
        case .revision(let number) where number >= 0: .exactly(Revision(UInt64(number)))
        case .word("any"): .any
        case .word("none"): .noStream
        case .word("exists"): .streamExists
        default: throw Fault("expect", expectations)
        }
    }

    private static func lifecycle(
        _ text: String?, expecting: ExpectedRevision?
    ) throws(Fault) -> Lifecycle {
        switch text {
        case nil: expecting == .noStream ? .begins : .continues
        case "continues": .continues
        case "begins": .begins
        case "ends": .ends
        default: throw Fault("lifecycle", "must be begins, continues or ends")
        }
    }

    private static func schemaVersion(_ number: Int64?) throws(Fault) -> Int {
        guard let number else { return 1 }
        guard (1...65_535).contains(number) else { throw Fault("schema_version", schemaVersions) }
        return Int(number)
    }

    private static func claims(_ texts: [String]) throws(Fault) -> [Identifier] {
        var claims: [Identifier] = []
        for text in texts { claims.append(try identifier(text, field: "claims")) }
        return claims
    }

    private static func identifier(_ text: String?, _ field: String) throws(Fault) -> Identifier? {
        guard let text else { return nil }
        return try identifier(text, field: field)
    }

    private static func identifier(_ text: String, field: String) throws(Fault) -> Identifier {
        do { return try Identifier(text) } catch {
            throw Fault(field, HansardError(error, what: error.what))
        }
    }
}

/// Names that belong to the chat domain and to the store itself.
enum ReservedNames {
    private static let names: Set<String> = [
        "agent", "session", "message", "context", "task", "system",
    ]
    static let fault =
        "belongs to the chat domain or the store, and 'append' does not check their rules"

    static func isReserved(_ name: String) -> Bool { names.contains(name) }

    static func isReserved(_ type: EventType) -> Bool {
        isReserved(String(type.rawValue.prefix { $0 != "." }))
    }
}
