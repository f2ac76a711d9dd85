package import HansardEngine
import HansardRecords

/// Writes events as JSON Lines: the envelope's fields, then `data`. Fields without a value are left
/// out.
package struct EventJSON {
    private var writer = JSONWriter()

    package init() {}

    /// Appends one event as a line, with its newline.
    ///
    /// - Parameter isHidden: whether redacted text was taken out of it, which the line then says.
    package mutating func append(
        _ recorded: RecordedEvent, isHidden: Bool = false, to out: inout [UInt8]
    ) throws {
        place(recorded, &out)
        try content(recorded, &out)
        finish(isHidden, &out)
    }

    func finish(_ isHidden: Bool, _ out: inout [UInt8]) {
        if isHidden { out.append(contentsOf: ",\"hidden\":true".utf8) }
        out.append(contentsOf: "}\n".utf8)
    }

    /// The place and time at which it was recorded, and what of; the object is not ended.
    mutating func place(_ recorded: RecordedEvent, _ out: inout [UInt8]) {
        let event = recorded.event
        out.append(contentsOf: "{\"position\":\(recorded.position)".utf8)
        out.append(contentsOf: ",\"revision\":\(recorded.revision)".utf8)
        field("recorded_at", recorded.recordedAt.text(.zulu), &out)
        if recorded.clockAt != recorded.recordedAt {
            field("clock_at", recorded.clockAt.text(.zulu), &out)
        }
        field("id", event.id.text, &out)
        field("type", event.type.rawValue, &out)
        out.append(contentsOf: ",\"schema_version\":\(event.schemaVersion)".utf8)
        field("stream", event.stream.text, &out)
    }

    /// Everything else.
    mutating func content(_ recorded: RecordedEvent, _ out: inout [UInt8]) throws {
        let event = recorded.event
        field("actor", event.actor, &out)
        field("on_behalf_of", event.onBehalfOf, &out)
        field("correlation_id", event.correlationID?.text, &out)
        field("causation_id", event.causationID?.text, &out)
        if !event.metadata.isEmpty { try field("metadata", event.metadata, &out) }
        list("claims", event.claims.map(\.text), &out)
        list("filled_fields", event.filledFields, &out)
        switch event.lifecycle {
        case .continues: break
        case .begins: field("lifecycle", "begins", &out)
        case .ends: field("lifecycle", "ends", &out)
        }
        if let entity = recorded.entity { out.append(contentsOf: ",\"entity\":\(entity)".utf8) }
        try field("data", event.data, &out)
    }

    func field(_ name: String, _ text: String?, _ out: inout [UInt8]) {
        guard let text else { return }
        out.append(contentsOf: ",\"\(name)\":".utf8)
        JSONWriter.quote(text.utf8Span.span, to: &out)
    }

    private mutating func field(_ name: String, _ record: Record, _ out: inout [UInt8]) throws {
        out.append(contentsOf: ",\"\(name)\":".utf8)
        try writer.write(packed: record.bytes.span, to: &out)
    }

    private func list(_ name: String, _ texts: [String], _ out: inout [UInt8]) {
        if texts.isEmpty { return }
        out.append(contentsOf: ",\"\(name)\":[".utf8)
        for (number, text) in texts.enumerated() {
            if number > 0 { out.append(UInt8(ascii: ",")) }
            JSONWriter.quote(text.utf8Span.span, to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }
}
