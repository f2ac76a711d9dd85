import HansardBindings
public import HansardEngine
public import HansardRecords

/// The progress of a backup.
public struct BackupProgress: Sendable {
    /// True if the log is still being compared with what was signed of it; nothing is written
    /// meanwhile.
    public let isComparing: Bool
    /// The last event written or compared, of how many there are.
    public let done: Position
    public let total: Position
    /// Since the beginning.
    public let eventsPerSecond: Double
}

/// The report of a backup.
public struct BackupReport: Sendable {
    /// The last event that is backed up now, and when it was recorded; zero and nil for an empty
    /// log.
    public let through: Position
    public let recordedAt: Instant?
    /// Events and bytes written this time.
    public let eventsCount: Int
    public let bytesCount: Int
    public let duration: Duration
    /// Name of the full copy, when that was asked for.
    public let fullCopy: String?
    /// Full copies removed because there were more than are kept.
    public let removed: [String]
    /// The files besides the events that could not be copied, and the reasons.
    public let warnings: [HansardError]

    public var eventsPerSecond: Double { Double(eventsCount) / max(duration.inSeconds, 1e-6) }
}

/// Backs the log of a store up to a directory, while any process uses the store.
///
/// Writes only what the directory lacks. Needs the log alone: no index, and no open store.
/// Interrupted at any point, by a kill too, what was written before counts, and the next backup
/// goes on there. docs/FORMAT.md says what the directory holds. For one thread at a time.
public struct Backup {
    private let log: Log
    private let store: StoreFiles
    /// The identity of the log's file.
    private let identity: FileIdentity
    private let checkpoints: CheckpointFiles
    private let directory: BackupDirectory
    private let settings: Backup.Settings

    /// - Throws: `HansardError`: `notAStore`, `newerFormat`, `corruptEvent`, `noPermission`.
    public init(
        ofStore path: String, to directory: String, settings: Backup.Settings = Backup.Settings()
    ) throws(HansardError) {
        store = StoreFiles(directory: path)
        try store.checkIsStore()
        do { identity = try FileSystem.identity(of: store.logData) } catch {
            throw HansardError.wrapping(error, doing: "opening the log of \(path)")
        }
        var logSettings = Store.Settings()
        logSettings.isReadOnly = !FileSystem.isWritable(store.log)
        log = try store.openLog(settings: logSettings)
        checkpoints = CheckpointFiles(directory: store.directory, logID: log.id)
        self.directory = BackupDirectory(directory)
        self.settings = settings
    }

    /// Writes what is new, up to the log's head as it is now.
    ///
    /// - Parameters:
    ///   - isCancelled: asked after every block.
    ///   - progress: called as often.
    /// - Throws: `HansardError`: `cancelled`; `otherLog`, `logRolledBack`, `alreadyExists` when
    ///   the directory is not this log's; `logForked` when the log is not what was signed;
    ///   `damagedBackup`; `backupBusy`; `corruptEvent` at a damaged event, after those before it;
    ///   `full`; `noPermission`; `system`.
    public func run(
        isCancelled: @escaping () -> Bool = { false },
        progress: @escaping (BackupProgress) -> Void = { _ in }
    ) throws(HansardError) -> BackupReport {
        try resumed(isCancelled, progress) { run, work in
            try advance(run, to: look(), work)
            try run.sealIfDue()
            let compaction = SegmentCompaction(directory, settings)
            for name in try compaction.due() where !isCancelled() {
                try compaction.run(name, isCancelled: isCancelled)
            }
        }
    }

    /// Lends `body` the backup where the last one ended, as the only one that writes it, and
    /// reports what that wrote.
    private func resumed(
        _ isCancelled: @escaping () -> Bool, _ progress: @escaping (BackupProgress) -> Void,
        _ body: (BackupRun, Work) throws -> Void
    ) throws(HansardError) -> BackupReport {
        try prepared(isCancelled, progress) { work in
            let run = try BackupRun(log, to: directory, settings)
            let before = run.resumedThrough
            try body(run, work)
            return report(run, since: before, work.began)
        }
    }

