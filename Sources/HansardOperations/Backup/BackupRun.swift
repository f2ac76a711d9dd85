import HansardBindings
import HansardEngine

/// Writes what a backup directory lacks of a log. Under the directory's lock; for one thread.
final class BackupRun {
    private let log: Log
    let directory: BackupDirectory
    private let settings: Backup.Settings
    private let encoder: BlockEncoder
    private var writer: SegmentWriter?
    private(set) var manifest: BackupManifest
    /// True if the manifest says something that its file does not.
    private var isStale = false
    /// The history the log was compared with.
    private(set) var history: HistoryCheck
    /// When old checkpoints were last looked at.
    private var thinnedAt: UInt64?
    /// The next event to write, the digest of all before it, and the recorded time of the last.
    private var next = Position(1)
    private var digest: UInt64
    private var lastAt: Int64 = 0
    private var publishedAt = SystemClock.monotonicMicroseconds
    private(set) var bytesWritten = 0
    /// The files that could not be copied, or compared with, the last time.
    var warnings: [HansardError] = []
    /// The last event that was there when this run began; less than what was counted when files
    /// were missing.
    var resumedThrough: Position {
        Position(min(resumedNext.rawValue - 1, manifest.through.rawValue))
    }
    private var resumedNext = Position(1)
    private(set) var sealed: [SegmentName] = []

    init(_ log: Log, to directory: BackupDirectory, _ settings: Backup.Settings) throws {
        self.log = log
        self.directory = directory
        self.settings = settings
        encoder = try BlockEncoder(log, level: settings.compressionLevel)
        digest = EventDigest.initial(logID: log.id)
        let found = try directory.manifest()
        manifest =
            found
            ?? BackupManifest(
                logID: log.id, ancestry: log.ancestry, through: .zero, digest: digest,
                recordedAt: 0, updatedAt: settings.now)
        history = HistoryCheck(
            log, encoder, in: directory, threads: settings.threads, from: manifest.tree)
        try BackupOwner.check(manifest.logID, is: log, in: directory)
        try resume()
    }

    /// Refuses a log whose first events are not those that were signed: now, before anything is
    /// written, or while a first backup is written, of which nothing is left then.
    ///
    /// - Parameter signed: the smallest first.
    func check(_ signed: [Checkpoint], step: (Position) throws -> Void) throws {
        if next == Position(1), through == .zero { return history.expect(signed) }
        do {
            for checkpoint in signed { try history.check(checkpoint, step: step) }
        } catch let error as HansardError
            where error.code == .corruptEvent && error.position ?? .zero >= next
        {
            // Writing ends there too, and says so; what precedes it is worth having.
        } catch let error as HansardError where error.code == .logForked {
            throw try neverCompared(error)
        }
    }

    /// Says so of what a first backup left that was interrupted before it came to a checkpoint.
    private func neverCompared(_ error: HansardError) throws -> HansardError {
        guard manifest.tree.size == 0, try BackupCheckpoints(directory).sizes().isEmpty else {
            return error
        }
        return error.with(
            what:
                "\(error.what). The events in \(directory.path) were never compared with what was "
                + "signed, and may be the other ones",
            advice: .moveAway(path: directory.path), path: directory.path)
    }

    /// Copies the dictionaries that the backup lacks.
    func copyDictionaries() throws {
        let there = try StoredDictionaryFile.copy(
            from: log, to: directory, known: manifest.dictionaries)
        guard there != manifest.dictionaries else { return }
        manifest.dictionaries = there
        isStale = true
    }

    /// Copies a store's checkpoint if it is new and was compared, and now and then removes old
    /// ones.
    func copyCheckpoint(_ signed: SignedCheckpoint?, from store: CheckpointFiles) throws {
        let checkpoints = BackupCheckpoints(directory)
        if let signed, signed.checkpoint.size == history.tree.size {
            try checkpoints.copy(signed, from: store, through: through)
        }
        let now = SystemClock.monotonicMicroseconds
        if let thinnedAt, now - thinnedAt < Self.thinningMicroseconds { return }
        thinnedAt = now
        try checkpoints.thin(of: log.id, now: settings.clock())
    }

    private static let thinningMicroseconds: UInt64 = 60_000_000

    /// Events that are on the disk and counted.
    var through: Position { manifest.through }

    /// Finds the end of what there is, checks that the log goes on from there, and opens the open
    /// segment.
    private func resume() throws {
        let chain: BackupChain
        if try directory.names().isEmpty && manifest.through == .zero { return }
        chain = try BackupChain(directory)
        try BackupOwner.check(chain.logID, is: log, in: directory)
        var last: BlockHeader?
        var open: SegmentReader?
        do {
            while let segment = try chain.segment() {
                if segment.name.last == nil {
                    open = segment
                    if let block = try chain.nextBlock() {
                        try check(block)
                        last = block.header
                    }
                } else if chain.isFarFromEnd {
                    try chain.skipSegment()
                } else if let header = try chain.skipBlock() {
                    last = header
                }
            }
        } catch let error as HansardError where error.code == .damagedBackup {
            // What is missing at the end the log still has, and it is written again.
            if !chain.lacksItsEnd { throw advice(error, isMissing: chain.lacksSegment) }
        }
        next = chain.next
        resumedNext = next
        digest = chain.digest
        lastAt = last?.lastAt ?? 0
        if let last {
            let mark = HistoryCheck.Mark(last, in: directory)
            try history.check(mark, from: last.first, last.digestBefore)
        }
        if chain.lacksItsEnd {
            try history.check(HistoryCheck.Mark(manifest, in: directory), from: next, digest)
        }
        if let open { writer = try SegmentWriter(resuming: open, in: directory.path) }
    }

