public import Hansard
import Projections
public import Records

/// Why a message that was recorded can't be read.
public enum MessageAbsence: Sendable {
    /// A trim of its session hides it: the event that did, be the session deleted since or not.
    case trimmed(RecordedEvent)
    /// Its session was deleted, and no trim had hidden it: the event that ended the session.
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
        // A trim comes before the end of the session: until then the message could be read.
        if let trim = try trim(hiding: found, of: session) { return .trimmed(trim) }
        let life = try view.lives(found.event.stream).first { $0.ordinal == session }
        guard let end = life?.endedAt, end <= position else { return nil }
        return try view.event(at: end).map { .sessionDeleted($0) }
    }
}
