import Hansard
import HansardBindings
import HansardRecords

/// The request of one line of the input.
struct ImportLine: Sendable {
    enum Content: Sendable {
        case message(PreparedAppend)
        case session(Identifier, Record, PreparedAppend)
        /// The append is for the case that the agent is new.
        case agent(Identifier, Record, Provenance?, PreparedAppend)
        case operation(ImportedOperation, Provenance?)
        case failure(ImportFailure)
        /// The store's failure to take a line in, which the line is not to blame for.
        case broken(HansardError)
    }

    let number: Int
    let content: Content
}

/// Turns lines of JSON into appends. Made for one thread; its buffers are used again for each line.
struct ImportEncoder {
    let store: Store
    /// True if lines may say who did it and why.
    let takesProvenance: Bool
    private var reader = JSONReader()
    /// Set while the line is one level deeper than a record may be.
    private var deepFault: RecordError?

    init(store: Store, takesProvenance: Bool) {
        self.store = store
        self.takesProvenance = takesProvenance
    }

    mutating func encode(_ chunk: LineChunk) -> [ImportLine] {
        if let bytes = chunk.oversizedBytes {
            return [
                failure(
                    chunk.firstLine,
                    HansardError(
                        .tooLarge,
                        "the line has \(bytes) bytes, and a record at most "
                            + "\(store.settings.eventBytesMax)",
                        advice: .split(orRaise: nil)))
            ]
        }
        var lines: [ImportLine] = []
        var number = chunk.firstLine
        var rest = chunk.bytes.span
        while !rest.isEmpty {
            let length = Scan.firstNewline(in: rest) ?? rest.count
            if let line = encode(line: rest.extracting(first: length), number: number) {
                lines.append(line)
            }
            rest = rest.extracting(droppingFirst: min(rest.count, length + 1))
            number += 1
        }
        return lines
    }

    /// Nil for a blank line.
    private mutating func encode(line: Span<UInt8>, number: Int) -> ImportLine? {
        var isBlank = true
        for index in 0..<line.count where !Self.isWhiteSpace(line[index]) {
            isBlank = false
            break
        }
        if isBlank { return nil }
        do {
            try parse(line)
            return ImportLine(number: number, content: try content(of: line))
        } catch let error as RecordError {
            return ImportLine(
                number: number,
                content: .failure(
                    ImportFailure(
                        line: number, column: error.column,
                        HansardError(error, what: what(error, in: line)))))
        } catch {
            return failure(number, .wrapping(error, doing: "importing the line"))
        }
    }

    /// A line holds what was changed, or a record whole, one level deeper than the record it is
    /// for.
    private mutating func parse(_ line: Span<UInt8>) throws(RecordError) {
        deepFault = nil
        do { return try reader.parse(line) } catch {
            guard error.code == .tooDeep else { throw error }
            try reader.parse(line, levelsMax: 65)
            deepFault = error
        }
    }

    /// The fault in a text, with the key that is there twice.
    private func what(_ error: RecordError, in line: Span<UInt8>) -> String {
        guard error.code == .duplicateKey, let column = error.column, column < line.count else {
            return error.field.map { "the field '\($0)': \(error.what)" } ?? error.what
        }
        // The column is that of the quote before the key.
        let rest = (column..<min(column + Self.shownKeyBytesMax, line.count)).map { line[$0] }
        let key = rest.prefix { $0 != UInt8(ascii: "\"") }
        return "'\(String(decoding: key, as: UTF8.self))': \(error.what)"
    }

    private static let shownKeyBytesMax = 64

    /// The white space of JSON.
    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }

    private mutating func content(of line: Span<UInt8>) throws -> ImportLine.Content {
        let provenance = try provenance(in: line)
        if reader.field("op", is: "create_message", in: line) {
            let record = try created(in: line)
            return .message(
                try prepare(ChatEvents.messageCreated(record), provenance))
        }
        if reader.field("op", is: "create_session", in: line) {
            let id = try required("session_id", in: line)
            let record = try created(in: line, id: "session_id")
            return .session(
                id, record, try prepare(ChatEvents.sessionCreated(id, record), provenance))
        }
        if reader.field("op", is: "register_agent", in: line) {
            let id = try required("agent_id", in: line)
            let card = try created(in: line, id: "agent_id")
            return .agent(
                id, card, provenance,
                try prepare(ChatEvents.agentRegistered(id, card, replacing: nil), provenance))
        }
        guard let op = try reader.string("op", in: line) else {
            throw HansardError(
                .invalidArgument,
                "the field 'op' is missing, which names the mutation")
        }
        if let operation = ImportedOperation(op, reader.record(in: line, omitting: ["op"])) {
            return .operation(operation, provenance)
        }
        throw HansardError(
            .invalidArgument,
            "unknown op '\(op)': the known ones are create_session, register_agent, create_message, "
                + ImportedOperation.names.joined(separator: ", "))
    }

    /// The record of a line that creates one.
    private mutating func created(
        in line: Span<UInt8>, id: String? = nil
    ) throws -> Record {
        let own = id.map { [$0] } ?? []
        guard reader.kind(of: LineFields.record, in: line) != nil else {
            if let deepFault { throw deepFault }
            return reader.record(in: line, omitting: ["op", LineFields.provenance] + own)
        }
        return try LineFields.created(in: reader.record(in: line), own: own)
    }

    /// The provenance of the line, where it states one and may.
    private mutating func provenance(in line: Span<UInt8>) throws -> Provenance? {
        guard let kind = reader.kind(of: LineFields.provenance, in: line), takesProvenance else {
            return nil
        }
        guard kind == .object,
            let given = reader.record(in: line).record(LineFields.provenance)
        else {
            throw HansardError(
                .wrongType, "the field '\(LineFields.provenance)' must be an object")
        }
        return try LineFields.provenance(in: given)
    }

    private func prepare(_ append: Append, _ provenance: Provenance?) throws -> PreparedAppend {
        try store.prepare(provenance?.stamp(append, keepsEventID: true) ?? append)
    }

    private func required(_ field: String, in line: Span<UInt8>) throws -> Identifier {
        if let id = try reader.identifier(field, in: line) { return id }
        throw HansardError(.invalidArgument, "the field '\(field)' is missing")
    }

    private func failure(_ number: Int, _ error: HansardError) -> ImportLine {
        ImportLine(
            number: number,
            content: error.code.isAboutTheLine
                ? .failure(ImportFailure(line: number, error)) : .broken(error))
    }
}
