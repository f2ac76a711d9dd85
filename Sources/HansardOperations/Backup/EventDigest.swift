import HansardBindings
import HansardEngine

/// Digests that tell one history from another, whatever blocks and segments it is cut into.
///
/// Each covers an event's position, fields and payload; those of a history are chained from the
/// log's id on. They are checks against accidents, such as files mixed up; against forgery there
/// are signed checkpoints.
struct EventDigest {
    private var scratch: [UInt8] = []

    /// The digest of a history without events.
    static func initial(logID: String) -> UInt64 { XXH64.hash(Array(logID.utf8).span) }

    /// The digest of one event.
    mutating func of(
        _ header: EventHeader, _ payload: Span<UInt8>, position: UInt64
    ) -> UInt64 {
        scratch.removeAll(keepingCapacity: true)
        Bytes.appendLittleEndian(position, to: &scratch)
        Bytes.appendLittleEndian(header.recordedAt, to: &scratch)
        Bytes.appendLittleEndian(header.clockAt, to: &scratch)
        Bytes.appendLittleEndian(header.revision, to: &scratch)
        Bytes.appendLittleEndian(header.previous ?? 0, to: &scratch)
        Bytes.appendLittleEndian(header.entity ?? 0, to: &scratch)
        return XXH64.hash(payload, seed: XXH64.hash(scratch.span))
    }

    /// The digest of a history that goes on with these events.
    static func chain(_ digest: UInt64, _ events: [UInt64]) -> UInt64 {
        var digest = digest
        var word = [UInt8](repeating: 0, count: 8)
        for event in events {
            Bytes.storeLittleEndian(event, into: &word, at: 0)
            digest = XXH64.hash(word.span, seed: digest)
        }
        return digest
    }
}
