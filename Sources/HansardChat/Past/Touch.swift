import Hansard
import HansardProjections
import HansardRecords

/// An event that touched a record.
struct Touch {
    /// The event, without what was redacted.
    let event: RecordedEvent
    let effect: HistoryEffect
    /// True if it is about the record itself, not about its session or a showing.
    let isOwn: Bool
    /// Fields that a redaction took out of the event; nil when it took nothing out.
    var takenOut: [String]?
}

extension Touch {
    /// An event about the record itself.
    fileprivate init(own recorded: RecordedEvent, in view: ReadView) throws {
        let blanked = try view.blanked(recorded)
        event = blanked ?? recorded
        takenOut = blanked == nil ? nil : Redaction.takenOut(of: recorded.event)
        isOwn = true
        effect =
            switch RecordChange(event)?.effect {
            case nil: .created
            case .sets, .replaces: .changed
            case .redacts: .redacted
            case .nothing:
                event.event.type == ChatEventTypes.sessionTrimmed ? .trimmed : .removed
            }
    }
}

extension PastView {
    /// The events that touched a record up to then, oldest first.
    func touches(_ kind: RecordKind, _ id: Identifier) throws -> [Touch] {
        var touches: [Touch] = []
        for ordinal in try view.ordinals(kind, id) {
            for place in try [ordinal] + view.changes(of: ordinal) where place <= position {
                guard let event = try view.event(at: place) else { continue }
                touches.append(try Touch(own: event, in: view))
            }
        }
        guard let created = touches.first?.event else { return [] }
        switch kind {
        case .agent, .session: return touches
        case .message: touches += try others(touchingMessage: created, touches)
        case .context: touches += try end(ofContext: created, touches)
        case .task: touches += try end(ofTask: created)
        }
        return touches.sorted { $0.event.position < $1.event.position }
    }

    private func others(
        touchingMessage created: RecordedEvent, _ own: [Touch]
    ) throws -> [Touch] {
        var touches: [Touch] = []
        if let session = created.entity {
            if let trim = try trim(hiding: created, of: session) {
                touches.append(Touch(event: trim, effect: .hidden, isOwn: false))
            }
            touches += try other(.removed, at: view.end(ofSession: session))
        }
        if let row = try view.revisions(created.position), let redactedAt = row.redactedAt {
            let texts = own.filter { $0.effect != .redacted }.map(\.event.position)
            let showings = try view.showings(
                of: created.event.id, texts: texts, redactedAt: redactedAt)
            for showing in showings { touches += try other(.shown, at: showing) }
        }
        return touches
    }

    /// The first trim that hid a message: what is hidden already no other one touches.
    func trim(
        hiding message: RecordedEvent, of session: Position
    ) throws -> RecordedEvent? {
        // One of no usable time is in no list, and no trim is about it.
        guard let created = (try? message.event.data.instant("created_at")) ?? nil else {
            return nil
        }
        for trim in try view.trims(of: session) where trim <= position {
            guard let event = try view.event(at: trim), let decided = Trim(event.event.data) else {
                continue
            }
            if decided.hides(message.position, created: created) { return event }
        }
        return nil
    }

    /// The deletion of the session a context names, whichever life of it that was; none for a
    /// context that had been removed before.
    private func end(ofContext created: RecordedEvent, _ own: [Touch]) throws -> [Touch] {
        guard let session = try view.contextRow(created.position)?.session else { return [] }
        let ends = try view.lives(ChatEvents.stream(session: session)).compactMap(\.endedAt)
        let end = ends.first { $0 > created.position }
        let removal = own.first { $0.effect == .removed }?.event.position
        if let end, let removal, removal < end { return [] }
        return try other(.removed, at: end)
    }

    private func end(ofTask created: RecordedEvent) throws -> [Touch] {
        guard let session = try view.taskRow(created.position)?.session else { return [] }
        return try other(.removed, at: view.end(ofSession: session))
    }

    private func other(_ effect: HistoryEffect, at place: Position?) throws -> [Touch] {
        guard let place, place <= position, let event = try view.event(at: place) else { return [] }
        return [Touch(event: event, effect: effect, isOwn: false)]
    }
}
