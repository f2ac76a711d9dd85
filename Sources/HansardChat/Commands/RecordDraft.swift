import Hansard
import HansardRecords

/// A record on its way into an event: what the caller gave, and what the store filled in.
struct RecordDraft {
    private(set) var record: Record
    /// Names of the fields the store filled in; a retry is compared without them.
    private(set) var filled: [String] = []

    init(_ record: Record) { self.record = record }

    /// Gives a field a value when it is missing or null.
    mutating func fill(_ name: String, _ value: @autoclosure () -> Value) {
        guard !record.contains(name) || record.isNull(name) else { return }
        record = record.setting(name, to: value())
        filled.append(name)
    }

    mutating func fill(_ name: String, with id: @autoclosure () -> Identifier) {
        guard !record.contains(name) || record.isNull(name) else { return }
        record = record.setting(name, to: id())
        filled.append(name)
    }

    /// Sets a field to what the caller asked for.
    mutating func set(_ name: String, _ value: Value) {
        record = record.setting(name, to: value)
    }

    /// Sets a field the store has chosen the value of.
    mutating func choose(_ name: String, _ value: Value) {
        record = record.setting(name, to: value)
        if !filled.contains(name) { filled.append(name) }
    }

    /// A missing id becomes a random one; the id there is then.
    mutating func identify(_ name: String) throws(HansardError) -> Identifier {
        fill(name, with: .random())
        return try ChatEvents.required(name, of: record)
    }
}

/// The rules for changing a kind of record.
struct RecordUpdate {
    /// The kind, for messages.
    let what: String
    let rules: [FieldRule]
    /// Fields that say which record it is. `created_at` is always one.
    let identities: [String]
    var hasUpdatedAt = true

    /// The fields to set, checked; what only repeats an identity is left out.
    ///
    /// - Parameter current: the record as it reads now.
    func draft<Answer>(
        _ changes: Record, of current: Record, _ context: ChatCommand<Answer>.Context
    ) throws(HansardError) -> RecordDraft {
        try FieldRule.check(changes, RecordRules.optional(rules), of: what)
        for rule in rules where rule.isRequired && changes.isNull(rule.name) {
            throw HansardError(
                .invalidArgument, "\(what): the field '\(rule.name)' can't be null")
        }
        for name in identities where changes.contains(name) {
            let isSame = changes.field(name)?.isEquivalent(to: current.field(name) ?? .null) == true
            if !isSame { throw changed(name) }
        }
        if changes.contains("created_at"),
            try instant("created_at", changes) != instant("created_at", current)
        {
            throw changed("created_at")
        }
        var draft = RecordDraft(changes.removing(identities + ["created_at"]))
        if hasUpdatedAt { draft.fill("updated_at", .string(context.now.text())) }
        let size = current.merging(draft.record).bytes.count
        guard size <= context.recordBytesMax else {
            throw HansardError(
                .tooLarge,
                "the \(what) would take \(size) bytes, more than the limit of "
                    + "\(context.recordBytesMax)")
        }
        return draft
    }

    private func instant(_ name: String, _ record: Record) throws(HansardError) -> Instant? {
        do { return try record.instant(name) } catch {
            throw HansardError(error, what: "\(what): \(error.what)")
        }
    }

    private func changed(_ name: String) -> HansardError {
        HansardError(
            .invalidArgument,
            "\(what): the field '\(name)' can't be changed",
            advice: .leaveOutField)
    }
}
