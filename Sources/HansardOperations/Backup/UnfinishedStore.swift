import HansardBindings
import HansardEngine

/// A new store that is made under another name, `NEW.restoring`, and gets its own when it is
/// whole: after a crash there is all of it or nothing.
struct UnfinishedStore {
    let target: StoreFiles

    static let suffix = ".restoring"
    static let lock = "restore.lock"

    /// Runs `body` on a directory beside the target, which becomes the target when it returns, and
    /// is removed when it throws.
    func fill<Report>(_ body: (StoreFiles) throws -> Report) throws -> Report {
        let files = StoreFiles(
            directory: target.directory + Self.suffix, signing: CheckpointSigning())
        try FileSystem.ensureDirectory(files.directory)
        try checkIsLeftover(files)
        guard let lock = try FileLock.tryLock("\(files.directory)/\(Self.lock)") else {
            throw HansardError(
                .backupBusy,
                "another process is restoring to \(target.directory)",
                advice: .waitForOtherProcess, path: target.directory)
        }
        try removeLeftovers(files)
        let report: Report
        do {
            report = try body(files)
            try FileSystem.synchroniseDirectory(files.directory)
            try FileSystem.rename(files.directory, to: target.directory)
        } catch {
            // Called before what was written is removed and there is room again.
            let failure = noRoom(error, files) ?? error
            // What can't be removed now is removed by the next restore; what failed is more to the
            // point.
            try? FileSystem.removeTree(files.directory)
            throw failure
        }
        // Only now: without it, somebody else would take what is whole for left over.
        try FileSystem.removeFile("\(target.directory)/\(Self.lock)")
        try FileSystem.synchroniseDirectory(target.directory)
        try FileSystem.synchroniseDirectory(FileSystem.parent(of: target.directory))
        _ = consume lock
        return report
    }

    /// The error as one about room, if that is what it is about.
    ///
    /// LMDB reports a full disk, and a file that may not grow, as EIO when a write comes back
    /// short.
    private func noRoom(_ error: any Error, _ files: StoreFiles) -> HansardError? {
        let inner = (error as? HansardError)?.underlying ?? error
        let isShort = (inner as? LMDBError)?.code == .inputOutput
        let free = (try? FileSystem.freeBytes(at: files.directory)) ?? .max
        let limit = ProcessLimits.fileBytes
        guard
            ErrorCode(of: error) == .full
                || isShort && (free < Self.freeBytesLow || limit != nil)
        else { return nil }
        let what = limit.map { " or the limit of a file's size (\($0) bytes, 'ulimit -f')" } ?? ""
        return HansardError(
            .full,
            "there is no room for the new store \(target.directory): the disk\(what) is full. "
                + "What was written was removed",
            advice: .freeSpaceOrNameOther, path: target.directory, underlying: inner)
    }

    private static let freeBytesLow = 4 << 20

    /// Refuses a directory that no restore left: whatever is in it would be removed.
    private func checkIsLeftover(_ files: StoreFiles) throws {
        let names = try FileSystem.names(in: files.directory)
        let isLeft = names.isEmpty || names.contains(Self.lock)
        if isLeft, try !FileSystem.isLink(files.directory) { return }
        throw HansardError(
            .alreadyExists,
            "\(files.directory) is in the way, and no restore left it",
            advice: .moveAway(path: files.directory), path: files.directory)
    }

    /// Removes what a restore that was killed left.
    private func removeLeftovers(_ files: StoreFiles) throws {
        for name in try FileSystem.names(in: files.directory) where name != Self.lock {
            try FileSystem.removeAny("\(files.directory)/\(name)")
        }
    }
}
