public import Hansard
import Projections
import Records

/// Writes events as the lines an import reads: `op` first, then the id of what the stream is about
/// where the data do not hold it, then the data's fields in their order.
public struct MutationLine: Sendable {
    private var writer = JSONWriter()

    public init() {}

    /// Appends one event as a line of JSON, with its newline.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) for an event that is no mutation of the chat
    ///   domain.
    public mutating func append(_ event: RecordedEvent, to out: inout [UInt8]) throws {
        try beginning(of: event, &out)
        let brace = out.count
        try writer.write(packed: event.event.data.bytes.span, to: &out)
        if event.event.data.isEmpty {
            out.remove(at: brace)
        } else {
            out[brace] = UInt8(ascii: ",")
        }
        out.append(UInt8(ascii: "\n"))
    }

    private func beginning(of event: RecordedEvent, _ out: inout [UInt8]) throws(HansardError) {
        switch event.event.type {
        case ChatEventTypes.messageCreated:
            out.append(contentsOf: #"{"op":"create_message""#.utf8)
        case ChatEventTypes.sessionCreated:
            out.append(contentsOf: #"{"op":"create_session","session_id":"#.utf8)
            Self.quote(event.event.stream.id, &out)
        case ChatEventTypes.agentRegistered:
            out.append(contentsOf: #"{"op":"register_agent","agent_id":"#.utf8)
            Self.quote(event.event.stream.id, &out)
        default:
            throw HansardError(
                .invalidArgument,
                "event \(event.position) is of type '\(event.event.type)', which has no form as a "
                    + "line: export with a version that knows it", position: event.position)
        }
    }

    private static func quote(_ id: Identifier, _ out: inout [UInt8]) {
        if id.uuid != nil {
            out.append(UInt8(ascii: "\""))
            id.appendUTF8(to: &out)
            out.append(UInt8(ascii: "\""))
        } else {
            JSONWriter.quote(id.text.utf8Span.span, to: &out)
        }
    }
}
