import HansardRecords

/// The parts of an event. `Event` holds it behind one reference: events are copied often, and a
/// dozen counted references each would cost more than the work done on them.
struct EventContent: Sendable {
    var id: Identifier
    var type: EventType
    var stream: StreamName
    var schemaVersion: Int
    var lifecycle: Lifecycle
    var actor: String?
    var onBehalfOf: String?
    var correlationID: Identifier?
    var causationID: Identifier?
    var claims: [Identifier]
    var data: Record
    var metadata: Record
    var filledFields: [String]

    /// A content that never changes, so that reading it needs no check and sharing it no lock.
    final class Box: Sendable {
        let content: EventContent

        init(_ content: EventContent) { self.content = content }
    }
}
