public import Hansard
import HansardProjections
public import HansardRecords

extension ChatCommand where Answer == ChatRecord {
    /// Shares a context (`create_shared_context`, `share_context`): answers with it.
    ///
    /// A missing `id` becomes a UUID, a missing `created_at` now. The session and the agents it
    /// names need not exist. The same id and content again answer with the context there is; other
    /// content is an `idConflict`, an id of a removed context `gone`.
    public static func shareContext(_ context: Record) -> ChatCommand {
        var draft = RecordDraft(context)
        let identified = Result { () throws(HansardError) in try draft.identify("id") }
        return ChatCommand { [draft] view, context in
            let id = try identified.get()
            var draft = draft
            draft.fill("created_at", .string(context.now.text()))
            if let first = try view.firstEvent(of: ChatEvents.stream(context: id)) {
                guard let record = try view.context(id) else { throw gone("context", id) }
                guard first.event.isRepeated(by: draft, id: id) else {
                    throw exists("context", id, at: first.position)
                }
                return .answer(record)
            }
            let append = try ChatEvents.contextShared(id, draft.record, filled: draft.filled)
            let record = draft.record
            return .append(
                Plan(append: append) { appended, _ in
                    ChatRecord(position: appended.first, fields: record)
                })
        }
    }

    static func gone(_ what: String, _ id: Identifier) -> HansardError {
        HansardError(
            .gone, "\(what) \(id.text) was deleted, and its id can't be used again")
    }
}

extension ReadView {
    /// The event a stream began with; nil when nothing was ever appended to it.
    func firstEvent(of name: StreamName) throws -> RecordedEvent? {
        try stream(name).flatMap { try event(at: $0.ordinal) }
    }
}

extension ChatCommand where Answer == ChatRecord? {
    /// Merges fields into a context (`update_shared_context`): answers with it, nil when there is
    /// none.
    public static func updateContext(_ id: Identifier, _ changes: Record) -> ChatCommand {
        let update = RecordUpdate(
            what: "context", rules: RecordRules.context, identities: ["id", "session_id"],
            hasUpdatedAt: false)
        return ChatCommand { view, context in
            guard let current = try view.context(id) else { return .answer(nil) }
            let draft = try update.draft(changes, of: current.fields, context)
            let append = ChatEvents.change(
                ChatEventTypes.contextUpdated, ChatEvents.stream(context: id), current.position,
                draft)
            return .append(
                Plan(append: append) { _, store in try store.read { try $0.context(id) } })
        }
    }

    /// Lets a context live longer (`extend_context_ttl`): answers with it, nil when there is none.
    ///
    /// The new expiry is so many minutes after the old one, or after now if that is later;
    /// `context_metadata` gains `ttl_extended_at` and `ttl_extension` (the minutes).
    public static func extendContext(_ id: Identifier, minutes: Int) -> ChatCommand {
        extendContext(id, minutes: minutes, resolved: .empty)
    }

    /// - Parameter resolved: `expires_at` and `context_metadata` as they became, for history from
    ///   another store.
    static func extendContext(
        _ id: Identifier, minutes: Int, resolved: Record
    ) -> ChatCommand {
        ChatCommand { view, context in
            let name = ChatEvents.stream(context: id)
            guard let current = try view.context(id), let state = try view.stream(name) else {
                return .answer(nil)
            }
            let old = (try? current.fields.instant("expires_at")) ?? nil
            let expires = try expiry(max(context.now, old ?? context.now), plus: minutes)
            let metadata = (current.fields.record("context_metadata") ?? .empty)
                .setting("ttl_extended_at", to: .string(context.now.text()))
                .setting("ttl_extension", to: .integer(Int64(minutes)))
            var draft = RecordDraft(
                .empty.setting("additional_minutes", to: .integer(Int64(minutes))))
            draft.choose("expires_at", resolved.field("expires_at") ?? .string(expires.text()))
            draft.choose(
                "context_metadata", try resolved.field("context_metadata") ?? metadata.value())
            var append = ChatEvents.change(
                ChatEventTypes.contextExtended, name, current.position, draft)
            // The new expiry depends on the old one: nothing may come between.
            append.expecting = [name: .exactly(state.revision)]
            return .append(
                Plan(append: append) { _, store in try store.read { try $0.context(id) } })
        }
    }

