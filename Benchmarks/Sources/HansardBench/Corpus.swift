import Foundation
import Hansard
import HansardBindings
import HansardChat
import HansardRecords

/// The records of JSON Lines files, in order of `created_at`, held packed and ready to be repeated.
struct Corpus: Sendable {
    /// Where an event's data holds what each repetition changes.
    struct Patches: Sendable {
        /// Offset of sixteen bytes of UUID, and its number in the corpus.
        var ids: [(offset: Int, number: Int)] = []
        /// Offsets of eight bytes of time.
        var times: [Int] = []
    }

    struct Template: Sendable {
        let event: Event
        /// Numbers of the ids of the event and of its session; nil for what keeps its own.
        let id: Int?
        let session: Int?
        let patches: Patches
    }

    private(set) var templates: [Template] = []
    /// Numbers of the ids that are replaced: those of sessions and messages.
    private var numbers: [Identifier: Int] = [:]
    /// From the first record to the last, and a second more.
    private(set) var lengthMicroseconds: UInt64 = 1_000_000

    /// Loads files, plain or compressed with zstd.
    init(files: [String]) throws {
        var reader = JSONReader()
        var records: [(created: Instant, op: String, record: Record)] = []
        for file in files {
            let bytes = try Self.contents(of: file)
            var rest = bytes.span
            while !rest.isEmpty {
                let length = Scan.firstNewline(in: rest) ?? rest.count
                let line = rest.extracting(first: length)
                rest = rest.extracting(droppingFirst: min(rest.count, length + 1))
                if line.isEmpty { continue }
                try reader.parse(line)
                guard let op = try reader.string("op", in: line),
                    let created = try reader.instant("created_at", in: line)
                else {
                    throw HansardError(.invalidArgument, "a line of \(file) is no mutation")
                }
                records.append((created, op, reader.record(in: line, omitting: ["op"])))
            }
        }
        try add(records)
    }

    private static func contents(of file: String) throws -> [UInt8] {
        let stored = [UInt8](try Data(contentsOf: URL(filePath: file)))
        guard file.hasSuffix(".zst") else { return stored }
        var stream = try StreamDecompressor(maximumOutput: 4 << 30)
        var bytes: [UInt8] = []
        try stream.decompress(stored.span, appendingTo: &bytes)
        return bytes
    }

    private mutating func add(
        _ records: [(created: Instant, op: String, record: Record)]
    ) throws {
        let order = records.indices.sorted { (records[$0].created, $0) < (records[$1].created, $1) }
        guard let first = order.first, let last = order.last else {
            throw HansardError(.invalidArgument, "the corpus is empty")
        }
        lengthMicroseconds += UInt64(
            records[last].created.microsecondsSinceUnixEpoch
                - records[first].created.microsecondsSinceUnixEpoch)
        templates.reserveCapacity(records.count)
        for index in order {
            templates.append(try template(records[index].op, records[index].record))
        }
    }

    private mutating func template(_ op: String, _ record: Record) throws -> Template {
        switch op {
        case "create_session":
            let id = try required("session_id", of: record)
            let data = record.removing("session_id")
            let event = try ChatEvents.sessionCreated(id, data).events[0]
            let session = number(of: id)
            return Template(
                event: event, id: nil, session: session, patches: patches(of: data.bytes))
        case "create_message":
            let session = numbers[try required("session_id", of: record)]
            guard let session else {
                throw HansardError(
                    .invalidArgument, "a message of the corpus is before its session")
            }
            let id = number(of: try required("message_uuid", of: record))
            let event = try ChatEvents.messageCreated(record).events[0]
            return Template(
                event: event, id: id, session: session, patches: patches(of: record.bytes))
        case "register_agent":
            let id = try required("agent_id", of: record)
            let card = record.removing("agent_id")
            let event = try ChatEvents.agentRegistered(id, card, replacing: nil).events[0]
            return Template(event: event, id: nil, session: nil, patches: patches(of: card.bytes))
        default: throw HansardError(.invalidArgument, "unknown op '\(op)'")
        }
    }

    private func required(_ field: String, of record: Record) throws -> Identifier {
        if let id = try record.identifier(field) { return id }
        throw HansardError(.invalidArgument, "a line of the corpus has no '\(field)'")
    }

    private mutating func number(of id: Identifier) -> Int {
        if let known = numbers[id] { return known }
        numbers[id] = numbers.count
        return numbers.count - 1
    }

    /// Finds the ids of the corpus and the times among the top-level fields of packed data.
    private func patches(of data: [UInt8]) -> Patches {
        var patches = Patches()
        let span = data.span
        var unpacker = Unpacker()
        guard case .map(let fields)? = try? unpacker.next(in: span) else { return patches }
        for _ in 0..<fields {
            guard case .string? = try? unpacker.next(in: span) else { return patches }
            let value = unpacker
            guard (try? unpacker.skipValue(in: span)) != nil else { return patches }
            var field = value
            guard case .ext(let type, let body)? = try? field.next(in: span) else { continue }
            if type != CompactText.uuidType {
                patches.times.append(body.lowerBound)
            } else if let id = try? Identifier(.ext(type: type, body), in: span),
                let number = numbers[id]
            {
                patches.ids.append((body.lowerBound, number))
            }
        }
        return patches
    }
}
