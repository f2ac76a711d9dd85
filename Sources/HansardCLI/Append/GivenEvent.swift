import Hansard
import HansardChat
import HansardRecords

/// An event as it is given to `append`: on the command line, or as a line of JSON.
struct GivenEvent {
    /// The fault, and in which field.
    struct Fault: Error {
        let field: String
        let message: String

        init(_ field: String, _ message: String) {
            self.field = field
            self.message = message
        }
    }

    let event: Event
    /// Nil when nothing was said about it.
    let expecting: ExpectedRevision?

    private static let fields: Set<String> = [
        "stream", "type", "data", "id", "expect", "actor", "on_behalf_of", "correlation_id",
        "causation_id", "metadata", "schema_version", "lifecycle", "claims",
    ]
    private static let assigned: Set<String> = [
        "position", "revision", "recorded_at", "clock_at", "entity",
    ]

    /// Reads an event from the fields of a record.
    init(_ record: Record) throws(Fault) {
        for name in record.fieldNames where !Self.fields.contains(name) {
            throw Fault(
                name,
                Self.assigned.contains(name)
                    ? "is given by the store: leave it out, or give lines of another log with --recorded"
                    : "is unknown; known are \(Self.fields.sorted().joined(separator: ", "))")
        }
        expecting = try Self.expectation(in: record)
        var event = Event(
            type: try Self.type(in: record), stream: try Self.stream(in: record),
            schemaVersion: try Self.schemaVersion(in: record),
            lifecycle: try Self.lifecycle(in: record, expecting: expecting),
            actor: try Self.text("actor", in: record) ?? ActingOptions.operatorName,
            onBehalfOf: try Self.text("on_behalf_of", in: record),
            correlationID: try Self.identifier("correlation_id", in: record),
            causationID: try Self.identifier("causation_id", in: record),
            claims: try Self.claims(in: record), data: try Self.record("data", in: record),
            metadata: try Self.record("metadata", in: record))
        if let id = try Self.identifier("id", in: record) { event.id = id }
        self.event = event
    }

    private static func stream(in record: Record) throws(Fault) -> StreamName {
        guard let text = try text("stream", in: record) else {
            throw Fault("stream", "is missing: the event needs one, as category/id")
        }
        let name: StreamName
        do { name = try StreamName(text: text) } catch { throw Fault("stream", error.what) }
        if ReservedNames.isReserved(name.category) {
            throw Fault("stream", "'\(name.category)/…' \(ReservedNames.advice)")
        }
        return name
    }

    private static func type(in record: Record) throws(Fault) -> EventType {
        guard let text = try text("type", in: record) else {
            throw Fault("type", "is missing: what happened, such as deploy.finished")
        }
        guard (1...EventType.bytesMax).contains(text.utf8.count) else {
            throw Fault(
                "type", "an event type is 1 to \(EventType.bytesMax) bytes, not \(text.utf8.count)")
        }
        let type = EventType(text)
        if ReservedNames.isReserved(type) {
            throw Fault("type", "'\(text)' \(ReservedNames.advice)")
        }
        return type
    }

    private static func expectation(in record: Record) throws(Fault) -> ExpectedRevision? {
        switch record.field("expect") {
        case nil: return nil
        case .integer(let number)? where number >= 0: return .exactly(Revision(UInt64(number)))
        case .string("any")?: return .any
        case .string("none")?: return .noStream
        case .string("exists")?: return .streamExists
        default: throw Fault("expect", "must be any, none, exists, or a revision: 0, 1, 2 …")
        }
    }

    private static func lifecycle(
        in record: Record, expecting: ExpectedRevision?
    ) throws(Fault) -> Lifecycle {
        switch try text("lifecycle", in: record) {
        case nil: return expecting == .noStream ? .begins : .continues
        case "continues": return .continues
        case "begins": return .begins
        case "ends": return .ends
        default: throw Fault("lifecycle", "must be begins, continues or ends")
        }
    }

    private static func schemaVersion(in record: Record) throws(Fault) -> Int {
        guard let value = record.field("schema_version") else { return 1 }
        guard case .integer(let number) = value, (1...65_535).contains(number) else {
            throw Fault("schema_version", "must be a whole number from 1 to 65535")
        }
        return Int(number)
    }

    private static func claims(in record: Record) throws(Fault) -> [Identifier] {
        guard let value = record.field("claims") else { return [] }
        guard case .array(let items) = value else { throw Fault("claims", "must be a list of ids") }
        var claims: [Identifier] = []
        for item in items {
            guard case .string(let text) = item else {
                throw Fault("claims", "must be a list of ids")
            }
            claims.append(try identifier(text, field: "claims"))
        }
        return claims
    }

    private static func record(_ field: String, in record: Record) throws(Fault) -> Record {
        guard record.contains(field) else { return .empty }
        guard let found = record.record(field) else { throw Fault(field, "must be an object") }
        return found
    }

    private static func identifier(_ field: String, in record: Record) throws(Fault) -> Identifier?
    {
        guard let text = try text(field, in: record) else { return nil }
        return try identifier(text, field: field)
    }

    private static func identifier(_ text: String, field: String) throws(Fault) -> Identifier {
        do { return try Identifier(text) } catch { throw Fault(field, error.what) }
    }

    private static func text(_ field: String, in record: Record) throws(Fault) -> String? {
        switch record.field(field) {
        case nil: return nil
        case .string(let text)?: return text
        default: throw Fault(field, "must be text")
        }
    }
}

/// Names that belong to the chat domain and to the store itself.
enum ReservedNames {
    private static let names: Set<String> = [
        "agent", "session", "message", "context", "task", "system",
    ]
    static let advice =
        "belongs to the chat domain or the store, whose rules a raw append does not check: use "
        + "'hansard import', or a name of your program's own"

    static func isReserved(_ name: String) -> Bool { names.contains(name) }

    static func isReserved(_ type: EventType) -> Bool {
        isReserved(String(type.rawValue.prefix { $0 != "." }))
    }
}
