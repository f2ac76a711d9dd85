import HansardEngine

extension HansardError {
    /// A fault in a backup's files, after which only what precedes it can be had.
    static func damagedBackup(
        _ what: String, advice: Advice? = nil, intactThrough last: Position, path: String
    ) -> HansardError {
        if last == .zero {
            return HansardError(
                .damagedBackup, "\(what); nothing lies before it", advice: advice, position: last,
                path: path)
        }
        let rest = Advice.restoreUpTo(last)
        return HansardError(
            .damagedBackup, what, advice: advice.map { .either($0, rest) } ?? rest,
            position: last, path: path)
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
