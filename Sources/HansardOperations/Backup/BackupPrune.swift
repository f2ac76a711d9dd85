public import HansardEngine

/// Removes the old full copies and checkpoints of a backup.
public struct BackupPrune {
    private let directory: BackupDirectory

    /// Prepares to prune the backup at a path; nothing is read yet.
    public init(_ path: String) { directory = BackupDirectory(path) }

    /// Removes the oldest full copies, and the checkpoints before the newest sound one. No segment
    /// is ever removed: each is a link of the chain.
    ///
    /// - Parameter keep: full copies to keep, at least 1.
    /// - Returns: what was removed.
    /// - Throws: `HansardError`: `notABackup`, `invalidArgument`, `backupBusy`, `system`.
    public func run(keep: Int) throws(HansardError) -> [String] {
        try FullCopies.check(keep: keep)
        do {
            try directory.checkIsBackup()
            return try directory.locked {
                try directory.removeUnfinished()
                let copies = try FullCopies(directory).prune(keep: keep)
                return copies.map { "\(BackupDirectory.fullCopies)/\($0)" }
                    + (try BackupCheckpoints(directory).prune())
            }
        } catch {
            throw HansardError.wrapping(error, doing: "pruning the backup \(directory.path)")
        }
    }
}
