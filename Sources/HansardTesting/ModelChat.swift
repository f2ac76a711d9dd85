import Hansard
import HansardProjections
public import HansardRecords

/// The chat domain as the model sees it.
extension ModelStore {
    public struct Message: Sendable {
        public let position: UInt64
        public let created: Instant
    }

    /// The visible messages of the session begun at `session`, by time of creation, then position.
    public func messages(ofSession session: UInt64, at end: UInt64) -> [Message] {
        let seen = events.prefix(Int(end)).filter { $0.entity == session }
        let trims = seen.filter { $0.event.type.rawValue == "session.trimmed" }
        return seen.filter { $0.event.type.rawValue == "message.created" }
            .compactMap { recorded in
                created(recorded).map { Message(position: recorded.position, created: $0) }
            }
            .filter { message in !trims.contains { hides($0, message) } }
            .sorted { ($0.created, $0.position) < ($1.created, $1.position) }
    }

    /// True if a trim hides a message: one that was there when it was decided and when it was
    /// recorded, and not after the newest it names.
    private func hides(_ trim: Recorded, _ message: Message) -> Bool {
        let data = trim.event.data
        guard let newest = data.record("newest_hidden"), let through = data.integer("through"),
            let created = try? newest.instant("created_at"),
            let position = newest.integer("position"), position > 0, through > 0
        else { return false }
        return message.position < trim.position && message.position <= UInt64(through)
            && (message.created, message.position) <= (created, UInt64(position))
    }

    /// Positions of the events that created sessions that were not ended, by time of creation,
    /// then position.
    public func sessions(at end: UInt64) -> [UInt64] {
        let seen = events.prefix(Int(end))
        let ended = Set(seen.filter { $0.event.lifecycle == .ends }.map(\.entity))
        return seen.filter {
            $0.event.type.rawValue == "session.created" && $0.entity == $0.position
                && !ended.contains($0.entity)
        }
        .compactMap { recorded in created(recorded).map { ($0, recorded.entity ?? 0) } }
        .sorted { $0 < $1 }.map(\.1)
    }

    private func created(_ recorded: Recorded) -> Instant? {
        try? recorded.event.data.instant("created_at")
    }
}
