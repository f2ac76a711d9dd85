import Hansard
import HansardRecords

extension GivenEvent {
    /// The expectation that an event is given with: one of the words, or a revision.
    enum Expectation {
        case word(String)
        case revision(Int64)

        /// The expectation in an option's text.
        init(option text: String) {
            self = Int64(text).map { .revision($0) } ?? .word(text)
        }
    }

    /// The parts of an event as options or a line give them. `GivenEvent` checks them.
    struct Fields {
        var stream: String?
        var type: String?
        var id: String?
        var expect: Expectation?
        var actor: String?
        var onBehalfOf: String?
        var correlationID: String?
        var causationID: String?
        var lifecycle: String?
        var schemaVersion: Int64?
        var claims: [String] = []
        var data = Record.empty
        var metadata = Record.empty
    }
}

extension GivenEvent.Fields {
    private static let known: Set<String> = [
        "stream", "type", "data", "id", "expect", "actor", "on_behalf_of", "correlation_id",
        "causation_id", "metadata", "schema_version", "lifecycle", "claims",
    ]
    private static let assigned: Set<String> = [
        "position", "revision", "recorded_at", "clock_at", "entity",
    ]

    /// Reads the fields of a line; a field that is unknown or of another type is a fault.
    init(line: Record) throws(GivenEvent.Fault) {
        for name in line.fieldNames where !Self.known.contains(name) {
            throw Self.unknown(name)
        }
        stream = try Self.text("stream", in: line)
        type = try Self.text("type", in: line)
        id = try Self.text("id", in: line)
        expect = try Self.expectation(in: line)
        actor = try Self.text("actor", in: line)
        onBehalfOf = try Self.text("on_behalf_of", in: line)
        correlationID = try Self.text("correlation_id", in: line)
        causationID = try Self.text("causation_id", in: line)
        lifecycle = try Self.text("lifecycle", in: line)
        schemaVersion = try Self.schemaVersion(in: line)
        claims = try Self.claims(in: line)
        data = try Self.record("data", in: line)
        metadata = try Self.record("metadata", in: line)
    }

    private static func unknown(_ name: String) -> GivenEvent.Fault {
        if assigned.contains(name) {
            return GivenEvent.Fault(name, "is assigned by the store", advice: .leaveOutAssigned)
        }
        return GivenEvent.Fault(
            name, "is unknown; the known fields are \(known.sorted().joined(separator: ", "))")
    }

    private static func text(_ name: String, in line: Record) throws(GivenEvent.Fault) -> String? {
        switch line.field(name) {
        case nil: return nil
        case .string(let text)?: return text
        default: throw GivenEvent.Fault(name, wrongType: "must be text")
        }
    }

    private static func expectation(
        in line: Record
    ) throws(GivenEvent.Fault) -> GivenEvent.Expectation? {
        switch line.field("expect") {
        case nil: return nil
        case .integer(let number)?: return .revision(number)
        case .string(let word)?: return .word(word)
        default: throw GivenEvent.Fault("expect", wrongType: GivenEvent.expectations)
        }
    }

    private static func schemaVersion(in line: Record) throws(GivenEvent.Fault) -> Int64? {
        switch line.field("schema_version") {
        case nil: return nil
        case .integer(let number)?: return number
        default: throw GivenEvent.Fault("schema_version", wrongType: GivenEvent.schemaVersions)
        }
    }

    private static func claims(in line: Record) throws(GivenEvent.Fault) -> [String] {
        let fault = GivenEvent.Fault("claims", wrongType: "must be a list of ids")
        guard let value = line.field("claims") else { return [] }
        guard case .array(let items) = value else { throw fault }
        var claims: [String] = []
        for item in items {
            guard case .string(let text) = item else { throw fault }
            claims.append(text)
        }
        return claims
    }

    private static func record(_ name: String, in line: Record) throws(GivenEvent.Fault) -> Record {
        guard line.contains(name) else { return .empty }
        guard let found = line.record(name) else {
            throw GivenEvent.Fault(name, wrongType: "must be an object")
        }
        return found
    }
}
