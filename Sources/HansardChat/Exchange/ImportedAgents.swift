import Hansard
import HansardRecords

/// The agents' cards met during an import.
///
/// A card is in the log already when the agent's history, from what the line before it stands for,
/// holds the same one. So importing A, B, A again adds nothing, though A is not the card before B.
struct ImportedAgents {
    private let chat: Chat
    /// Revision in the agent's stream that the last line for it stands for.
    private var matched: [Identifier: Revision] = [:]

    init(chat: Chat) { self.chat = chat }

    /// True if neither the store nor this input knew the agent; from now on this input does.
    mutating func isFirst(_ id: Identifier) throws -> Bool {
        guard matched[id] == nil, try chat.store.read({ try $0.agent(id) }) == nil else {
            return false
        }
        matched[id] = Revision(0)
        return true
    }

    /// The agent turned out to be known to the store after all.
    mutating func forget(_ id: Identifier) { matched[id] = nil }

    /// A line for the agent that is no card was done; with `event`, it is that one.
    mutating func note(_ id: Identifier, event: Identifier?) throws {
        matched[id] = try chat.read { view in
            if let event, let found = try view.event(withID: event) { return found.revision }
            return try view.stream(ChatEvents.stream(agent: id))?.revision
        }
    }

    /// True when the card was appended, false when it was there.
    ///
    /// Another process may register the agent at the same time; then it is looked at again.
    mutating func register(
        _ id: Identifier, _ card: Record, as provenance: Provenance?
    ) async throws -> Bool {
        for _ in 1..<Self.attemptsMax {
            do { return try await registerOnce(id, card, provenance) } catch let error
                as HansardError
            {
                if error.code != .wrongExpectedRevision { throw error }
            }
        }
        return try await registerOnce(id, card, provenance)
    }

    private static let attemptsMax = 5

    private mutating func registerOnce(
        _ id: Identifier, _ card: Record, _ provenance: Provenance?
    ) async throws -> Bool {
        let known = matched[id]
        let (history, last) = try chat.read { view in
            (try view.agentHistory(id), try view.stream(ChatEvents.stream(agent: id))?.revision)
        }
        // From the one the line before stands for: a card twice in a row is one event.
        for (revision, old) in history where known.map({ revision >= $0 }) ?? true {
            if old.isEquivalent(to: card) {
                matched[id] = revision
                return false
            }
        }
        let append = try ChatEvents.agentRegistered(id, card, replacing: last)
        _ = try await chat.store.append(provenance?.stamp(append, keepsEventID: true) ?? append)
        matched[id] = try chat.store.read { try $0.agentHistory(id).last?.revision }
        return true
    }
}
