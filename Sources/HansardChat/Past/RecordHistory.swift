public import Hansard
import Projections
public import Records

/// An event of a record's history, and what it changed.
public struct HistoryEntry: Sendable {
    /// The event, without what was redacted.
    public let event: RecordedEvent
    /// Field by field; empty for events that change no field, such as a trim.
    public let changes: [FieldChange]
}

extension ReadView {
    /// The history of a record with what each event changed, oldest first; empty when there never
    /// was one. `history(_:_:)` says what belongs to it.
    public func changes(
        of kind: RecordKind, _ id: Identifier
    ) throws -> [HistoryEntry] {
        var entries: [HistoryEntry] = []
        var before = Record.empty
        for event in try history(kind, id) {
            let after = Self.applying(event, to: before)
            entries.append(
                HistoryEntry(event: event, changes: FieldChange.between(before, after)))
            before = after
        }
        return entries
    }

    private static func applying(_ recorded: RecordedEvent, to record: Record) -> Record {
        if recorded.event.lifecycle == .ends { return .empty }
        guard let change = RecordChange(recorded) else { return recorded.event.data }
        switch change.effect {
        case .sets(let fields):
            let merged = record.merging(fields)
            guard recorded.event.type == ChatEventTypes.taskLinked else { return merged }
            return merged.setting("agents", to: linked(record, recorded.event.data))
        case .replaces: return recorded.event.data
        case .redacts: return Redaction(event: recorded).blanking(record)
        case .nothing: return record
        }
    }

    /// The agents a task had and those that were added.
    private static func linked(_ before: Record, _ added: Record) -> Value {
        var agents: [Value] =
            if case .array(let items)? = before.field("agents") { items } else { [] }
        let known = Set(Tasks.agents(in: before) ?? [])
        for id in Tasks.agents(in: added) ?? [] where !known.contains(id) {
            agents.append(["id": .string(id.text)])
        }
        return .array(agents)
    }
}
