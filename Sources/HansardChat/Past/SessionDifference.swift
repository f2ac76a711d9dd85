public import Hansard
public import HansardRecords

/// The differences of a session between two moments.
public struct SessionDifference: Sendable {
    public enum Fate: String, Sendable {
        /// It was there at the second moment only.
        case added
        /// It was there at the first moment only.
        case removed
        /// It was there at both, its fields perhaps the same.
        case changed
    }

    public let fate: Fate
    /// Changed fields of the session; all of them when it came into being or ended.
    public let fields: [FieldChange]
    /// Messages that are there at the second moment and were not at the first, in their order.
    public let added: [ChatRecord]
    /// Messages that were there at the first moment and are not at the second.
    public let removed: [ChatRecord]
    /// Messages that differ, with the changed fields.
    public let changed: [(message: ChatRecord, fields: [FieldChange])]

    public var isEmpty: Bool {
        fields.isEmpty && added.isEmpty && removed.isEmpty && changed.isEmpty
    }
}

extension ReadView {
    /// The differences of a session between two positions; nil when it existed at neither. The cost
    /// follows the session's messages.
    public func difference(
        ofSession id: Identifier, from first: Position, to second: Position
    ) throws -> SessionDifference? {
        let (old, new) = (try past(asOf: first), try past(asOf: second))
        let (before, after) = (try old.session(id), try new.session(id))
        if before == nil && after == nil { return nil }
        let (was, now) = (try old.allMessages(id), try new.allMessages(id))
        let wasByPosition = Dictionary(uniqueKeysWithValues: was.map { ($0.position, $0) })
        let nowPositions = Set(now.map(\.position))
        var added: [ChatRecord] = []
        var changed: [(message: ChatRecord, fields: [FieldChange])] = []
        for message in now {
            guard let old = wasByPosition[message.position] else {
                added.append(message)
                continue
            }
            var fields = FieldChange.between(old.fields, message.fields)
            if let redaction = redaction(of: message, from: first, to: second) {
                fields.append(redaction)
            }
            if !fields.isEmpty { changed.append((message, fields)) }
        }
        return SessionDifference(
            fate: before == nil ? .added : after == nil ? .removed : .changed,
            fields: FieldChange.between(before?.fields ?? .empty, after?.fields ?? .empty),
            added: added, removed: was.filter { !nowPositions.contains($0.position) },
            changed: changed)
    }
}

extension ReadView {
    /// The redaction of a message between two moments. What it says is taken out of every moment,
    /// so that its record is the same at both.
    private func redaction(
        of message: ChatRecord, from first: Position, to second: Position
    ) -> FieldChange? {
        guard let redaction = message.redaction else { return nil }
        let (at, mark) = (redaction.position, redaction.mark)
        var change: FieldChange
        if first < at && at <= second {
            change = FieldChange(name: Redaction.field, before: nil, after: mark)
        } else if second < at && at <= first {
            change = FieldChange(name: Redaction.field, before: mark, after: nil)
        } else {
            return nil
        }
        change.isRedaction = true
        return change
    }
}

extension PastView {
    /// Every message a session had, in order.
    fileprivate func allMessages(_ id: Identifier) throws -> [ChatRecord] {
        var messages: [ChatRecord] = []
        var cursor: PageCursor?
        repeat {
            guard
                let page = try self.messages(
                    ofSession: id, limit: PageWalk.limitMax, after: cursor, .forwards)
            else { return [] }
            messages += page.items
            cursor = page.next
        } while cursor != nil
        return messages
    }
}
