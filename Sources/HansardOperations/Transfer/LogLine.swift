import HansardBindings
import HansardEngine
import HansardRecords

/// A line of an exported log. docs/IMPORT.md, "The log itself".
enum LogLine: Sendable {
    case begin(LogLineHeader)
    case event(LogLineEvent)
    case end(LogLineEnd)
}

/// The first line: which log this is, and what of it.
struct LogLineHeader: Sendable {
    static let format: Int64 = 1

    let logID: String
    let ancestry: [LogAncestor]
    let first: Position
    let last: Position
    /// When the last event was recorded.
    let recordedAt: Int64
}

/// One event with its place, as the new log is to have it.
struct LogLineEvent: Sendable {
    let position: Position
    let revision: Revision
    let recordedAt: Int64
    let clockAt: Int64
    let entity: Position?
    let event: Event
    /// MessagePack, as it is stored.
    let payload: [UInt8]
}

/// The last line: that nothing is missing.
struct LogLineEnd: Sendable {
    let last: Position
    /// Root of the log's tree up to `last`; nil when events were left out, hidden or changed.
    let root: MerkleHash?
    /// XXH64 of all lines before it, with their newlines; nil in exports of older programs.
    let checksum: String?

    static func text(checksum: UInt64) -> String {
        let digits = String(checksum, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Reads lines. Not for two threads at once.
final class LogLineReader {
    private var json = JSONReader()
    private var packer = Packer(capacityBytes: 4_096)

    private static let contents = ["data", "metadata", "payload"]

    /// - Throws: `HansardError` naming the fault of the line: `invalidArgument`, `wrongType`,
    ///   `newerFormat`, or the code of a text, id or time that can't be one.
    func line(_ bytes: Span<UInt8>) throws(HansardError) -> LogLine {
        do {
            try json.parse(bytes)
            let fields = json.record(in: bytes, omitting: Self.contents)
            if fields.contains("hansard_log") { return .begin(try header(fields)) }
            if fields.contains("end") { return .end(try end(fields)) }
            return .event(try event(fields, bytes))
        } catch let error as HansardError {
            throw error
        } catch let error as RecordError {
            throw HansardError(error)
        } catch {
            throw .wrapping(error, doing: "reading the line")
        }
    }

    private func header(_ fields: Record) throws -> LogLineHeader {
        let format = fields.integer("hansard_log")
        guard format == LogLineHeader.format else {
            throw HansardError(
                .newerFormat,
                "the export has format \(format.map { "\($0)" } ?? "?"), this program reads "
                    + "\(LogLineHeader.format)",
                advice: .useNewerProgram)
        }
        var ancestry: [LogAncestor] = []
        if case .array(let list)? = fields.field("ancestry") {
            for case .object(let ancestor) in list {
                let fields = try Record(ancestor)
                ancestry.append(
                    LogAncestor(
                        logID: try logID(fields), position: try position("position", fields),
                        recordedAt: try instant("recorded", fields),
                        restoredAt: try instant("restored", fields)))
            }
        }
        return LogLineHeader(
            logID: try logID(fields), ancestry: ancestry, first: try position("from", fields),
            last: try position("to", fields), recordedAt: try time("recorded", fields))
    }

    private func logID(_ fields: Record) throws -> String {
        guard let text = try text("log_id", fields), text.utf8.count == LogAncestor.logIDBytes
        else {
            throw Self.wrong("'log_id' must be the id of a log")
        }
        return text
    }

    private func end(_ fields: Record) throws -> LogLineEnd {
        var root: MerkleHash?
        let expected = (root: "32 bytes in Base64", checksum: "a text of 16 hexadecimal digits")
        if let text = try text("root", fields, expected.root) {
            guard let hash = Base64.bytes(text).flatMap({ MerkleHash($0.span) }) else {
                throw Self.wrong("'root' is \(expected.root)")
            }
            root = hash
        }
        let checksum = try text("checksum", fields, expected.checksum)
        guard checksum != nil || !fields.contains("checksum") else {
            throw Self.wrong("'checksum' is \(expected.checksum)")
        }
        return LogLineEnd(last: try position("end", fields), root: root, checksum: checksum)
    }

    private func event(_ fields: Record, _ bytes: Span<UInt8>) throws -> LogLineEvent {
        let position = try position("position", fields)
        let (event, payload) = try content(fields, bytes, position)
        let recordedAt = try time("recorded", fields)
        return LogLineEvent(
            position: position, revision: Revision(try number("revision", fields)),
            recordedAt: recordedAt,
            clockAt: fields.contains("clock_at") || fields.contains("clock_us")
                ? try time("clock", fields) : recordedAt,
            entity: fields.contains("entity") ? try self.position("entity", fields) : nil,
            event: event, payload: payload)
    }

    private func content(
        _ fields: Record, _ bytes: Span<UInt8>, _ position: Position
    ) throws -> (Event, [UInt8]) {
        let encoded = json.withText("payload", in: bytes) {
            Base64.bytes(String(decoding: Bytes.array($0), as: UTF8.self))
        }
        if let encoded {
            guard let payload = encoded else { throw Self.wrong("'payload' is not Base64") }
            let event = try Self.unpack(payload, position)
            try checkBeside(fields, bytes, payloadOf: event)
            return (event, payload)
        }
        let event = try readableEvent(fields, bytes)
        packer.removeAll()
        EventPayload.pack(event, into: &packer)
        return (event, packer.bytes())
    }

    private static func unpack(_ payload: [UInt8], _ position: Position) throws -> Event {
        do { return try EventPayload.unpack(payload.span, position: position.rawValue) } catch {
            throw wrong(
                "the payload of event \(position) is damaged in the file", advice: .takeWholeFile)
        }
    }

    /// Checks that the readable fields beside a payload agree with it; they are not used.
    private func checkBeside(
        _ fields: Record, _ bytes: Span<UInt8>, payloadOf event: Event
    ) throws {
        let texts = [
            ("id", event.id.text), ("type", event.type.rawValue), ("stream", event.stream.text),
            ("actor", event.actor), ("on_behalf_of", event.onBehalfOf),
            ("correlation_id", event.correlationID?.text),
            ("causation_id", event.causationID?.text),
        ]
        for (name, text) in texts where fields.contains(name) && fields.string(name) != text {
            throw Self.changed(name)
        }
        let (name, version) = ("schema_version", Int64(event.schemaVersion))
        if fields.contains(name) && fields.integer(name) != version { throw Self.changed(name) }
        for name in Self.inPayload where json.kind(of: name, in: bytes) != nil {
            throw Self.wrong(
                "'\(name)' is given beside 'payload', which has it",
                advice: .correct(.leaveOutField))
        }
    }

    private static func changed(_ name: String) -> HansardError {
        wrong("'\(name)' differs from the one in 'payload': one of them was changed")
    }

    private static let inPayload = ["data", "metadata", "claims", "filled_fields", "lifecycle"]

    private func readableEvent(_ fields: Record, _ bytes: Span<UInt8>) throws -> Event {
        guard let id = try fields.identifier("id"), let type = try text("type", fields),
            let stream = try text("stream", fields)
        else {
            throw Self.wrong("'id', 'type', 'schema_version', 'stream' and 'data' must be present")
        }
        guard let version = Int(exactly: try number("schema_version", fields)) else {
            throw Self.wrong("'schema_version' is too large")
        }
        let lifecycle: Lifecycle
        switch try text("lifecycle", fields) {
        case nil: lifecycle = .continues
        case "begins": lifecycle = .begins
        case "ends": lifecycle = .ends
        default: throw Self.wrong("'lifecycle' must be begins or ends")
        }
        return Event(
            id: id, type: EventType(type), stream: try StreamName(text: stream),
            schemaVersion: version, lifecycle: lifecycle, actor: try text("actor", fields),
            onBehalfOf: try text("on_behalf_of", fields),
            correlationID: try fields.identifier("correlation_id"),
            causationID: try fields.identifier("causation_id"),
            claims: try texts("claims", fields).map { try Identifier($0) },
            data: try object("data", bytes), metadata: try object("metadata", bytes),
            filledFields: try texts("filled_fields", fields))
    }

    private func texts(_ name: String, _ fields: Record) throws -> [String] {
        guard let value = fields.field(name) else { return [] }
        guard case .array(let values) = value else {
            throw Self.wrongType("'\(name)' must be a list")
        }
        return try values.map { value in
            guard case .string(let text) = value else {
                throw Self.wrongType("'\(name)' must be a list of texts")
            }
            return text
        }
    }

    private func object(_ name: String, _ bytes: Span<UInt8>) throws -> Record {
        guard let kind = json.kind(of: name, in: bytes) else {
            if name == "metadata" { return .empty }
            throw Self.wrong("'\(name)' is missing")
        }
        guard kind == .object else { throw Self.wrongType("'\(name)' must be an object") }
        packer.removeAll()
        _ = json.packField(name, in: bytes, into: &packer)
        return Record(trusting: packer)
    }

    private func position(_ name: String, _ fields: Record) throws -> Position {
        Position(try number(name, fields))
    }

    private func number(_ name: String, _ fields: Record) throws -> UInt64 {
        switch fields.field(name) {
        case .integer(let number)? where number >= 0: return UInt64(number)
        case nil, .null?, .integer?, .unsigned?:
            throw Self.wrong("'\(name)' must be a number from 0")
        default: throw Self.wrongType("'\(name)' must be a number from 0")
        }
    }

    /// The text of a field; nil if it is absent or null.
    private func text(
        _ name: String, _ fields: Record, _ expected: String = "a text"
    ) throws -> String? {
        switch fields.field(name) {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw Self.wrongType("'\(name)' is \(expected)")
        }
    }

    private func instant(_ name: String, _ fields: Record) throws -> Instant {
        Instant(microsecondsSinceUnixEpoch: try time(name, fields))
    }

    /// `NAME_us` when it is there, else `NAME_at`: microseconds since 1970-01-01T00:00:00Z.
    private func time(_ name: String, _ fields: Record) throws -> Int64 {
        if let exact = fields.integer("\(name)_us") { return exact }
        guard let time = try fields.instant("\(name)_at") else {
            throw Self.wrong("'\(name)_at' must be a time")
        }
        return time.microsecondsSinceUnixEpoch
    }

    private static func wrong(_ what: String, advice: Advice? = nil) -> HansardError {
        HansardError(.invalidArgument, what, advice: advice)
    }

    private static func wrongType(_ what: String) -> HansardError {
        HansardError(.wrongType, what)
    }
}
