import Hansard
import HansardRecords

extension ChatEvents {
    /// An event that changes or ends the incarnation of a thing that began at `ordinal`.
    static func change(
        _ type: EventType, _ stream: StreamName, _ ordinal: Position, _ draft: RecordDraft,
        lifecycle: Lifecycle = .continues
    ) -> Append {
        let event = Event(
            type: type, stream: stream, lifecycle: lifecycle, data: draft.record,
            filledFields: draft.filled)
        return Append([event], expecting: [stream: .entity(ordinal)])
    }
}