    /// Lends the directory as `body` wants it: there, locked, and without what others left.
    private func prepared(
        _ isCancelled: @escaping () -> Bool, _ progress: @escaping (BackupProgress) -> Void,
        _ body: (Work) throws -> BackupReport
    ) throws(HansardError) -> BackupReport {
        do {
            try directory.prepare()
            return try directory.locked {
                let work = Work(
                    began: SystemClock.monotonicMicroseconds, isCancelled: isCancelled,
                    progress: progress)
                try directory.removeUnfinished()
                return try body(work)
            }
        } catch {
            throw HansardError.wrapping(error, doing: "backing up to \(directory.path)")
        }
    }

    /// Writes what is new, again and again, until it is cancelled; within a second
    /// of the log, when the disk and two threads keep up.
    ///
    /// - Parameter onAdvance: called whenever something was written, with the last event that is
    ///   backed up.
    /// - Returns: what was written in all.
    /// - Throws: as `run`; `logReplaced` when another log is put in the place of this one.
    public func watch(
        isCancelled: @escaping () -> Bool, onAdvance: (BackupProgress) -> Void = { _ in }
    ) throws(HansardError) -> BackupReport {
        try resumed(isCancelled, { _ in }) { run, work in
            let compaction = CompactionThread(directory, settings)
            defer { compaction.finish() }
            try compaction.start()
            var sealedCount = 0
            while !isCancelled() {
                try checkIsInPlace()
                let found = try look()
                if found.head > run.through || found.signedSize > run.history.tree.size {
                    try advance(run, to: found, work)
                    onAdvance(work.at(run.through, of: found.head))
                }
                try run.sealIfDue()
                if run.sealed.count > sealedCount {
                    sealedCount = run.sealed.count
                    try compaction.start()
                }
                Pause.milliseconds(Self.pauseMilliseconds)
            }
        }
    }

    /// Refuses to go on with files that nobody appends to any more.
    private func checkIsInPlace() throws(HansardError) {
        if (try? FileSystem.identity(of: store.logData)) == identity { return }
        throw HansardError(
            .logReplaced,
            "the log in \(store.directory) was moved away or replaced while it was watched, so "
                + "the events appended now are not in the backup",
            advice: .beginWatchAgain, path: store.directory)
    }

    /// Between two looks at the log. What they find is on the disk within some 100 ms.
    private static let pauseMilliseconds = 200

    /// Makes a whole copy of its own under the directory, from the log alone, and removes the
    /// oldest copies beyond `keep`.
    ///
    /// The copy is there when it is complete, or not at all. Needs sound segments no more than a
    /// manifest: what that and the other copies hold must be the log's.
    /// - Throws: as `run`; `invalidArgument` for a `keep` below 1.
    public func full(
        keep: Int, isCancelled: @escaping () -> Bool = { false },
        progress: @escaping (BackupProgress) -> Void = { _ in }
    ) throws(HansardError) -> BackupReport {
        try FullCopies.check(keep: keep)
        return try prepared(isCancelled, progress) { work in
            if let owner = try directory.manifest()?.logID {
                try BackupOwner.check(owner, is: log, in: directory)
            }
            return try copy(keep, work)
        }
    }

    private func copy(_ keep: Int, _ work: Work) throws -> BackupReport {
        let copies = FullCopies(directory)
        // A copy of another history would push out those of this one.
        let marks = try HistoryCheck.Mark.all(of: directory)
        let found = try look()
        for mark in marks { try mark.check(isReachedBy: found.head) }
        let unfinished = try copies.begin()
        do {
            let run = try BackupRun(log, to: unfinished, settings)
            try advance(run, to: found, work)
            try run.sealIfDue(always: true)
            for mark in marks { try mark.check(unfinished) }
            let name = try copies.finish(unfinished, run.through, at: settings.clock())
            return report(
                run, since: .zero, work.began, fullCopy: name, removed: try copies.prune(keep: keep)
            )
        } catch {
            // What can't be removed now is removed by the next backup.
            try? FileSystem.removeTree(unfinished.path)
            throw error
        }
    }

