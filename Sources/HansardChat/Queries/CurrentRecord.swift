import Hansard
import HansardProjections
import HansardRecords

/// A record with every change applied.
struct CurrentRecord {
    /// The event with the whole record, and so its stream.
    let base: RecordedEvent
    let fields: Record
    /// Set when it was redacted; the fields then hold no content.
    let redaction: Redaction?
}

extension ReadView {
    /// The record that the event at `ordinal` created, as it is now.
    ///
    /// Costs one event, one lookup, and one event for each change that still shows.
    func current(_ ordinal: Position) throws -> CurrentRecord? {
        guard let row = try revisions(ordinal) else {
            return try event(at: ordinal).map {
                CurrentRecord(base: $0, fields: $0.event.data, redaction: nil)
            }
        }
        guard let base = try event(at: row.base) else { return nil }
        let fields = try applying(row.fields, to: base.event.data)
        if let redactedAt = row.redactedAt, let redaction = try redaction(at: redactedAt) {
            return CurrentRecord(
                base: base, fields: redaction.blanking(fields), redaction: redaction)
        }
        return CurrentRecord(base: base, fields: fields, redaction: nil)
    }

    /// The state of a record since the event at `ordinal` created it; nil when nothing did.
    func revisions(_ ordinal: Position) throws -> Revisions.Row? {
        guard let bytes = try table(Revisions.rows).get(Revisions.key(ordinal)) else { return nil }
        if let row = Revisions.Row(bytes) { return row }
        throw HansardError(
            .corruptIndex,
            "the index row of record \(ordinal) can't be read: the index is damaged",
            advice: .rebuild, position: ordinal)
    }

    private func applying(
        _ changed: [(name: String, position: Position)], to base: Record
    ) throws -> Record {
        var sources: [Position: Record] = [:]
        var fields = base
        for (name, position) in changed {
            if sources[position] == nil, let event = try event(at: position),
                case .sets(let set)? = RecordChange(event)?.effect
            {
                sources[position] = set
            }
            guard let value = sources[position]?.field(name) else { continue }
            fields = fields.setting(name, to: value)
        }
        return fields
    }
}
