public import Hansard
import HansardBindings
import HansardProjections
public import HansardRecords

/// A page of a session's messages, with how many there are.
public struct MessagePage: Sendable {
    public let items: [ChatRecord]
    /// Visible messages of the session.
    public let total: Int
    public let next: PageCursor?
    public let previous: PageCursor?
}

extension ReadView {
    /// A page of a session's messages that begins after a cursor of any kind the gateway uses; an
    /// unknown session is empty.
    ///
    /// - Parameter cursor: tried in this order: the text of a `PageCursor` of this list, the id of
    ///   a message of this session (be it visible or not), a time (all messages of that instant
    ///   are behind it).
    /// - Throws: `HansardError` (`invalidArgument`) for a cursor that is none of these.
    public func messagePage(
        ofSession id: Identifier, limit: Int, skip: Int = 0, cursor: String? = nil,
        _ direction: Direction = .backwards
    ) throws -> MessagePage {
        guard let session = try sessionOrdinal(id) else {
            return MessagePage(items: [], total: 0, next: nil, previous: nil)
        }
        var walk = try PageWalk.messages(session, limit, skip, direction)
        if let cursor { try begin(&walk, of: session, after: cursor) }
        let page = try messagesPage(of: session, &walk)
        return MessagePage(
            items: page.items, total: try messagesCount(ofSession: id), next: page.next,
            previous: page.previous)
    }

    private func begin(
        _ walk: inout PageWalk, of session: Position, after cursor: String
    ) throws {
        if let place = PageCursor(text: cursor), walk.accepts(place) {
            return try walk.begin(after: place)
        }
        if let id = try? Identifier(cursor), let message = try messageEvent(id),
            message.entity == session, let created = try? message.event.data.instant("created_at")
        {
            return walk.begin(
                after: MessagesBySession.key(
                    session: session, created: created, message: message.position))
        }
        if let instant = try? Instant(cursor) {
            return walk.begin(
                behindAll: MessagesBySession.prefix(session: session) + instant.orderedBytes)
        }
        throw HansardError(
            .invalidArgument,
            "'\(cursor)' is not a cursor of this session: it should be the cursor of an earlier "
                + "page, the id of one of its messages, or a time")
    }
}
