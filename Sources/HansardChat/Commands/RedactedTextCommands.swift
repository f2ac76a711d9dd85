public import Hansard
import HansardProjections
public import HansardRecords

extension ChatCommand where Answer == ChatRecord? {
    /// Shows what a redacted message says, edits included, and records that it was shown and to
    /// whom: answers with the message, `redacted` beside its content, nil when there is none or it
    /// was not redacted.
    ///
    /// `notFound` when this log never had it, as one that was made from an export without redacted
    /// texts; nothing is recorded then.
    ///
    /// The event is in the stream `system/redactions` before the text is answered. Who may ask
    /// is the caller's to decide.
    public static func showRedacted(_ id: Identifier, reason: String? = nil) -> ChatCommand {
        ChatCommand { view, context in
            guard let created = try view.messageEvent(id),
                try view.current(created.position)?.redaction != nil
            else { return .answer(nil) }
            if try view.unredacted(created.position)?.isBlank == true {
                throw HansardError(
                    .notFound,
                    "this log does not have the text of the redacted message '\(id.text)', "
                        + "because the message was imported from an export without redacted texts",
                    advice: .lookInExportedLog)
            }
            var data = Record.empty.setting("message_uuid", to: id)
            if let reason { data = data.setting("reason", to: .string(reason)) }
            let event = Event(
                type: ChatEventTypes.redactedShown, stream: ChatEvents.redactions,
                actor: context.operatorName, data: data)
            return .append(
                Plan(append: Append([event])) { _, store in
                    try store.read { try $0.unredacted(created.position) }
                })
        }
    }
}

extension ChatCommand where Answer == Position {
    /// Records that someone is shown what every message redacted so far says in the events from
    /// `first` to `last`, as by an export of the log, and answers with where that stands. Who may
    /// ask is the caller's to decide.
    ///
    /// - Parameter last: nil for the head.
    public static func showAllRedacted(
        from first: Position = Position(1), through last: Position? = nil, reason: String? = nil
    ) -> ChatCommand {
        ChatCommand { view, context in
            let through = last ?? view.position
            var data = Record.empty
                .setting("from", to: .integer(Int64(first.rawValue)))
                .setting("through", to: .integer(Int64(through.rawValue)))
            if let reason { data = data.setting("reason", to: .string(reason)) }
            let event = Event(
                type: ChatEventTypes.redactedShown, stream: ChatEvents.redactions,
                actor: context.operatorName, data: data)
            return .append(Plan(append: Append([event])) { appended, _ in appended.first })
        }
    }
}

extension ChatRecord {
    /// True if it has nothing but what a redacted message shows: `parts` without any among it.
    fileprivate var isBlank: Bool {
        let content = fields.removing(Redaction.keptFields + [Redaction.field])
        guard content.fieldNames == ["parts"], case .array(let parts)? = content.field("parts")
        else { return false }
        return parts.isEmpty
    }
}

extension ReadView {
    /// A message with every change applied, but for its redaction.
    fileprivate func unredacted(_ message: Position) throws -> ChatRecord? {
        guard var fields = try event(at: message)?.event.data else { return nil }
        var redaction: Redaction?
        for change in try changes(of: message) {
            guard let event = try event(at: change), let effect = RecordChange(event)?.effect
            else { continue }
            switch effect {
            case .sets(let set): fields = fields.merging(set)
            case .redacts: redaction = redaction ?? Redaction(event: event)
            case .replaces, .nothing: break
            }
        }
        if let redaction { fields = fields.setting("redacted", to: redaction.mark) }
        return ChatRecord(
            position: message, fields: fields.withMessageID(message), redaction: redaction)
    }
}
