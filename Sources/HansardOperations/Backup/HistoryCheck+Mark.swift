import HansardEngine

extension HistoryCheck {
    /// Evidence of a history: the digest of its events up to one, and the backup that says so.
    struct Mark {
        /// The directory of the backup.
        let path: String
        let through: Position
        let digest: UInt64

        /// The end of what a manifest counts.
        init(_ manifest: BackupManifest, in directory: BackupDirectory) {
            (path, through, digest) = (directory.path, manifest.through, manifest.digest)
        }

        /// The end of a block.
        init(_ block: BlockHeader, in directory: BackupDirectory) {
            (path, through, digest) = (directory.path, block.last, block.digestAfter)
        }

        /// The marks of a backup's segments and of its full copies. A copy whose manifest can't be
        /// read says nothing.
        static func all(of backup: BackupDirectory) throws -> [Mark] {
            let copies = FullCopies(backup)
            let copied = try copies.names().compactMap { name in
                (try? mark(of: BackupDirectory(copies.path(name)))) ?? nil
            }
            return try [mark(of: backup)].compactMap { $0 } + copied
        }

        private static func mark(of directory: BackupDirectory) throws -> Mark? {
            guard let manifest = try directory.manifest(), manifest.through > .zero else {
                return nil
            }
            return Mark(manifest, in: directory)
        }

        /// Refuses a log that ends before the mark.
        func check(isReachedBy head: Position) throws(HansardError) {
            if head < through { throw .rolledBack(head, behind: through, backedUpIn: path) }
        }

        /// Refuses a copy of the log that holds other events.
        func check(_ copy: BackupDirectory) throws {
            try check(BackupHistory(copy).digest(through: through), of: "other events up to", through)
        }

        /// Refuses events of another digest; nil says that they end before the mark.
        func check(
            _ found: UInt64?, of events: String, _ position: Position
        ) throws(HansardError) {
            if found == digest { return }
            throw .otherTimeline("\(events) \(through)", in: path, at: position)
        }
    }
}
