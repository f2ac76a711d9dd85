public import HansardEngine

extension HansardError.Code {
    /// A file of a backup is damaged or missing; the message says which, and what can still be
    /// restored.
    public static let damagedBackup = Self(rawValue: "damaged_backup")
    /// A backup belongs to another log, or to another history of this one.
    public static let otherLog = Self(rawValue: "other_log")
    /// Another process is writing the backup, or restoring to the same place.
    public static let backupBusy = Self(rawValue: "backup_busy")
    /// Another log was put in the place of one that is watched.
    public static let logReplaced = Self(rawValue: "log_replaced")
    /// The directory holds no backup.
    public static let notABackup = Self(rawValue: "not_a_backup")
}

extension HansardError {
    /// A fault in a backup's files, after which only what lies before it can be had.
    static func damagedBackup(_ what: String, intactThrough last: Position) -> HansardError {
        let rest =
            last == .zero
            ? "nothing lies before it"
            : "events up to \(last) can still be restored, with '--to-position \(last)'"
        return HansardError(.damagedBackup, "\(what): \(rest)", position: last)
    }

    /// A backup of the same log with another history.
    static func otherTimeline(
        _ events: String, in path: String, at position: Position
    ) -> HansardError {
        HansardError(
            .otherLog,
            "\(path) holds \(events) than the log: another timeline's. Back this log up to a new "
                + "directory; what is there stays",
            position: position)
    }
}
