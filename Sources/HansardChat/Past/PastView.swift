public import Hansard
import HansardProjections
public import HansardRecords

/// The chat domain as it was after an event, read from the log through the index.
///
/// What a query costs follows the history of what it asks for, not the log. What was redacted,
/// then or later, is blanked here too. Valid as long as the view it was made from.
public struct PastView {
    let view: ReadView
    /// The last event that counts.
    public let position: Position
    /// The time that was asked for; nil when it was a position.
    let asked: Instant?

    /// The time then, by the log's clock: what was asked for, or when the last event that counts
    /// was recorded. Nil before the first event.
    public func instant() throws -> Instant? {
        if let asked { return asked }
        return try view.event(at: position).map {
            $0.recordedAt
        }
    }
}

extension ReadView {
    /// The chat domain as it was when the event at `position` had just been recorded.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) for a position beyond the head.
    public func past(asOf position: Position) throws -> PastView {
        guard position <= self.position else {
            throw HansardError(
                .invalidArgument,
                "there is no event \(position) yet: the log ends at \(self.position)",
                position: self.position)
        }
        return PastView(view: self, position: position, asked: nil)
    }

    /// As `past(asOf:)`, when everything recorded up to an instant counts.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) for an instant before the first event.
    public func past(asOf instant: Instant) throws -> PastView {
        let position = try position(at: instant)
        guard position > .zero else {
            throw HansardError(
                .invalidArgument, "nothing was recorded yet at \(instant)\(try laterTimes())")
        }
        return PastView(view: self, position: position, asked: instant)
    }

    /// Which times can be asked for.
    private func laterTimes() throws -> String {
        guard let first = try event(at: Position(1)) else { return ": the log is empty" }
        let time = first.recordedAt.text(.zulu)
        return ": the first event was recorded at \(time); name that time or a later one"
    }
}

/// One life of a thing: from the event it began with to the one that ended it.
struct Incarnation {
    let ordinal: Position
    /// Nil while it lasts.
    let endedAt: Position?
}

extension ReadView {
    /// The lives of what a stream is about, oldest first.
    func lives(_ name: StreamName) throws -> [Incarnation] {
        guard let state = try stream(name) else { return [] }
        let ordinals = try incarnations(name)
        return try ordinals.enumerated().map { number, ordinal in
            let isLast = number == ordinals.count - 1
            let end =
                isLast ? state.endedAt : try lastOfLife(before: ordinals[number + 1])?.position
            return Incarnation(ordinal: ordinal, endedAt: end.flatMap { $0 > ordinal ? $0 : nil })
        }
    }

    /// The event that ended the life of a session which began at `session`; nil while it lasts.
    func end(ofSession session: Position) throws -> Position? {
        guard let began = try event(at: session) else { return nil }
        return try lives(began.event.stream).first { $0.ordinal == session }?.endedAt
    }
}

extension PastView {
    /// The life of what a stream is about that lasted then.
    func ordinal(_ name: StreamName) throws -> Position? {
        try view.lives(name).last { life in
            life.ordinal <= position && (life.endedAt.map { $0 > position } ?? true)
        }?.ordinal
    }

    /// True if a session was deleted after `first` and not later than then.
    func isDeleted(session: Identifier, after first: Position) throws -> Bool {
        try view.lives(ChatEvents.stream(session: session)).contains { life in
            life.endedAt.map { $0 > first && $0 <= position } ?? false
        }
    }

    /// A record as it was then; nil when it did not exist yet.
    func record(_ ordinal: Position) throws -> CurrentRecord? {
        guard ordinal <= position, let base = try view.event(at: ordinal) else { return nil }
        var fields = base.event.data
        var redaction: Redaction?
        for change in try view.changes(of: ordinal) {
            guard let event = try view.event(at: change), let effect = RecordChange(event)?.effect
            else { continue }
            if case .redacts = effect { redaction = redaction ?? Redaction(event: event) }
            if change > position { continue }
            switch effect {
            case .sets(let set): fields = fields.merging(set)
            case .replaces: fields = event.event.data
            case .redacts, .nothing: break
            }
        }
        return CurrentRecord(
            base: base, fields: redaction?.blanking(fields) ?? fields, redaction: redaction)
    }

    /// A record with the id its stream gives it.
    func identified(_ ordinal: Position) throws -> ChatRecord? {
        try record(ordinal).map {
            ChatRecord(position: ordinal, fields: $0.fields.withID($0.base.event.stream.id))
        }
    }
}

extension PastView: RecordLists {}
