public import Hansard
public import HansardRecords

/// The number of words each agent has said: an example of a projection of one's own.
///
/// Words are what white space separates in the text parts of messages. Counts are kept as absolute
/// values, because a row may be written twice.
public struct WordsPerAgent: Projection {
    public let tables = ["words_per_agent"]

    public init() {}

    public func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        guard event.event.type == EventType("message.created"),
            let agent = event.event.data.string("agent_id")
        else { return }
        let key = Array(agent.utf8)
        let before = try tables.get(key).flatMap { FixedInteger.read($0) } ?? 0
        let words = before + UInt64(Self.words(in: event.event.data))
        try tables.put(FixedInteger.bytes(words), for: key)
    }

    private static func words(in message: Record) -> Int {
        guard case .array(let parts)? = message.field("parts") else { return 0 }
        return parts.reduce(0) { count, part in
            guard case .object(let fields) = part,
                case .string(let text)? = fields.first(where: { $0.0 == "content" })?.1
            else { return count }
            return count + text.split(whereSeparator: \.isWhitespace).count
        }
    }
}

extension ReadView {
    /// The number of words an agent has said; the store has to keep `WordsPerAgent`.
    public func words(ofAgent id: Identifier) throws -> Int {
        let row = try table("words_per_agent").get(Array(id.text.utf8))
        return Int(row.flatMap { FixedInteger.read($0) } ?? 0)
    }
}
