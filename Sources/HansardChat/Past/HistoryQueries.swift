public import Hansard
import HansardProjections
public import HansardRecords

/// A kind of thing that has a history.
public enum RecordKind: String, Sendable, CaseIterable {
    case agent
    case session
    case message
    case context
    case task
}

extension ReadView {
    /// Every event that touched a record, oldest first, in all its incarnations; empty when there
    /// never was one.
    ///
    /// What touches a record is what changed its fields or whether it is there, and showings of
    /// its redacted text: of a message also the trim of its session that hid it, and of messages,
    /// contexts and tasks the deletion of their session, unless they were removed before.
    /// `HistoryEffect` has all of it. A session's history has its own events, not those of its
    /// messages; an agent's those of its card, not what it said or was given to do
    /// (`EventFilter.Mention.agent` finds these). What a redacted message said is left out.
    ///
    /// Costs the events it answers with, and of a message's, context's or task's session a look-up
    /// for each of its lives and an event for each trim up to the one that hid the message; of a
    /// redacted one an event for each showing of all redacted text since then.
    /// - Throws: `HansardError`: `unitStopped` or `rebuilding` when a projection it reads can't be.
    public func history(_ kind: RecordKind, _ id: Identifier) throws -> [RecordedEvent] {
        try PastView(view: self, position: position, asked: nil).history(kind, id)
    }

    /// The events with which the lives of a record began, oldest first.
    func ordinals(_ kind: RecordKind, _ id: Identifier) throws -> [Position] {
        switch kind {
        case .message: try messageEvent(id).map { [$0.position] } ?? []
        case .agent: try incarnations(ChatEvents.stream(agent: id))
        case .session: try incarnations(ChatEvents.stream(session: id))
        case .context: try incarnations(ChatEvents.stream(context: id))
        case .task: try incarnations(ChatEvents.stream(task: id))
        }
    }

    /// The events after a record's creation that are its own.
    func changes(of ordinal: Position) throws -> [Position] {
        var positions: [Position] = []
        try table(History.events).scan(KeyRange(prefix: History.prefix(ordinal))) { key, _ in
            if let position = History.event(in: key) { positions.append(position) }
            return true
        }
        return positions
    }

    /// The trims of a session's life, oldest first.
    func trims(of session: Position) throws -> [Position] {
        var positions: [Position] = []
        let range = KeyRange(prefix: MessagesBySession.prefix(session: session))
        try table(MessagesBySession.trims).scan(range) { key, _ in
            if let trim = MessagesBySession.trim(in: key) { positions.append(trim) }
            return true
        }
        return positions
    }

    /// The events that showed what a message says, which `redaction` has taken out of reads.
    ///
    /// - Parameter texts: the events its text stands in.
    func showings(
        of id: Identifier, texts: [Position], redactedAt redaction: Position
    ) throws -> [Position] {
        var positions: [Position] = []
        let prefix = Showings.prefix(message: id)
        try table(Showings.byMessage).scan(KeyRange(prefix: prefix)) { key, _ in
            if let showing = Showings.event(in: key, behindPrefixOf: prefix.count) {
                positions.append(showing)
            }
            return true
        }
        var since = KeyRange(prefix: [])
        since.lower = Showings.key(ofAll: redaction)
        try table(Showings.ofAll).scan(since) { key, _ in
            if let showing = Showings.position(in: key),
                try isOne(showing, of: texts, redactedAt: redaction)
            {
                positions.append(showing)
            }
            return true
        }
        return positions
    }

    private func isOne(
        _ showing: Position, of texts: [Position], redactedAt redaction: Position
    ) throws -> Bool {
        switch try event(at: showing).flatMap({ Showing($0.event) }) {
        case .all(let through)?: redaction <= through
        case .events(let first, let last)?: texts.contains { first <= $0 && $0 <= last }
        case .message?, nil: false
        }
    }

    /// The event that ended the life before the one that began at `ordinal`: the last before it
    /// that belongs to a life. (Between them only redactions stand, which belong to none.)
    func lastOfLife(before ordinal: Position) throws -> RecordedEvent? {
        var next = try event(at: ordinal)?.previous
        while let here = next, let event = try event(at: here) {
            if event.entity != nil { return event }
            next = event.previous
        }
        return nil
    }

    /// The events with which what the stream is about began, oldest first.
    func incarnations(_ name: StreamName) throws -> [Position] {
        guard let state = try stream(name) else { return [] }
        var ordinals: [Position] = []
        var next = try state.entity ?? state.endedAt.flatMap { try event(at: $0)?.entity }
        while let ordinal = next {
            ordinals.append(ordinal)
            next = try lastOfLife(before: ordinal)?.entity
        }
        return ordinals.reversed()
    }
}
