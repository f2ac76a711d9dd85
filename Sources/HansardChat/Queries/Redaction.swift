public import Hansard
import HansardProjections
public import HansardRecords

/// The redaction of a message: by whom and when its content was taken out of every read.
public struct Redaction: Sendable {
    /// Its place in the log.
    public let position: Position
    /// The event that recorded it; nil when it can't be read: its damage uncovers nothing.
    public let event: RecordedEvent?

    init(event: RecordedEvent) { (position, self.event) = (event.position, event) }

    /// One whose event can't be read.
    init(unreadableAt position: Position) { (self.position, event) = (position, nil) }

    /// The field that says it, in the message and in the events that created and edited it.
    static let field = "redacted"

    /// The fields that stay of a redacted message: how it hangs together with others, and no
    /// content.
    static let keptFields = [
        "id", "message_uuid", "session_id", "type", "role", "agent_id", "in_reply_to", "created_at",
        "updated_at",
    ]

    /// The message without its content, and with `redacted`: `at`, `by` and `reason` where given.
    func blanking(_ message: Record) -> Record {
        message.selecting(Self.keptFields)
            .setting("parts", to: .array([]))
            .setting(Self.field, to: mark)
    }

    /// When and by whom, and why where that was said.
    var mark: Value {
        guard let event = event?.event else { return .object([("at", .null), ("by", .null)]) }
        var mark: [(String, Value)] = [("at", event.data.field("redacted_at") ?? .null)]
        mark.append(("by", (event.actor ?? event.onBehalfOf).map { .string($0) } ?? .null))
        if let reason = event.data.field("reason") { mark.append(("reason", reason)) }
        return .object(mark)
    }
}

extension Redaction {
    /// The name that stands for all fields whose names are the writer's own: these might be content
    /// too.
    static let otherFields = "*"

    /// The fields of a message that a redaction takes out of an event which created or edited it:
    /// those a message has by name, and `otherFields` for whatever else there is.
    static func takenOut(of event: Event) -> [String] {
        let set =
            event.type == ChatEventTypes.messageCreated
            ? event.data : event.data.record("changes") ?? .empty
        let gone = set.removing(keptFields)
        let known = RecordRules.message.map(\.name).filter(gone.contains)
        return known.count == gone.fieldNames.count ? known : known + [otherFields]
    }

    /// The event that created or edited the message, without what it said.
    func blanking(_ recorded: RecordedEvent) -> RecordedEvent {
        var event = recorded.event
        if event.type == ChatEventTypes.messageCreated {
            event.data = blanking(event.data)
        } else {
            let kept = event.data.record("changes")?.selecting(Self.keptFields) ?? .empty
            let changes = (try? kept.value()) ?? .object([])
            event.data = event.data.removing("original").setting("changes", to: changes)
                .setting(Self.field, to: mark)
        }
        return recorded.with(event)
    }
}

extension ReadView {
    func redaction(at position: Position) throws -> Redaction? {
        do { return try event(at: position).map { Redaction(event: $0) } } catch let error
            as HansardError where error.code == .corruptEvent
        {
            return Redaction(unreadableAt: position)
        }
    }

    /// The events that hold the text of redacted messages: those that created and edited them. The
    /// cost follows the number of changed records.
    public func redactedEvents() throws -> Set<Position> {
        try redactedMessages().keys.reduce(into: []) { events, message in
            events.insert(message)
            events.formUnion(try changes(of: message))
        }
    }

    /// The messages that are redacted, by the events that created them, and where that was
    /// recorded. The cost follows the number of changed records.
    public func redactedMessages() throws -> [Position: Position] {
        var messages: [Position: Position] = [:]
        try table(Revisions.rows).scan(KeyRange(prefix: [])) { key, value in
            var offset = 0
            let row = Revisions.Row((0..<value.count).map { value[$0] })
            if let redactedAt = row?.redactedAt,
                let message = OrderedInteger.read(key, at: &offset)
            {
                messages[Position(message)] = redactedAt
            }
            return true
        }
        return messages
    }

    /// An event as it may be shown: what a redacted message said is left out of the events that
    /// created and edited it.
    ///
    /// Costs one lookup for events about messages, nothing for others.
    public func shown(_ recorded: RecordedEvent) throws -> RecordedEvent {
        try blanked(recorded) ?? recorded
    }

    /// The part of an event with redacted text that may be shown; nil for any other. Costs what
    /// `shown` does.
    public func blanked(_ recorded: RecordedEvent) throws -> RecordedEvent? {
        try hidden(recorded)?.redaction.blanking(recorded)
    }

