import Hansard
import HansardProjections
import HansardRecords

/// The messages that a trim's event names by their positions.
struct TrimmedMessages: Sendable {
    /// The newest one it hides.
    let newestHidden: Identifier
    /// The last one there was when it looked: none after that is hidden.
    let through: Identifier

    /// Finds them in the log; nil for an event that is no trim.
    ///
    /// Costs a lookup for each event of the session between the last message and the trim.
    /// - Throws: `HansardError` (`corruptEvent`) when one of them is damaged.
    init?(of trim: RecordedEvent, in log: LogReader) throws {
        guard trim.event.type == ChatEventTypes.sessionTrimmed,
            let newest = trim.event.data.record("newest_hidden")?.integer("position"),
            let through = trim.event.data.integer("through"), newest > 0,
            let hidden = try log.event(at: Position(UInt64(newest)))
        else { return nil }
        var last = trim.previous
        while let position = last, let event = try log.event(at: position) {
            if event.event.type == ChatEventTypes.messageCreated, position.rawValue <= through {
                newestHidden = hidden.event.id
                self.through = event.event.id
                return
            }
            last = event.previous
        }
        return nil
    }

    /// A line's fields with those that name the messages.
    func added(to fields: Record) -> Record {
        fields.setting("newest_hidden", to: newestHidden).setting("through", to: through)
    }
}
