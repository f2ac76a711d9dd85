import Bindings

/// A new store that is made under another name, `NEW.restoring`, and gets its own when it is
/// whole: after a crash there is all of it or nothing.
struct UnfinishedStore {
    let target: StoreFiles

    static let suffix = ".restoring"
    private static let lock = "restore.lock"

    /// Runs `body` on a directory beside the target, which becomes the target when it returns, and
    /// is removed when it throws.
    func fill<Report>(_ body: (StoreFiles) throws -> Report) throws -> Report {
        let files = StoreFiles(directory: target.directory + Self.suffix)
        try FileSystem.ensureDirectory(files.directory)
        let lockPath = "\(files.directory)/\(Self.lock)"
        guard let lock = try FileLock.tryLock(lockPath) else {
            throw HansardError(
                .backupBusy,
                "another process is restoring to \(target.directory): wait for it to end, or end it"
            )
        }
        try removeLeftovers(files)
        let report: Report
        do {
            report = try body(files)
            try FileSystem.removeFile(lockPath)
            try FileSystem.synchroniseDirectory(files.directory)
            try FileSystem.rename(files.directory, to: target.directory)
        } catch {
            // What can't be removed now is removed by the next restore; what failed is more to the
            // point.
            try? FileSystem.removeTree(files.directory)
            throw error
        }
        try FileSystem.synchroniseDirectory(FileSystem.parent(of: target.directory))
        _ = consume lock
        return report
    }

    /// Removes what a restore that was killed left.
    private func removeLeftovers(_ files: StoreFiles) throws {
        for name in try FileSystem.names(in: files.directory) where name != Self.lock {
            let path = "\(files.directory)/\(name)"
            if try FileSystem.information(of: path).isDirectory {
                try FileSystem.removeTree(path)
            } else {
                try FileSystem.removeFile(path)
            }
        }
    }
}
