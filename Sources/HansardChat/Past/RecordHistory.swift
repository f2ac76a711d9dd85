public import Hansard
import HansardProjections
public import HansardRecords

/// The effect of an event on the record in whose history it stands.
public enum HistoryEffect: String, Sendable, CaseIterable {
    /// The record began; a session that was deleted, once more.
    case created
    /// Its fields were set, perhaps to what they were.
    case changed
    /// The oldest messages of the session were hidden.
    case trimmed
    /// A trim of its session took the message out of every list.
    case hidden
    /// It was deleted or had expired, or its session was deleted.
    case removed
    /// The content of the message was taken out of every read.
    case redacted
    /// The content of the redacted message was shown to someone.
    case shown
}

/// An event of a record's history, and what it changed.
public struct HistoryEntry: Sendable {
    /// The event, without what was redacted. Its stream may be that of the record's session, or
    /// `system/redactions`.
    public let event: RecordedEvent
    public let effect: HistoryEffect
    /// True if a redaction, then or later, took out of the event what it said.
    public let isHidden: Bool
    /// Field by field; empty for events that change no field, such as a trim or, for what is in a
    /// session, the session's deletion. What a redaction took out is named and not shown
    /// (`FieldChange.isTakenOut`), where it was written and where it was taken out.
    public let changes: [FieldChange]
}

extension ReadView {
    /// The history of a record with what each event changed, oldest first; empty when there never
    /// was one. `history(_:_:)` says what belongs to it, and what it costs.
    public func changes(of kind: RecordKind, _ id: Identifier) throws -> [HistoryEntry] {
        try PastView(view: self, position: position, asked: nil).changes(of: kind, id)
    }
}

extension PastView {
    /// As `ReadView.history`, up to then. What was redacted since is left out too.
    public func history(_ kind: RecordKind, _ id: Identifier) throws -> [RecordedEvent] {
        try touches(kind, id).map(\.event)
    }

    /// As `ReadView.changes`, up to then. What was redacted since is left out too.
    public func changes(of kind: RecordKind, _ id: Identifier) throws -> [HistoryEntry] {
        var entries: [HistoryEntry] = []
        var before = Record.empty
        var takenOut: [String] = []
        for touch in try touches(kind, id) {
            let after = Self.applying(touch, to: before)
            let here = touch.takenOut ?? []
            takenOut += here.filter { !takenOut.contains($0) }
            var changes = FieldChange.between(before, after)
            changes.removeAll { here.contains($0.name) }
            changes += (touch.effect == .redacted ? takenOut : here).map {
                FieldChange(name: $0, before: nil, after: nil, isTakenOut: true)
            }
            entries.append(
                HistoryEntry(
                    event: touch.event, effect: touch.effect, isHidden: touch.takenOut != nil,
                    changes: changes))
            before = after
        }
        return entries
    }

    private static func applying(_ touch: Touch, to record: Record) -> Record {
        guard touch.isOwn else { return record }
        let recorded = touch.event
        if recorded.event.lifecycle == .ends { return .empty }
        guard let change = RecordChange(recorded) else {
            // The redaction's own entry says when, by whom and why.
            let data = recorded.event.data
            return touch.takenOut == nil ? data : data.removing(Redaction.field)
        }
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