    private func check(_ block: StoredBlock) throws {
        guard
            XXH64.hash(block.frame.span, seed: block.header.first.rawValue)
                == block.header.frameSum
        else {
            throw HansardError.damagedBackup(
                "\(block.place) does not match its checksum",
                intactThrough: Position(block.header.first.rawValue - 1), path: block.path)
        }
    }

    /// Anything but a missing end is somebody's to look at first.
    private func advice(_ error: HansardError, isMissing: Bool) -> HansardError {
        error.with(
            advice: .restoreOrBackUpAgain(
                upTo: error.position ?? .zero, directory: directory.path, isMissing: isMissing),
            path: directory.path)
    }

    /// Writes the log's events up to `head`, and returns when they are on the disk and counted.
    ///
    /// - Parameter step: called after every block with the last event written; what it throws ends
    ///   the run, with what was written counted.
    func advance(through head: Position, step: (Position) throws -> Void) throws {
        do {
            try write(through: head, step: step)
        } catch let error as HansardError where error.code == .logForked {
            try removeAll()
            throw error
        } catch {
            // What was written before is worth counting; what failed is more to the point.
            try? publish()
            throw error
        }
        try publish()
    }

    /// Leaves the backup without events, as it was found.
    private func removeAll() throws {
        writer = nil
        for name in try directory.names() {
            try FileSystem.removeFile("\(directory.path)/\(name.text)")
        }
        let manifest = "\(directory.path)/\(BackupManifest.name)"
        if FileSystem.exists(manifest) { try FileSystem.removeFile(manifest) }
    }

    private func write(through head: Position, step: (Position) throws -> Void) throws {
        let planner = BlockPlanner(log, settings)
        guard let first = try planner.range(from: next, through: head) else { return }
        if first.upperBound == head {
            // Too little to begin threads for.
            try append(encode(first))
            return try step(head)
        }
        let (log, level, hashed) = (log, settings.compressionLevel, history.hashedThrough)
        var planned = next
        let work = try Pipeline<ClosedRange<Position>, EncodedBlock>(
            name: "hansard-backup", threads: settings.threads, ahead: 2 * settings.threads,
            nextJob: {
                guard let range = try planner.range(from: planned, through: head) else {
                    return nil
                }
                planned = range.upperBound.next
                return range
            },
            makeWorker: {
                let encoder = try BlockEncoder(log, level: level)
                return { try encoder.encode($0, hashingThrough: hashed) }
            })
        do {
            while let block = try work.next() {
                try append(block)
                try step(block.header.last)
            }
        } catch let error as HansardError where error.code == .corruptEvent {
            try saveBefore(error)
        }
    }

    /// Backs up the events before a damaged one in its block.
    private func saveBefore(_ error: HansardError) throws {
        if let damaged = error.position, damaged > next,
            damaged.rawValue - next.rawValue < Backup.Settings.blockEventsMax
        {
            try append(try encoder.encode(next...Position(damaged.rawValue - 1)))
        }
        throw error
    }

    private func encode(_ range: ClosedRange<Position>) throws -> EncodedBlock {
        let hashed = history.hashedThrough
        do { return try encoder.encode(range, hashingThrough: hashed) } catch let error
            as HansardError where error.code == .corruptEvent
        {
            try saveBefore(error)
            throw error
        }
    }

    private func append(_ block: EncodedBlock) throws {
        try history.append(block.leaves)
        if let writer, !writer.isEmpty, isDue(writer) { try seal(writer) }
        let writer = try openSegment()
        try writer.append(block)
        bytesWritten += BlockHeader.bytes + block.frame.count
        next = writer.extent.next
        digest = writer.extent.digest
        lastAt = block.header.lastAt
        let age = SystemClock.monotonicMicroseconds - publishedAt
        if age >= settings.flushAge.inMicroseconds { try publish() }
    }

    private func isDue(_ writer: SegmentWriter) -> Bool {
        let age = settings.now - writer.header.createdAt
        return writer.extent.bytesCount >= settings.segmentBytesMax
            || age >= settings.segmentAge.inMicroseconds
    }

    private func openSegment() throws -> SegmentWriter {
        if let writer { return writer }
        let header = SegmentHeader(
            logID: log.id, ancestry: log.ancestry, first: next, digestBefore: digest,
            createdAt: settings.now)
        let new = try SegmentWriter(creating: header, in: directory.path)
        writer = new
        bytesWritten += new.extent.bytesCount
        return new
    }

    /// Seals the open segment if it is large or old, or in any case.
    func sealIfDue(always: Bool = false) throws {
        guard let writer, !writer.isEmpty, always || isDue(writer) else { return }
        try seal(writer)
    }

    private func seal(_ writer: SegmentWriter) throws {
        try publish()
        sealed.append(try writer.seal(at: settings.now))
        bytesWritten += SegmentSeal.bytes
        self.writer = nil
    }

    /// Flushes what was written, then counts it.
    private func publish() throws {
        publishedAt = SystemClock.monotonicMicroseconds
        try writer?.synchronise()
        let reached = Position(next.rawValue - 1)
        // Of events that the backup lacks, another log might go on with others.
        if history.tree.size <= reached.rawValue, history.tree != manifest.tree {
            manifest.tree = history.tree
            isStale = true
        }
        if reached == manifest.through, !isStale,
            FileSystem.exists("\(directory.path)/\(BackupManifest.name)")
        {
            return
        }
        manifest.through = reached
        manifest.digest = digest
        manifest.recordedAt = lastAt
        manifest.updatedAt = settings.now
        try manifest.write(in: directory.path)
        isStale = false
    }
}
