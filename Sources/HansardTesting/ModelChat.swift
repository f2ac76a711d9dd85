import Hansard
import Projections
public import Records

/// The chat domain as the model sees it.
extension ModelStore {
    public struct Message: Sendable {
        public let position: UInt64
        public let created: Instant
    }

    /// The messages of the session begun at `session`, by time of creation, then position.
    public func messages(ofSession session: UInt64, at end: UInt64) -> [Message] {
        events.prefix(Int(end)).filter {
            $0.event.type.rawValue == "message.created" && $0.entity == session
        }
        .compactMap { recorded in
            created(recorded).map { Message(position: recorded.position, created: $0) }
        }
        .sorted { ($0.created, $0.position) < ($1.created, $1.position) }
    }

    /// Positions of the events that created sessions that were not ended, by time of creation,
    /// then position.
    public func sessions(at end: UInt64) -> [UInt64] {
        let seen = events.prefix(Int(end))
        let ended = Set(seen.filter { $0.event.lifecycle == .ends }.map(\.entity))
        return seen.filter {
            $0.event.type.rawValue == "session.created" && $0.entity != nil
                && !ended.contains($0.entity)
        }
        .compactMap { recorded in created(recorded).map { ($0, recorded.entity ?? 0) } }
        .sorted { $0 < $1 }.map(\.1)
    }

    private func created(_ recorded: Recorded) -> Instant? {
        try? recorded.event.data.instant("created_at")
    }
}
