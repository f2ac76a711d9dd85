import Bindings
import Hansard
import Records

/// A line that was not imported, and why.
public struct ImportFailure: Error, Sendable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    /// From 1, in bytes; nil when the line as a whole is meant.
    public let column: Int?
    public let reason: String

    public var description: String {
        column.map { "line \(line), column \($0): \(reason)" } ?? "line \(line): \(reason)"
    }
}

/// What one line of the input asks for.
struct ImportLine: Sendable {
    enum Content: Sendable {
        case message(PreparedAppend)
        case session(Identifier, Record, PreparedAppend)
        /// The append is for the case that the agent is new.
        case agent(Identifier, Record, PreparedAppend)
        case operation(ImportedOperation)
        case failure(ImportFailure)
    }

    let number: Int
    let content: Content
}

/// Turns lines of JSON into appends. Made for one thread; its buffers are used again for each line.
struct ImportEncoder {
    let store: Store
    private var reader = JSONReader()

    init(store: Store) { self.store = store }

    mutating func encode(_ chunk: LineChunk) -> [ImportLine] {
        if let bytes = chunk.oversizedBytes {
            return [
                failure(
                    chunk.firstLine,
                    "the line has \(bytes) bytes, and a record at most "
                        + "\(store.settings.eventBytesMax): split what it holds over several")
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
            try reader.parse(line)
            try checkIDs(in: line)
            return ImportLine(number: number, content: try content(of: line))
        } catch let error as RecordError {
            return ImportLine(
                number: number,
                content: .failure(
                    ImportFailure(
                        line: number, column: error.column, reason: reason(error, in: line))))
        } catch {
            return failure(number, "\(error)")
        }
    }

    /// What is wrong in a text, with the key that is there twice.
    private func reason(_ error: RecordError, in line: Span<UInt8>) -> String {
        guard error.code == .duplicateKey, let column = error.column, column < line.count else {
            return error.field.map { "the field '\($0)': \(error.message)" } ?? error.message
        }
        // The column is that of the quote before the key.
        let rest = (column..<min(column + Self.shownKeyBytesMax, line.count)).map { line[$0] }
        let key = rest.prefix { $0 != UInt8(ascii: "\"") }
        return "'\(String(decoding: key, as: UTF8.self))': \(error.message)"
    }

    private static let shownKeyBytesMax = 64

    /// What JSON takes for white space.
    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }

    private mutating func content(of line: Span<UInt8>) throws -> ImportLine.Content {
        if reader.field("op", is: "create_message", in: line) {
            let record = reader.record(in: line, omitting: ["op"])
            return .message(try store.prepare(ChatEvents.messageCreated(record)))
        }
        if reader.field("op", is: "create_session", in: line) {
            let id = try required("session_id", in: line)
            let record = reader.record(in: line, omitting: ["op", "session_id"])
            return .session(
                id, record, try store.prepare(ChatEvents.sessionCreated(id, record)))
        }
        if reader.field("op", is: "register_agent", in: line) {
            let id = try required("agent_id", in: line)
            let card = reader.record(in: line, omitting: ["op", "agent_id"])
            return .agent(
                id, card, try store.prepare(ChatEvents.agentRegistered(id, card, replacing: nil)))
        }
        guard let op = try reader.string("op", in: line) else {
            throw HansardError(
                .invalidArgument, "the field 'op' is missing: it says what the line is")
        }
        if let operation = ImportedOperation(op, reader.record(in: line, omitting: ["op"])) {
            return .operation(operation)
        }
        throw HansardError(
            .invalidArgument,
            "unknown op '\(op)': known are create_session, register_agent, create_message, "
                + ImportedOperation.names.joined(separator: ", "))
    }

    /// An id with a NUL can't be given on a command line, and comes from nothing but a fault.
    private func checkIDs(in line: Span<UInt8>) throws(HansardError) {
        for field in ["message_uuid", "session_id", "agent_id"] {
            let hasNUL = reader.withText(field, in: line) { text in
                (0..<text.count).contains { text[$0] == 0 }
            }
            if hasNUL == true {
                throw HansardError(
                    .invalidArgument, "the field '\(field)' holds a NUL: ids are text without one")
            }
        }
    }

    private func required(_ field: String, in line: Span<UInt8>) throws -> Identifier {
        if let id = try reader.identifier(field, in: line) { return id }
        throw HansardError(.invalidArgument, "the field '\(field)' is missing")
    }

    private func failure(_ number: Int, _ reason: String) -> ImportLine {
        ImportLine(
            number: number,
            content: .failure(ImportFailure(line: number, column: nil, reason: reason)))
    }
}
