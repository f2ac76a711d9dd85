public import Hansard
import Projections
public import Records

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
    /// A session's history has its own events, not those of its messages. What a redacted message
    /// said is left out. The cost follows the history.
    public func history(_ kind: RecordKind, _ id: Identifier) throws -> [RecordedEvent] {
        let ordinals: [Position]
        switch kind {
        case .message: ordinals = try messageEvent(id).map { [$0.position] } ?? []
        case .agent: ordinals = try incarnations(ChatEvents.stream(agent: id))
        case .session: ordinals = try incarnations(ChatEvents.stream(session: id))
        case .context: ordinals = try incarnations(ChatEvents.stream(context: id))
        case .task: ordinals = try incarnations(ChatEvents.stream(task: id))
        }
        var events: [RecordedEvent] = []
        for ordinal in ordinals {
            for position in try [ordinal] + changes(of: ordinal) {
                if let event = try event(at: position) { events.append(try shown(event)) }
            }
        }
        return events
    }

    func changes(of ordinal: Position) throws -> [Position] {
        var positions: [Position] = []
        try table(History.events).scan(KeyRange(prefix: History.prefix(ordinal))) { key, _ in
            if let position = History.event(in: key) { positions.append(position) }
            return true
        }
        return positions
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
