public import Hansard
public import HansardRecords

/// The reason a record that was recorded can't be read.
public enum RecordAbsence: Sendable {
    /// It was deleted, or removed as expired: the event that ended it.
    case ended(RecordedEvent)
    /// A trim of its session hides the message: the event that did.
    case trimmed(RecordedEvent)
    /// Its session was deleted: the event that ended it.
    case sessionDeleted(RecordedEvent)
    /// It came later than the moment asked for: the event that created it.
    case later(RecordedEvent)
}

extension ReadView {
    /// The reason there is no such record now; nil when none was ever recorded, or it is there.
    ///
    /// The cost follows the histories of the record and its session.
    public func absence(of kind: RecordKind, _ id: Identifier) throws -> RecordAbsence? {
        try past(asOf: position).absence(of: kind, id)
    }
}

extension PastView {
    /// The reason there was no such record; nil when none was ever recorded, or it was there.
    ///
    /// The cost follows the histories of the record and its session.
    public func absence(of kind: RecordKind, _ id: Identifier) throws -> RecordAbsence? {
        let touches = try touches(kind, id)
        guard let life = touches.lastIndex(where: { $0.effect == .created }) else {
            guard let first = try view.ordinals(kind, id).first else { return nil }
            return try view.event(at: first).map { .later($0) }
        }
        // The first of them: until then it could be read.
        let end = touches[life...].first { $0.effect == .hidden || $0.effect == .removed }
        guard let end else { return nil }
        if end.effect == .hidden { return .trimmed(end.event) }
        return end.isOwn ? .ended(end.event) : .sessionDeleted(end.event)
    }
}
