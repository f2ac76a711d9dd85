import Hansard
import HansardRecords

/// The sessions met during an import that were deleted later on.
///
/// A line that creates one is in the log already when an incarnation after the last one this input
/// stands for has the same content. So importing a created and deleted session again adds nothing.
struct ImportedSessions {
    private let chat: Chat
    /// The incarnation that the last line for a session stands for.
    private var matched: [Identifier: Position] = [:]

    init(chat: Chat) { self.chat = chat }

    /// True if the session existed and was deleted.
    func isKnown(_ id: Identifier) throws -> Bool {
        let state = try chat.read { try $0.stream(ChatEvents.stream(session: id)) }
        return state.map { $0.endedAt != nil } ?? false
    }

    /// A line for the session became, or is, this incarnation.
    mutating func note(_ id: Identifier, _ ordinal: Position) { matched[id] = ordinal }

    /// True when an incarnation with this content is in the log and not matched yet.
    mutating func match(_ id: Identifier, _ record: Record) throws -> Bool {
        let last = matched[id]
        let found = try chat.read { view in
            try view.incarnations(ChatEvents.stream(session: id)).first { ordinal in
                guard last.map({ ordinal > $0 }) ?? true else { return false }
                return try view.event(at: ordinal)?.event.data.isEquivalent(to: record) == true
            }
        }
        if let found { matched[id] = found }
        return found != nil
    }
}