    private func advance(_ run: BackupRun, to found: Found, _ work: Work) throws {
        try run.check(found.signed.map(\.checkpoint)) { done in
            try work.step(work.at(done, of: Position(found.signedSize), isComparing: true))
        }
        try run.copyDictionaries()
        try run.advance(through: found.head) { try work.step(work.at($0, of: found.head)) }
        try run.copyCheckpoint(found.signed.last, from: checkpoints)
        run.warnings = found.warnings
    }

    /// The log as it was found.
    private struct Found {
        let head: Position
        /// The latest checkpoint, and that of the external directory; the smaller first.
        var signed: [SignedCheckpoint] = []
        /// The reason one is missing, which does not stop a backup.
        var warnings: [HansardError] = []

        /// The number of events that were signed.
        var signedSize: UInt64 { signed.last?.checkpoint.size ?? 0 }
    }

    /// Refuses a log that ends before what was signed of it: an older one was put in its place.
    private func look() throws -> Found {
        var signed: [SignedCheckpoint] = []
        var warnings: [HansardError] = []
        do {
            if let latest = try checkpoints.readLatest() {
                try checkpoints.check(own: latest)
                signed.append(latest)
            }
        } catch {
            warnings.append(
                Self.warning(
                    error, "the events are backed up, but no new checkpoint vouches for them"))
        }
        do {
            let external = settings.checkpointDirectory.map { CheckpointCopy(checkpoints, in: $0) }
            if let copy = try external?.read() {
                try checkpoints.check(own: copy)
                signed.append(copy)
            }
        } catch {
            warnings.append(
                Self.warning(error, "the log was not compared with the external checkpoint"))
        }
        signed.sort { $0.checkpoint.size < $1.checkpoint.size }
        // The head last: a log only grows.
        let head = try log.environment.read { try log.head(in: $0) }
        let found = Found(head: head, signed: signed, warnings: warnings)
        if found.signedSize > head.rawValue {
            throw HansardError.rolledBack(signedThrough: Position(found.signedSize), head)
        }
        return found
    }

    /// An error that keeps no event from being backed up, and what it means.
    private static func warning(_ error: any Error, _ meaning: String) -> HansardError {
        let error = HansardError.wrapping(error, doing: "reading a checkpoint")
        return error.with(what: "\(meaning): \(error.what)")
    }

    private func report(
        _ run: BackupRun, since before: Position, _ began: UInt64, fullCopy: String? = nil,
        removed: [String] = []
    ) -> BackupReport {
        BackupReport(
            through: run.through, recordedAt: run.manifest.lastRecordedAt,
            eventsCount: Int(run.through.rawValue) - Int(before.rawValue),
            bytesCount: run.bytesWritten,
            duration: .microseconds(SystemClock.monotonicMicroseconds - began),
            fullCopy: fullCopy, removed: removed, warnings: run.warnings)
    }

    /// The callbacks of a backup, and the time it began.
    private struct Work {
        let began: UInt64
        let isCancelled: () -> Bool
        let progress: (BackupProgress) -> Void

        /// Tells how far it is, and ends it when it was cancelled.
        func step(_ reached: BackupProgress) throws(HansardError) {
            progress(reached)
            if isCancelled() {
                throw HansardError(
                    .cancelled, "the backup was cancelled; what it has written counts")
            }
        }

        func at(
            _ done: Position, of total: Position, isComparing: Bool = false
        ) -> BackupProgress {
            let seconds = Double(SystemClock.monotonicMicroseconds - began) / 1e6
            return BackupProgress(
                isComparing: isComparing, done: done, total: total,
                eventsPerSecond: Double(done.rawValue) / max(seconds, 1e-6))
        }
    }
}
