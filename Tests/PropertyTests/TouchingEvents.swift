import Hansard
import HansardChat
import HansardProjections
import HansardRecords

/// Which events touched which records, found by looking at every event of a log in turn: no index,
/// none of the projector's code, only what docs/EVENTS.md says.
struct TouchingEvents {
    /// An event that touched a record: its position, and its effect.
    struct Touch: Equatable, Sendable {
        let position: UInt64
        let effect: HistoryEffect
    }

    struct Name: Hashable {
        let kind: RecordKind
        let id: Identifier
    }

    /// A message, context or task.
    private struct Item {
        let name: Name
        let position: UInt64
        /// Where its text stands: its creation and its edits.
        var texts: [UInt64] = []
        var created: Instant?
        /// The life of the session it is in, by its first event; of a context, the session's id.
        var life: UInt64?
        var session: Identifier?
        var isHidden = false
        var isRemoved = false
        var redactedAt: UInt64?
    }

    private(set) var touches: [Name: [Touch]] = [:]
    private var items: [Item] = []
    /// The first event of each session's life that lasts.
    private var lives: [Identifier: UInt64] = [:]

    init() {}

    mutating func note(_ recorded: RecordedEvent) {
        let (event, position) = (recorded.event, recorded.position.rawValue)
        let own = RecordKind(rawValue: event.stream.category).map {
            Name(kind: $0, id: event.stream.id)
        }
        switch event.type {
        case ChatEventTypes.redactedShown: noteShowing(event, position)
        case ChatEventTypes.messageCreated, ChatEventTypes.messageEdited,
            ChatEventTypes.messageRedacted:
            noteMessage(event, position)
        default:
            guard let own else { return }
            noteOwn(own, event, position)
        }
    }

    private mutating func touch(_ name: Name, _ position: UInt64, _ effect: HistoryEffect) {
        touches[name, default: []].append(Touch(position: position, effect: effect))
    }

    private mutating func touchItems(
        _ position: UInt64, _ effect: HistoryEffect, where isTouched: (Item) -> Bool,
        _ change: (inout Item) -> Void = { _ in }
    ) {
        for index in items.indices where isTouched(items[index]) {
            touch(items[index].name, position, effect)
            change(&items[index])
        }
    }

    private mutating func noteShowing(_ event: Event, _ position: UInt64) {
        let id = (try? event.data.identifier("message_uuid")) ?? nil
        let through = event.data.integer("through").map { UInt64($0) } ?? 0
        let from = event.data.integer("from").map { UInt64($0) }
        touchItems(position, .shown) { item in
            guard let redactedAt = item.redactedAt else { return false }
            if let id { return item.name.id == id }
            guard let from else { return redactedAt <= through }
            return item.texts.contains { from <= $0 && $0 <= through }
        }
    }

    private mutating func noteMessage(_ event: Event, _ position: UInt64) {
        guard let id = (try? event.data.identifier("message_uuid")) ?? nil else { return }
        let name = Name(kind: .message, id: id)
        if event.type == ChatEventTypes.messageCreated {
            var item = Item(name: name, position: position)
            item.texts = [position]
            item.created = (try? event.data.instant("created_at")) ?? nil
            item.life = lives[event.stream.id]
            items.append(item)
            return touch(name, position, .created)
        }
        let isEdit = event.type == ChatEventTypes.messageEdited
        touchItems(position, isEdit ? .changed : .redacted, where: { $0.name == name }) {
            if isEdit { $0.texts.append(position) } else { $0.redactedAt = position }
        }
    }

    private mutating func noteOwn(_ name: Name, _ event: Event, _ position: UInt64) {
        let isFirst = touches[name] == nil || event.lifecycle == .begins
        let isTrim = event.type == ChatEventTypes.sessionTrimmed
        let effect: HistoryEffect =
            isFirst ? .created : isTrim ? .trimmed : event.lifecycle == .ends ? .removed : .changed
        touch(name, position, effect)
        switch event.type {
        case ChatEventTypes.sessionCreated: lives[name.id] = position
        case ChatEventTypes.sessionTrimmed: noteTrim(of: name.id, event.data, position)
        case ChatEventTypes.sessionDeleted: noteEnd(of: name.id, position)
        case ChatEventTypes.contextShared:
            var item = Item(name: name, position: position)
            item.session = (try? event.data.identifier("session_id")) ?? nil
            items.append(item)
        case ChatEventTypes.contextExpired:
            for index in items.indices where items[index].name == name {
                items[index].isRemoved = true
            }
        case ChatEventTypes.taskCreated:
            var item = Item(name: name, position: position)
            item.life = ((try? event.data.identifier("session_id")) ?? nil).flatMap { lives[$0] }
            items.append(item)
        default: break
        }
    }

    private mutating func noteTrim(of session: Identifier, _ trim: Record, _ position: UInt64) {
        guard let newest = trim.record("newest_hidden"), let life = lives[session],
            let last = (try? newest.instant("created_at")) ?? nil,
            let place = newest.integer("position"), let through = trim.integer("through")
        else { return }
        touchItems(
            position, .hidden,
            where: { item in
                guard item.name.kind == .message, item.life == life, !item.isHidden,
                    let created = item.created, item.position <= UInt64(through)
                else { return false }
                return (created, item.position) <= (last, UInt64(place))
            }, { $0.isHidden = true })
    }

    private mutating func noteEnd(of session: Identifier, _ position: UInt64) {
        let life = lives.removeValue(forKey: session)
        touchItems(
            position, .removed,
            where: { item in
                if item.isRemoved { return false }
                return item.session == session || (life != nil && item.life == life)
            }, { $0.isRemoved = true })
    }
}
