public import Hansard
import Projections
public import Records

/// Why a message that was recorded can't be read.
public enum MessageAbsence: Sendable {
    /// A trim of its session hides it: the event that did.
    case trimmed(RecordedEvent)
    /// Its session was deleted: the event that ended it.
    case sessionDeleted(RecordedEvent)
    /// It came later than the moment asked for: the event that created it.
    case later(RecordedEvent)
}

extension ReadView {
    /// Why there is no message with this id now; nil when none was ever recorded, or it is there.
    ///
    /// The cost follows the history of its session.
    public func absence(ofMessage id: Identifier) throws -> MessageAbsence? {
        try past(asOf: position).absence(ofMessage: id)
    }
}

extension PastView {
    /// Why there was no message with this id; nil when none was ever recorded, or it was there.
    ///
    /// The cost follows the history of its session.
    public func absence(ofMessage id: Identifier) throws -> MessageAbsence? {
        guard let found = try view.messageEvent(id) else { return nil }
        if found.position > position { return .later(found) }
        guard let session = found.entity else { return nil }
        let life = try view.lives(found.event.stream).first { $0.ordinal == session }
        if let end = life?.endedAt, end <= position, let event = try view.event(at: end) {
            return .sessionDeleted(event)
        }
        guard let created = try? found.event.data.instant("created_at") else { return nil }
        for position in try view.trims(of: session) where position <= self.position {
            guard let event = try view.event(at: position),
                let trim = Trim(event.event.data), trim.hides(found.position, created: created)
            else { continue }
            return .trimmed(event)
        }
        return nil
    }
}
