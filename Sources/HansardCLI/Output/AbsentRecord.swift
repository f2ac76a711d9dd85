import Hansard
import HansardChat

/// A record that was asked for and is not there.
enum AbsentRecord {
    /// The reason it is not there, and how it can still be read; `advice` when there never was one.
    static func failure(
        _ kind: RecordKind, _ id: String, at moment: Moment?, in chat: Chat,
        advice: String = ""
    ) throws -> CommandFailure {
        let identifier = try GivenID.identifier(id)
        let absence = try chat.read { view in
            if let moment { return try moment.past(in: view).absence(of: kind, identifier) }
            return try view.absence(of: kind, identifier)
        }
        let name = "\(kind.rawValue) '\(id)'"
        switch absence {
        case .trimmed(let event)?: return left(kind, id, "was trimmed", event)
        case .sessionDeleted(let event)?:
            return left(kind, id, "was deleted with its session", event)
        case .ended(let event)?:
            return left(kind, id, kind == .context ? "was removed as expired" : "was deleted", event)
        case .later(let event)?:
            return .notFound(
                "there was no \(name) yet: it was recorded \(when(event))", at: event.position)
        case nil: return .notFound("there is no \(name)\(advice)")
        }
    }

    private static func left(
        _ kind: RecordKind, _ id: String, _ what: String, _ event: RecordedEvent
    ) -> CommandFailure {
        .notFound(
            "\(kind.rawValue) '\(id)' \(what) \(when(event)): 'hansard history \(kind.rawValue) "
                + "\(ShellWord.quoted(id))' still shows it, and so does --as-of "
                + "\(event.position.rawValue - 1)", at: event.position)
    }

    /// `at 2025-03-03T07:00:00Z by alice, as event 12`
    private static func when(_ event: RecordedEvent) -> String {
        let actor = event.event.actor.map { " by \(Printable.line($0))" } ?? ""
        return "at \(event.recordedAt)\(actor), as event \(event.position)"
    }
}
