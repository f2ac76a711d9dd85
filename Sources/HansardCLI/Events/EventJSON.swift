import Hansard
import Records

/// Writes events as JSON Lines: the envelope's fields, then `data`. Fields without a value are left
/// out.
struct EventJSON {
    private var writer = JSONWriter()

    /// What the lines hold, for help texts.
    static let help = """
        With --json each line is an object: position, revision, recorded_at (RFC 3339, UTC, to the \
        microsecond), clock_at where the clock said something else, id, type, schema_version, stream, \
        actor, on_behalf_of, correlation_id, causation_id, metadata, claims (a list of ids), lifecycle \
        (begins or ends), entity (position of the event that began what the stream is about), data. \
        Fields without a value are left out; data is always there.
        """

    /// Appends one event as a line, with its newline.
    mutating func append(_ recorded: RecordedEvent, to out: inout [UInt8]) throws {
        let event = recorded.event
        out.append(contentsOf: "{\"position\":\(recorded.position)".utf8)
        out.append(contentsOf: ",\"revision\":\(recorded.revision)".utf8)
        field("recorded_at", RecordedTime.text(recorded.recordedAt), &out)
        if recorded.clockAt != recorded.recordedAt {
            field("clock_at", RecordedTime.text(recorded.clockAt), &out)
        }
        field("id", event.id.text, &out)
        field("type", event.type.rawValue, &out)
        out.append(contentsOf: ",\"schema_version\":\(event.schemaVersion)".utf8)
        field("stream", event.stream.text, &out)
        field("actor", event.actor, &out)
        field("on_behalf_of", event.onBehalfOf, &out)
        field("correlation_id", event.correlationID?.text, &out)
        field("causation_id", event.causationID?.text, &out)
        if !event.metadata.isEmpty { try field("metadata", event.metadata, &out) }
        claims(event.claims, &out)
        switch event.lifecycle {
        case .continues: break
        case .begins: field("lifecycle", "begins", &out)
        case .ends: field("lifecycle", "ends", &out)
        }
        if let entity = recorded.entity { out.append(contentsOf: ",\"entity\":\(entity)".utf8) }
        try field("data", event.data, &out)
        out.append(contentsOf: "}\n".utf8)
    }

    private func field(_ name: String, _ text: String?, _ out: inout [UInt8]) {
        guard let text else { return }
        out.append(contentsOf: ",\"\(name)\":".utf8)
        JSONWriter.quote(text.utf8Span.span, to: &out)
    }

    private mutating func field(_ name: String, _ record: Record, _ out: inout [UInt8]) throws {
        out.append(contentsOf: ",\"\(name)\":".utf8)
        try writer.write(packed: record.bytes.span, to: &out)
    }

    private func claims(_ claims: [Identifier], _ out: inout [UInt8]) {
        if claims.isEmpty { return }
        out.append(contentsOf: ",\"claims\":[".utf8)
        for (number, claim) in claims.enumerated() {
            if number > 0 { out.append(UInt8(ascii: ",")) }
            JSONWriter.quote(claim.text.utf8Span.span, to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }
}

/// Recorded times as text.
enum RecordedTime {
    /// `2025-03-03T07:00:20.189781Z`
    static func text(_ microseconds: Int64) -> String {
        // A clock may say anything; times are those of the years 1 to 9999.
        let years = -62_135_596_800_000_000...253_402_300_799_999_999 as ClosedRange<Int64>
        let shown = min(max(microseconds, years.lowerBound), years.upperBound)
        return Instant(microsecondsSinceUnixEpoch: shown).text(.zulu)
    }
}
