import Hansard
import HansardChat

/// An event as a verb may print it.
struct ShownEvent {
    let recorded: RecordedEvent
    /// True if redacted text was taken out of it.
    let isHidden: Bool
}

/// The one place where each event passes before any verb prints it: what must not be shown is taken
/// out here.
enum ShownEvents {
    static func shown(_ event: RecordedEvent, in view: ReadView) throws -> ShownEvent {
        let blanked = try view.blanked(event)
        return ShownEvent(recorded: blanked ?? event, isHidden: blanked != nil)
    }
}
