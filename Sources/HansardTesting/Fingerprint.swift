public import Hansard
import HansardBindings
import HansardRecords

/// A number that stands for an event's content, to compare it across processes.
public enum Fingerprint {
    public static func of(_ event: Event) -> UInt64 {
        var bytes: [UInt8] = []
        for text in [event.id.text, event.stream.text, event.type.rawValue] {
            bytes += Array(text.utf8) + [0]
        }
        bytes += event.data.bytes + event.metadata.bytes
        for claim in event.claims { bytes += Array(claim.text.utf8) + [0] }
        return XXH64.hash(bytes.span)
    }
}
