import HansardEngine

extension HansardError {
    /// A fault in a backup's files, after which only what precedes it can be had.
    static func damagedBackup(
        _ what: String, intactThrough last: Position, path: String
    ) -> HansardError {
        last == .zero
            ? HansardError(
                .damagedBackup, "\(what); nothing lies before it", position: last, path: path)
            : HansardError(
                .damagedBackup, what, advice: .restoreUpTo(last), position: last, path: path)
    }

    /// A backup of the same log with another history.
    static func otherTimeline(
        _ events: String, in path: String, at position: Position
    ) -> HansardError {
        HansardError(
            .otherLog,
            "\(path) holds \(events) than the log: it is another timeline's",
            advice: .newBackupDirectory, position: position, path: path)
    }
}
