import Hansard
import HansardChat

/// The one place where each event passes before any verb prints it: what must not be shown is taken
/// out here.
enum ShownEvents {
    static func shown(_ event: RecordedEvent, in view: ReadView) throws -> RecordedEvent {
        try view.shown(event)
    }
}
