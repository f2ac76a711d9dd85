import HansardBindings
public import HansardEngine

/// Makes a new store from a backup, up to an event or a moment, index included.
///
/// The store has the events' positions, times and ids, and an identity of its own which records
/// what it was restored from. The backup, and the store it was made from, are only read.
/// Interrupted at any point, by a kill too, there is no new store; what was written is in
/// `NEW.restoring`, which the next restore to the same place removes.
public struct Restore {
    private let backup: BackupDirectory
    private let target: StoreFiles
    private let units: [UnitDefinition]
    private let settings: Store.Settings
    private let actor: String?
    private let keyFile: String?

    /// - Parameters:
    ///   - directory: a backup's, or that of one of its full copies.
    ///   - path: where the store is to be: an empty directory, or one that is not there yet.
    ///   - units: the projections of this program, for the index.
    ///   - actor: who the new log shall say restored it; nil for `Store.Settings.actor`.
    ///   - keyFile: a secret key that shall sign for the new store too, such as the old one's
    ///     `keys/signing.key`; nil makes a new one. The new log signs under a name of its own, so
    ///     the text of the public key is another, and its last part the same.
    public init(
        from directory: String, into path: String, units: [ProjectionUnit],
        actor: String? = nil, keyFile: String? = nil, settings: Store.Settings = .init()
    ) {
        self.actor = actor
        self.keyFile = keyFile
        backup = BackupDirectory(directory)
        target = StoreFiles(directory: path, signing: CheckpointSigning())
        self.units = UnitDefinition.list(units, keepsTree: settings.keepsTree)
        self.settings = settings
    }

    /// Restores. Takes three threads.
    ///
    /// - Parameters:
    ///   - isCancelled: asked every few thousand events.
    ///   - progress: called as often.
    /// - Throws: `HansardError`: `keyUnusable` for a key that is damaged, or that others may read;
    ///   `notABackup`; `damagedBackup` for a fault before the target; `invalidArgument` for a
    ///   position beyond the backup, a time before its first event, or a `path` inside a backup;
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
            try backup.checkIsBackup()
            try backup.checkIsNotAround(target.directory)
            let signer = try keyFile.map { try CheckpointFiles.secretKey(in: $0) }
            let plan = try RestorePlan(end, of: backup)
            return try UnfinishedStore(target: target).fill { files in
                let build = RestoreBuild(
                    plan: plan, files: files, units: units, settings: settings, actor: actor,
                    signer: signer,
                    isCancelled: isCancelled, progress: progress)
                return try build.run()
            }
        } catch {
            let failure = HansardError.wrapping(error, doing: "restoring to \(target.directory)")
            throw namingSoundCopy(failure, isCancelled)
        }
    }

    /// Adds to damage the full copy that goes beyond it, if there is one.
    private func namingSoundCopy(
        _ failure: HansardError, _ isCancelled: () -> Bool
    ) -> HansardError {
        let copies = FullCopies(backup)
        // What is wrong with a copy is not what was asked for: it is only not named.
        guard failure.code == .damagedBackup,
            let found = try? copies.newestSound(beyond: failure.position ?? .zero, isCancelled)
        else { return failure }
        let path = copies.path(found.name)
        return failure.with(
            what: "\(failure.what). The full copy \(path) is sound up to event \(found.through)",
            advice: .restoreFromCopy(path: path, orUpTo: failure.position ?? .zero))
    }
}

/// The plan of a restore.
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
                        "the backup \(backup.path) ends at event \(last), before \(position)",
                        advice: .usePosition(upTo: last), position: last, path: backup.path)
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
                if segment.seal != nil {
                    try chain.skipSegment()
                } else {
                    _ = try chain.skipBlock()
                }
            }
        } catch let error as HansardError where error.code == .damagedBackup {
            return (error.position ?? .zero, error)
        }
        return (Position(chain.next.rawValue - 1), nil)
    }
}
