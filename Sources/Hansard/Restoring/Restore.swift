import Bindings

/// Makes a new store from a backup, up to an event or a moment, index included.
///
/// The store has the events' positions, times and ids, and an identity of its own which records
/// what it was restored from. The backup, and the store it was made from, are only read. Interrupted
/// at any point, by a kill too, there is no new store; what was written is in `NEW.restoring`, which
/// the next restore to the same place removes.
public struct Restore {
    private let backup: BackupDirectory
    private let target: StoreFiles
    private let units: [UnitDefinition]
    private let settings: Settings

    static let unfinishedSuffix = ".restoring"
    private static let lock = "restore.lock"

    /// - Parameters:
    ///   - directory: a backup's, or that of one of its full copies.
    ///   - path: where the store is to be: an empty directory, or one that is not there yet.
    ///   - units: the projections of this program, for the index.
    public init(
        from directory: String, into path: String, units: [ProjectionUnit],
        settings: Settings = Settings()
    ) {
        backup = BackupDirectory(directory)
        target = StoreFiles(directory: path)
        self.units = UnitDefinition.list(units, keepsTree: settings.keepsTree)
        self.settings = settings
    }

    /// Restores. Takes three threads.
    ///
    /// - Parameters:
    ///   - isCancelled: asked every few thousand events.
    ///   - progress: called as often.
    /// - Throws: `HansardError`: `notABackup`; `damagedBackup` for a fault before the target;
    ///   `invalidArgument` for a position beyond the backup or a time before its first event;
    ///   `alreadyExists` when `path` is not empty; `backupBusy` when another restore writes there;
    ///   `unitStopped`; `cancelled`; `full`; `noPermission`; `system`. There is no store then.
    public func run(
        to end: RestoreTarget = .end, isCancelled: @escaping () -> Bool = { false },
        progress: @escaping (RestoreProgress) -> Void = { _ in }
    ) throws(HansardError) -> RestoreReport {
        do {
            try settings.validate()
            try target.checkFileSystem(settings: settings)
            try target.checkIsEmpty()
            let plan = try RestorePlan(end, of: backup)
            return try inUnfinishedDirectory { files in
                let build = RestoreBuild(
                    plan: plan, files: files, units: units, settings: settings,
                    isCancelled: isCancelled, progress: progress)
                return try build.run()
            }
        } catch {
            throw HansardError.wrapping(error, doing: "restoring to \(target.directory)")
        }
    }

    /// Runs `body` on a directory beside the target, which becomes the target when it returns, and
    /// is removed when it throws.
    private func inUnfinishedDirectory(
        _ body: (StoreFiles) throws -> RestoreReport
    ) throws -> RestoreReport {
        let files = StoreFiles(directory: target.directory + Self.unfinishedSuffix)
        try FileSystem.ensureDirectory(files.directory)
        let lockPath = "\(files.directory)/\(Self.lock)"
        guard let lock = try FileLock.tryLock(lockPath) else {
            throw HansardError(
                .backupBusy,
                "another process is restoring to \(target.directory): wait for it to end, or end it"
            )
        }
        try removeLeftovers(files)
        let report: RestoreReport
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

/// What is to be restored.
struct RestorePlan {
    let backup: BackupDirectory
    let end: Position
    let backupThrough: Position
    let moment: RestoreMoment?

    /// - Throws: `HansardError`: `invalidArgument`, `damagedBackup` when the end can't be reached.
    init(_ target: RestoreTarget, of backup: BackupDirectory) throws {
        self.backup = backup
        let (last, fault) = try Self.last(of: backup)
        backupThrough = last
        switch target {
        case .end:
            if let fault { throw fault }
            (end, moment) = (last, nil)
        case .position(let position):
            guard position <= last else {
                throw fault
                    ?? HansardError(
                        .invalidArgument,
                        "the backup \(backup.path) ends at event \(last), before \(position): name "
                            + "a position up to \(last), or back up again first",
                        position: last)
            }
            (end, moment) = (position, nil)
        case .time(let time):
            let found = try RestoreMoment.find(time, in: backup)
            (end, moment) = (found.position, found)
        }
    }

    /// The last event that can be reached, and why no more can.
    private static func last(of backup: BackupDirectory) throws -> (Position, HansardError?) {
        let chain = try BackupChain(backup)
        do {
            while let segment = try chain.segment() {
                if segment.seal != nil { try chain.skipSegment() } else { _ = try chain.skipBlock() }
            }
        } catch let error as HansardError where error.code == .damagedBackup {
            return (error.position ?? .zero, error)
        }
        return (Position(chain.next.rawValue - 1), nil)
    }
}
