import Hansard
import HansardProjections
public import HansardRecords

extension ChatCommand where Answer == ChatRecord {
    /// Records a message (`create_message`): answers with it as stored.
    ///
    /// A missing `message_uuid` becomes a UUID, a missing `created_at` now. The same id and content
    /// again answer with the message there is; other content is an `idConflict`, an id of a deleted
    /// message `gone`, a session that does not exist `notFound`. Costs one append; nothing is read.
    public static func createMessage(_ message: Record) -> ChatCommand {
        var draft = RecordDraft(message)
        let identified = Result { () throws(HansardError) in try draft.identify("message_uuid") }
        let filled: @Sendable (Context) -> RecordDraft = { [draft] context in
            var draft = draft
            draft.fill("created_at", .string(context.now.text()))
            return draft
        }
        let plan: @Sendable (Context) throws -> Plan = { context in
            let (id, draft) = (try identified.get(), filled(context))
            let append = try ChatEvents.messageCreated(draft.record, filled: draft.filled)
            return Plan(append: append) { appended, store in
                if appended.wasRepeated {
                    return try store.read { try $0.repeatedMessage(id, draft) }
                }
                return ChatRecord(
                    position: appended.first, fields: draft.record.withMessageID(appended.first))
            }
        }
        var command = ChatCommand { view, context in
            let plan = try plan(context)
            let id = try identified.get()
            if try view.messageEvent(id) != nil {
                return .answer(try view.repeatedMessage(id, filled(context)))
            }
            let session = plan.append.events[0].stream.id
            guard try view.sessionOrdinal(session) != nil else { throw noSession(session) }
            return .append(plan)
        }
        command.optimistic = plan
        command.ownsEventID = true
        return command
    }

    static func noSession(_ id: Identifier) -> HansardError {
        HansardError(
            .notFound,
            "session \(id.text) does not exist",
            advice: .createFirst("session"))
    }
}

extension ReadView {
    /// The message that a draft with its id repeats, for any sender and reason.
    ///
    /// - Throws: `HansardError`: `gone` when its session was deleted, `idConflict` when the draft
    ///   says something else.
    func repeatedMessage(_ id: Identifier, _ draft: RecordDraft) throws -> ChatRecord {
        let message = try recordedMessage(id)
        guard let recorded = try event(at: message.position)?.event.data,
            recorded.isEquivalent(to: draft.record, ignoring: Set(draft.filled))
        else { throw ChatCommand<ChatRecord>.exists("message", id, at: message.position) }
        return message
    }

    /// A message that was recorded, be it visible or not.
    ///
    /// - Throws: `HansardError` (`gone`) when its session was deleted.
    func recordedMessage(_ id: Identifier) throws -> ChatRecord {
        guard let event = try messageEvent(id), let session = event.entity,
            try stream(of: event)?.entity == session,
            let record = try messageRecord(event, hasRevisions: true)
        else {
            throw HansardError(
                .gone,
                "message \(id.text) was deleted with its session, and its id can't be used again")
        }
        return record
    }
}

extension ChatCommand where Answer == ChatRecord? {
    /// Merges fields into a message: answers with it, nil when there is none. A changed `agent_id`
    /// moves it in the lists by agent; a redacted message is `gone`.
    public static func editMessage(_ id: Identifier, _ changes: Record) -> ChatCommand {
        let update = RecordUpdate(
            what: "message", rules: RecordRules.message,
            identities: ["id", "message_uuid", "session_id"])
        return ChatCommand { view, context in
            guard let current = try view.message(id), let created = try view.messageEvent(id),
                let session = created.entity
            else { return .answer(nil) }
            guard try view.current(created.position)?.redaction == nil else {
                throw HansardError(
                    .gone, "message \(id.text) was redacted and can't be edited any more")
            }
            let fields = try update.draft(changes, of: current.fields, context)
            let updatedAt = fields.record.field("updated_at") ?? .null
            var draft = try messageDraft(id, created)
            let changed = try fields.record.removing("updated_at").value()
            do throws(RecordError) { try changed.check(atLevel: 2) } catch {
                throw HansardError(error, what: "message: the changes: \(error.what)")
            }
            draft.set("changes", changed)
            if fields.filled.contains("updated_at") {
                draft.choose("updated_at", updatedAt)
            } else {
                draft.set("updated_at", updatedAt)
            }
            if fields.record.contains("agent_id") {
                let original = created.event.data.selecting(["agent_id", "created_at"])
                draft.choose("original", try original.value())
            }
            return .append(plan(ChatEventTypes.messageEdited, id, created, session, draft))
        }
    }

    /// Takes a message's content out of every read for good: answers with what is left of it, nil
    /// when there is none. The log keeps the text; who may see it is the server's to decide.
    ///
    /// Redacting again changes nothing. Messages that a trim has hidden, and those of deleted
    /// sessions, can be redacted too: history shows them.
    public static func redactMessage(_ id: Identifier, reason: String? = nil) -> ChatCommand {
        redactMessage(id, reason: reason, at: nil)
    }

    /// - Parameter time: when it was done, for history from another store.
    static func redactMessage(
        _ id: Identifier, reason: String?, at time: Instant?
    ) -> ChatCommand {
        ChatCommand { view, context in
            guard let created = try view.messageEvent(id), let session = created.entity else {
                return .answer(nil)
            }
            if try view.current(created.position)?.redaction != nil {
                return .answer(try view.messageRecord(created, hasRevisions: true))
            }
            var draft = try messageDraft(id, created)
            if let reason { draft.set("reason", .string(reason)) }
            draft.choose("redacted_at", .string((time ?? context.now).text()))
            var redaction = plan(ChatEventTypes.messageRedacted, id, created, session, draft)
            // History still shows the messages of a deleted session; they can be redacted too.
            if try view.stream(of: created)?.entity != session { redaction.append.expecting = [:] }
            return .append(redaction)
        }
    }

    private static func messageDraft(
        _ id: Identifier, _ created: RecordedEvent
    ) throws -> RecordDraft {
        var draft = RecordDraft(Record.empty.setting("message_uuid", to: id))
        draft.choose("message_position", .integer(Int64(created.position.rawValue)))
        return draft
    }

    private static func plan(
        _ type: EventType, _ id: Identifier, _ created: RecordedEvent, _ session: Position,
        _ draft: RecordDraft
    ) -> Plan {
        let append = ChatEvents.change(type, created.event.stream, session, draft)
        return Plan(append: append) { _, store in
            try store.read { try $0.messageRecord(created, hasRevisions: true) }
        }
    }
}
