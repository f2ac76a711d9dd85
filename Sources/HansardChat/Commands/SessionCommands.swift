import Hansard
import HansardProjections
public import HansardRecords

extension ChatCommand where Answer == ChatRecord {
    /// Creates a session (`create_session`): answers with it.
    ///
    /// A missing `id` becomes a UUID, a missing title `Chat Session <now>`, missing
    /// `session_type` `chat`, missing `session_metadata` `{}`. The same id again with the same
    /// fields is a retry and answers with the session; with other fields it is an `idConflict`.
    /// After a delete the id may be used again.
    public static func createSession(_ session: Record = .empty) -> ChatCommand {
        var draft = RecordDraft(session)
        let identified = Result { () throws(HansardError) in try draft.identify("id") }
        return ChatCommand { [draft] view, context in
            let id = try identified.get()
            var draft = draft
            let now = context.now.text()
            draft.fill("title", .string("Chat Session \(now)"))
            draft.fill("session_type", "chat")
            draft.fill("session_metadata", [:])
            draft.fill("created_at", .string(now))
            if let ordinal = try view.sessionOrdinal(id), let event = try view.event(at: ordinal) {
                guard event.event.isRepeated(by: draft, id: id) else {
                    throw exists("session", id, at: ordinal)
                }
                guard let session = try view.session(id) else {
                    throw exists("session", id, at: ordinal)
                }
                return .answer(session)
            }
            let append = try ChatEvents.sessionCreated(id, draft.record, filled: draft.filled)
            let record = draft.record
            return .append(
                Plan(append: append) { appended, _ in
                    ChatRecord(position: appended.first, fields: record)
                })
        }
    }

    static func exists(_ what: String, _ id: Identifier, at position: Position) -> HansardError {
        HansardError(
            .idConflict,
            "\(what) \(id.text) exists with other content",
            advice: .useNewID, position: position)
    }
}

extension Event {
    /// True if a draft says what this event does, leaving out what the draft does not say. What the
    /// store filled in counts when the draft says it: it may say the same, but nothing else.
    func isRepeated(by draft: RecordDraft, id: Identifier) -> Bool {
        draft.record.isEquivalent(to: data.withID(id), ignoring: Set(draft.filled))
    }
}

extension ChatCommand where Answer == ChatRecord? {
    /// Merges fields into a session (`update_session`): answers with it, nil when there is none.
    /// `updated_at` is filled when it is not given.
    public static func updateSession(_ id: Identifier, _ changes: Record) -> ChatCommand {
        let update = RecordUpdate(what: "session", rules: RecordRules.session, identities: ["id"])
        let stream = ChatEvents.stream(session: id)
        return ChatCommand { view, context in
            guard let current = try view.session(id) else { return .answer(nil) }
            let draft = try update.draft(changes, of: current.fields, context)
            let append = ChatEvents.change(
                ChatEventTypes.sessionUpdated, stream, current.position, draft)
            return .append(
                Plan(append: append) { _, store in try store.read { try $0.session(id) } })
        }
    }
}

extension ChatCommand where Answer == Bool {
    /// Deletes a session with its messages, contexts and tasks (`delete_session`): true, or false
    /// when there is none. One small event, whatever the session holds; history keeps everything,
    /// and the reason.
    public static func deleteSession(_ id: Identifier, reason: String? = nil) -> ChatCommand {
        let stream = ChatEvents.stream(session: id)
        return ChatCommand { view, _ in
            guard let ordinal = try view.sessionOrdinal(id) else { return .answer(false) }
            var draft = RecordDraft(.empty)
            if let reason { draft.set("reason", .string(reason)) }
            let append = ChatEvents.change(
                ChatEventTypes.sessionDeleted, stream, ordinal, draft, lifecycle: .ends)
            return .append(Plan(append: append) { _, _ in true })
        }
    }
}

