import HansardEngine
import HansardBindings

/// Cuts the log into ranges of events that fill a block, by the lengths in their headers.
struct BlockPlanner {
    private let log: Log
    private let bytesMax: Int

    init(_ log: Log, _ settings: BackupSettings) {
        self.log = log
        bytesMax = settings.blockBytes
    }

    /// The next block's events; nil when there are none up to `head`.
    func range(from first: Position, through head: Position) throws -> ClosedRange<Position>? {
        if first > head { return nil }
        let end = min(head.rawValue, first.rawValue + BackupSettings.blockEventsMax - 1)
        var last = first.rawValue
        var bytes = 0
        try log.environment.read { transaction in
            try transaction.withCursor(log.events) { cursor in
                var isFound = try cursor.seek(integerKey: first.rawValue)
                var position = first.rawValue
                // A gap, or an event that is too short to be one, is reported by who reads it.
                while isFound, position <= end {
                    bytes += try cursor.withCurrent { _, stored in
                        stored.count < 8
                            ? 0 : Int(Bytes.loadLittleEndian(stored, at: 4, as: UInt32.self))
                    }
                    if position > first.rawValue, bytes > bytesMax { break }
                    last = position
                    position += 1
                    isFound = try cursor.next()
                }
            }
        }
        return first...Position(last)
    }
}

/// Whose backup a directory is.
enum BackupOwner {
    /// - Throws: `HansardError` (`otherLog`) saying how the two logs are related.
    static func check(_ logID: String, is log: Log, in directory: BackupDirectory) throws {
        if logID == log.id { return }
        if let ancestor = log.ancestry.last(where: { $0.logID == logID }) {
            throw HansardError(
                .otherLog,
                "\(directory.path) is the backup of another timeline, log \(logID): this log was "
                    + "restored from it as of event \(ancestor.position), and what came after differs. "
                    + "Back this log up to a new directory")
        }
        throw HansardError(
            .otherLog,
            "\(directory.path) is the backup of another log, \(logID); this one is \(log.id). Back "
                + "it up to a directory of its own")
    }
}
