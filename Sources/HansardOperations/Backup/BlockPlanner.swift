import HansardBindings
import HansardEngine

/// Cuts the log into ranges of events that fill a block, by the lengths in their headers.
struct BlockPlanner {
    private let log: Log
    private let bytesMax: Int

    init(_ log: Log, _ settings: Backup.Settings) {
        self.log = log
        bytesMax = settings.blockBytes
    }

    /// The next block's events; nil when there are none up to `head`.
    func range(from first: Position, through head: Position) throws -> ClosedRange<Position>? {
        if first > head { return nil }
        let end = min(head.rawValue, first.rawValue + Backup.Settings.blockEventsMax - 1)
        var last = first.rawValue
        var bytes = 0
        try log.environment.read { transaction in
            do {
                try log.scanStored(from: first, through: Position(end), in: transaction) {
                    position, stored in
                    bytes +=
                        stored.count < 8
                        ? 0 : Int(Bytes.loadLittleEndian(stored, at: 4, as: UInt32.self))
                    if position > first.rawValue, bytes > bytesMax { return false }
                    last = position
                    return true
                }
            } catch let error as HansardError where error.code == .corruptEvent {
                // The thread that reads the block reports the gap, and an event cut too short.
                return
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
                "\(directory.path) is the backup of another timeline, log \(logID): this log "
                    + "was restored from it as of event \(ancestor.position), and what came "
                    + "after differs",
                advice: .newBackupDirectory, path: directory.path)
        }
        throw HansardError(
            .otherLog,
            "\(directory.path) is the backup of another log, \(logID); this one is \(log.id)",
            advice: .newBackupDirectory, path: directory.path)
    }
}