extension ChatCommand where Answer == Int {
    /// Hides the oldest messages beyond a limit from the current views
    /// (`trim_session_messages`): answers with how many; 0 when the session does not exist.
    ///
    /// One event that names the newest message it hides; reading costs a step for each message
    /// kept. A message that arrives later is never hidden by it, whatever its time.
    public static func trimMessages(
        ofSession id: Identifier, keeping messagesMax: Int, reason: String? = nil
    ) -> ChatCommand {
        ChatCommand { view, _ in
            guard messagesMax >= 0 else {
                throw HansardError(
                    .invalidArgument,
                    "a session can't keep \(messagesMax) messages; 0 hides all")
            }
            guard let session = try view.sessionOrdinal(id),
                let newest = try view.newestHidden(in: session, keeping: messagesMax)
            else { return .answer(0) }
            let stream = ChatEvents.stream(session: id)
            var draft = RecordDraft(
                .empty.setting("max_messages", to: .integer(Int64(messagesMax))))
            if let reason { draft.set("reason", .string(reason)) }
            draft.choose("newest_hidden", newest)
            draft.choose("through", .integer(Int64(view.position.rawValue)))
            let append = ChatEvents.change(ChatEventTypes.sessionTrimmed, stream, session, draft)
            return .append(
                Plan(append: append) { appended, store in
                    try store.read { try $0.hiddenCount(ofTrim: appended.first, session) }
                })
        }
    }
}

extension ChatCommand where Answer == Int {
    /// Hides what a trim in another store hid: of the messages up to `through` in the log, those up
    /// to `newest` in the session's order.
    ///
    /// - Parameter messagesMax: how many that trim was to keep, for the record.
    static func trimMessages(
        ofSession id: Identifier, keeping messagesMax: Int, hiding newest: Identifier,
        through last: Identifier, reason: String?
    ) -> ChatCommand {
        ChatCommand { view, _ in
            guard let session = try view.sessionOrdinal(id) else { throw noSession(id) }
            let hidden = try view.message(newest, of: session)
            let through = try view.message(last, of: session)
            var draft = RecordDraft(
                .empty.setting("max_messages", to: .integer(Int64(messagesMax))))
            if let reason { draft.set("reason", .string(reason)) }
            draft.choose("newest_hidden", ReadView.place(of: hidden) ?? .null)
            draft.choose("through", .integer(Int64(through.position.rawValue)))
            let append = ChatEvents.change(
                ChatEventTypes.sessionTrimmed, ChatEvents.stream(session: id), session, draft)
            return .append(
                Plan(append: append) { appended, store in
                    try store.read { try $0.hiddenCount(ofTrim: appended.first, session) }
                })
        }
    }

    private static func noSession(_ id: Identifier) -> HansardError {
        HansardError(.notFound, "session \(id.text) does not exist")
    }
}

extension ReadView {
    /// The event a message of a session was created with.
    fileprivate func message(_ id: Identifier, of session: Position) throws -> RecordedEvent {
        guard let event = try messageEvent(id), event.entity == session else {
            throw HansardError(
                .notFound,
                "message \(id.text) is not in the session, because the lines before the trim "
                    + "were not imported",
                advice: .importFirst)
        }
        return event
    }

    /// A message as a trim's event names it.
    fileprivate static func place(of message: RecordedEvent) -> Value? {
        message.event.data.field("created_at").map { created in
            let position = Value.integer(Int64(message.position.rawValue))
            return [("created_at", created), ("position", position)].asObject
        }
    }

    /// The newest message a trim to so many has to hide, as a trim's event names it; nil when there
    /// is nothing to hide.
    func newestHidden(in session: Position, keeping messagesMax: Int) throws -> Value? {
        let row = try sessionMessages(session, table(MessagesBySession.sessions))
        guard row.visibleCount > UInt64(messagesMax) else { return nil }
        var message: Position?
        var kept = 0
        for part in try messageParts(of: session, row).reversed() where message == nil {
            try part.table.scan(part.range, .backwards) { key, _ in
                if kept == messagesMax { message = MessagesBySession.message(in: key) }
                kept += 1
                return message == nil
            }
        }
        return try message.flatMap { try event(at: $0) }.flatMap { Self.place(of: $0) }
    }

    /// The number of messages a trim has hidden: nothing that another one hid before it.
    func hiddenCount(ofTrim trim: Position, _ session: Position) throws -> Int {
        let key = MessagesBySession.trimKey(session: session, trim: trim)
        return try table(MessagesBySession.trims).get(key)
            .flatMap { MessagesBySession.hiddenCount($0) } ?? 0
    }
}

extension [(String, Value)] {
    fileprivate var asObject: Value { .object(self) }
}
