import HansardBindings
public import HansardRecords

/// A log that this one was restored from: the same events up to a position, then each its own.
public struct LogAncestor: Sendable, Hashable {
    public let logID: String
    /// The last event both have.
    public let position: Position
    /// When that event was recorded, and when the restore was made.
    public let recordedAt: Instant
    public let restoredAt: Instant

    package init(logID: String, position: Position, recordedAt: Instant, restoredAt: Instant) {
        self.logID = logID
        self.position = position
        self.recordedAt = recordedAt
        self.restoredAt = restoredAt
    }
}

extension LogAncestor {
    package static let logIDBytes = 36
    package static let bytes = logIDBytes + 3 * 8

    /// A list, oldest first, as it is stored: 60 bytes each.
    package static func encode(_ list: [LogAncestor]) -> [UInt8] {
        var bytes: [UInt8] = []
        for ancestor in list {
            bytes.append(contentsOf: ancestor.logID.utf8)
            Bytes.appendLittleEndian(ancestor.position.rawValue, to: &bytes)
            Bytes.appendLittleEndian(ancestor.recordedAt.microsecondsSinceUnixEpoch, to: &bytes)
            Bytes.appendLittleEndian(ancestor.restoredAt.microsecondsSinceUnixEpoch, to: &bytes)
        }
        return bytes
    }

    /// Nil for bytes that are no such list.
    package static func decode(_ bytes: Span<UInt8>) -> [LogAncestor]? {
        guard bytes.count.isMultiple(of: Self.bytes) else { return nil }
        func instant(_ at: Int) -> Instant {
            Instant(
                microsecondsSinceUnixEpoch: Bytes.loadLittleEndian(bytes, at: at, as: Int64.self))
        }
        return stride(from: 0, to: bytes.count, by: Self.bytes).map { at in
            LogAncestor(
                logID: String(
                    decoding: Bytes.array(bytes.extracting(at..<at + logIDBytes)), as: UTF8.self),
                position: Position(
                    Bytes.loadLittleEndian(bytes, at: at + logIDBytes, as: UInt64.self)),
                recordedAt: instant(at + logIDBytes + 8),
                restoredAt: instant(at + logIDBytes + 16))
        }
    }
}