    /// The id of the message whose redacted text an event holds; nil for an event that may be shown
    /// as it was recorded.
    public func redactedMessage(in recorded: RecordedEvent) throws -> Identifier? {
        try hidden(recorded).flatMap { try event(at: $0.message)?.event.id }
    }

    private func hidden(
        _ recorded: RecordedEvent
    ) throws -> (message: Position, redaction: Redaction)? {
        let message: Position?
        switch recorded.event.type {
        case ChatEventTypes.messageCreated: message = recorded.position
        case ChatEventTypes.messageEdited: message = RecordChange(recorded)?.ordinal
        default: return nil
        }
        guard let message,
            let row = try table(Revisions.rows).get(Revisions.key(message)).flatMap({
                Revisions.Row($0)
            }), let redactedAt = row.redactedAt, let redaction = try redaction(at: redactedAt)
        else { return nil }
        return (message, redaction)
    }
}

/// The redactions of a log, gathered without an index.
package struct Redactions {
    private var byMessage: [Position: Redaction] = [:]

    /// The number of redacted messages.
    package var count: Int { byMessage.count }
    /// The first event that could not be read: it may have redacted a message.
    package internal(set) var unreadable: Position?

    package init() {}

    /// Takes the word of an index for what the log can't tell any more.
    ///
    /// - Parameter messages: what `ReadView.redactedMessages` answers.
    package mutating func add(known messages: [Position: Position]) {
        for (message, position) in messages where byMessage[message] == nil {
            byMessage[message] = Redaction(unreadableAt: position)
        }
    }

    package mutating func note(_ recorded: RecordedEvent) {
        guard recorded.event.type == ChatEventTypes.messageRedacted,
            let message = RecordChange(recorded)?.ordinal, byMessage[message] == nil
        else { return }
        byMessage[message] = Redaction(event: recorded)
    }

    /// The part of an event with redacted text that an export may hold; nil for any other.
    ///
    /// Without the field `redacted`: the redaction's own line says it, and where that line is not
    /// taken along nothing was redacted.
    package func exported(_ recorded: RecordedEvent) -> RecordedEvent? {
        guard let shown = blanked(recorded) else { return nil }
        var event = shown.event
        event.data = event.data.removing(Redaction.field)
        return shown.with(event)
    }

    /// The part of an event with redacted text that may be shown; nil for any other.
    private func blanked(_ recorded: RecordedEvent) -> RecordedEvent? {
        if byMessage.isEmpty { return nil }
        switch recorded.event.type {
        case ChatEventTypes.messageCreated:
            return byMessage[recorded.position]?.blanking(recorded)
        case ChatEventTypes.messageEdited:
            let message = RecordChange(recorded)?.ordinal
            return message.flatMap { byMessage[$0] }?.blanking(recorded)
        default: return nil
        }
    }
}

extension Redactions {
    /// The redactions of the events after `first`, up to `head`: one pass over them, which works
    /// without an index.
    package init(
        of log: LogReader, after first: Position = .zero, through head: Position,
        isCancelled: () -> Bool = { false }
    ) throws {
        self.init()
        unreadable = try log.forEachSoundEvent(
            after: first, through: head, isCancelled: isCancelled
        ) { note($0) }
    }
}

extension LogReader {
    /// Events of one transaction.
    private static let viewEventsMax: UInt64 = 5_000

    /// The events after `first`, up to `head`, that can be read; damaged ones are passed over, for
    /// the reader to know of.
    ///
    /// - Returns: the first damaged event; nil when there is none.
    /// - Throws: `HansardError` (`cancelled`) when `isCancelled`, asked every few thousand events.
    func forEachSoundEvent(
        after first: Position = .zero, through head: Position, isCancelled: () -> Bool,
        _ body: (RecordedEvent) -> Void
    ) throws -> Position? {
        var next = first.next
        var damaged: Position?
        while next <= head {
            if isCancelled() {
                throw HansardError(
                    .cancelled,
                    "\(next.rawValue - 1) of \(head) events were searched for redacted text"
                )
            }
            let end = min(Position(next.rawValue + Self.viewEventsMax - 1), head)
            do {
                try forEachEvent(from: next, through: end) {
                    body($0)
                    next = $0.position.next
                }
            } catch let error as HansardError where error.code == .corruptEvent {
                damaged = damaged ?? next
                next = next.next
            }
        }
        return damaged
    }
}