    /// Removes a context whatever its expiry, for history from another store. One whose session was
    /// deleted too: cleaning up removes those as well.
    static func expireContext(_ id: Identifier, at time: Instant?) -> ChatCommand {
        ChatCommand { view, context in
            guard let ordinal = try view.stream(ChatEvents.stream(context: id))?.entity,
                let current = try view.contextRecord(ordinal)
            else { return .answer(nil) }
            var draft = RecordDraft(.empty)
            draft.choose("expired_at", .string((time ?? context.now).text()))
            let append = ChatEvents.change(
                ChatEventTypes.contextExpired, ChatEvents.stream(context: id), current.position,
                draft, lifecycle: .ends)
            return .append(Plan(append: append) { _, _ in current })
        }
    }

    private static func expiry(
        _ from: Instant, plus minutes: Int
    ) throws(HansardError) -> Instant {
        guard (1...minutesMax).contains(minutes) else {
            throw HansardError(
                .invalidArgument,
                "a context can be extended by 1 to \(minutesMax) minutes, not \(minutes)")
        }
        let seconds = from.secondsSinceYear1 + Int64(minutes) * 60
        guard seconds < Instant.lastSecond else {
            throw HansardError(.invalidArgument, "the context would expire after the year 9999")
        }
        return Instant(secondsSinceYear1: seconds, nanoseconds: from.nanoseconds)
    }

    /// A thousand years.
    private static var minutesMax: Int { 525_960_000 }
}

extension Instant {
    /// The end of the year 9999.
    fileprivate static var lastSecond: Int64 { secondsRange.upperBound - 86_400 }
}

/// The report of one round of removing expired contexts.
struct ExpiredBatch: Sendable {
    /// Contexts that were there to be seen and are not any more.
    let removed: Int
    /// Events recorded, those for contexts of deleted sessions too.
    let recorded: Int
}

extension ChatCommand where Answer == ExpiredBatch {
    /// Removes the contexts longest past their expiry, each by an event of its own in one append.
    static func removeExpired(batchSize: Int) -> ChatCommand {
        ChatCommand { view, context in
            var append = Append([])
            var removed = 0
            for expired in try view.expiredContexts(at: context.now, limit: batchSize) {
                let stream = ChatEvents.stream(context: expired.id)
                guard let state = try view.stream(stream), state.entity == expired.ordinal else {
                    continue
                }
                append.events.append(
                    Event(
                        type: ChatEventTypes.contextExpired, stream: stream, lifecycle: .ends,
                        data: .empty.setting("expired_at", to: .string(context.now.text()))))
                append.expecting[stream] = .exactly(state.revision)
                if expired.isVisible { removed += 1 }
            }
            let batch = ExpiredBatch(removed: removed, recorded: append.events.count)
            if batch.recorded == 0 { return .answer(batch) }
            return .append(Plan(append: append) { _, _ in batch })
        }
    }
}

extension Chat {
    /// Removes the contexts past their expiry (`delete_expired_contexts`,
    /// `cleanup_expired_contexts`): answers with how many. One that is extended meanwhile stays.
    ///
    /// - Parameters:
    ///   - batchSize: how many to remove in one append, 1 to 1,000.
    ///   - isStopped: asked between appends; true ends it there, and the rest stays.
    public func removeExpiredContexts(
        batchSize: Int = 100, as provenance: Provenance = Provenance(),
        isStopped: () -> Bool = { false }
    ) async throws(HansardError) -> Int {
        var removed = 0
        while true {
            if isStopped() { return removed }
            let command = try Self.removal(batchSize)
            let batch = try await perform(command, as: provenance)
            removed += batch.removed
            if batch.recorded < batchSize { return removed }
        }
    }

    /// `removeExpiredContexts` for a plain thread.
    public func removeExpiredContextsBlocking(
        batchSize: Int = 100, as provenance: Provenance = Provenance()
    ) throws(HansardError) -> Int {
        var removed = 0
        while true {
            let batch = try performBlocking(Self.removal(batchSize), as: provenance)
            removed += batch.removed
            if batch.recorded < batchSize { return removed }
        }
    }

    private static func removal(
        _ batchSize: Int
    ) throws(HansardError) -> ChatCommand<ExpiredBatch> {
        guard (1...1_000).contains(batchSize) else {
            throw HansardError(
                .invalidArgument, "a batch has 1 to 1,000 contexts, not \(batchSize)")
        }
        return .removeExpired(batchSize: batchSize)
    }
}
