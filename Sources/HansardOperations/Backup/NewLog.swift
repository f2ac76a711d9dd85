import HansardBindings
import HansardEngine

/// A new log that is filled from a backup.
///
/// Its commits don't wait for the disk: the files count for nothing until they have been flushed
/// whole and the directory has its name. For one thread.
final class NewLog {
    let log: Log
    private let settings: Store.Settings
    /// Writes to the disk what was committed while more is written: one sync of hundreds of
    /// megabytes at the end would leave the disk idle until then.
    private var flushing: BackgroundJob<Void>?
    private var bytesCount = 0
    /// The number of these that were committed when the last flush began.
    private var flushedBytesCount = 0

    /// The bytes written in one transaction. Larger ones cost more time: their pages have left the
    /// processor's caches before they are written to the file.
    static let transactionBytes = 8 << 20
    private static let flushBytes = 64 << 20

    /// Makes an empty log with an identity of its own, and notes the act that makes it.
    init(
        in directory: String, meta: LogMeta, dictionary: [UInt8]?, act: PendingAct?,
        settings: Store.Settings
    ) throws {
        try FileSystem.createDirectory(directory)
        var options = Environment.Options()
        options.isSynchronous = false
        let environment = try Environment(directory: directory, options: options)
        let table = try environment.openDatabase(Layout.meta, create: true)
        _ = try environment.openDatabase(Layout.events, integerKeys: true, create: true)
        let stored = try environment.openDatabase(
            Layout.dictionaries, integerKeys: true, create: true)
        guard let table, let stored else {
            throw HansardError(
                .internalError,
                "LMDB made no tables in \(directory)",
                advice: .report, path: directory)
        }
        let dictionaries = [InitialDictionary.bytes, dictionary ?? []].filter { !$0.isEmpty }
        try environment.write { transaction in
            try meta.write(to: table, in: transaction)
            try act?.put(to: table, in: transaction)
            for (number, bytes) in dictionaries.enumerated() {
                try transaction.append(
                    bytes.span, integerKey: UInt64(number) + 1, to: stored)
            }
        }
        log = try Log(environment, settings: settings)
        self.settings = settings
    }

    /// Writes a backup's blocks, up to and with `end`, and hands each to the build of the index.
    ///
    /// - Parameter step: called after every block with the last event written.
    /// - Throws: what `step` throws; `HansardError`: `damagedBackup`, `corruptEvent`,
    ///   `unitStopped`; what the system refuses.
    func fill(
        from chain: BackupChain, through end: Position, into build: GenerationBuild,
        step: (Position) throws -> Void
    ) throws {
        let (log, level, hasLeaves) = (log, settings.compressionLevel, build.needsLeaves)
        let work = try Pipeline<StoredBlock, RestoredBlock>(
            name: "hansard-restore", threads: 2, ahead: Self.bytesAhead,
            weight: \.header.contentsBytes,
            nextJob: { chain.next > end ? nil : try chain.nextBlock() },
            makeWorker: {
                let maker = try RestoredBlockMaker(
                    for: log, through: end, hasLeaves: hasLeaves, level: level)
                return { try maker.make($0) }
            })
        var isAtEnd = false
        while !isAtEnd {
            try log.environment.write { transaction in
                let full = bytesCount + Self.transactionBytes
                while bytesCount < full && !isAtEnd {
                    let blocks = try Self.take(Self.foldedEvents, from: work)
                    isAtEnd = blocks.isEmpty
                    for block in blocks {
                        try write(block, in: transaction)
                        bytesCount += block.bytes.count
                    }
                    try build.fold(next: blocks.map(\.events))
                    for block in blocks { try step(block.last) }
                }
            }
            try flushIfLarge()
        }
    }

    private func flushIfLarge() throws {
        guard bytesCount - flushedBytesCount >= Self.flushBytes else { return }
        flushedBytesCount = bytesCount
        try flushing?.wait()
        flushing = try BackgroundJob(name: "hansard-sync") { [environment = log.environment] in
            try environment.sync()
        }
    }

    /// The next blocks, until they hold so many events; none at the end.
    private static func take(
        _ eventsMin: Int, from work: Pipeline<StoredBlock, RestoredBlock>
    ) throws -> [RestoredBlock] {
        var blocks: [RestoredBlock] = []
        var count = 0
        while count < eventsMin, let block = try work.next() {
            count += block.events.count
            blocks.append(block)
        }
        return blocks
    }

    private static let foldedEvents = 8_192

    /// The bytes unpacked ahead of the thread that writes them, before compression: with the
    /// decoded events, the memory that a restore takes.
    private static let bytesAhead = 16 << 20

    private func write(
        _ block: RestoredBlock, in transaction: borrowing WriteTransaction
    ) throws {
        var position = block.first.rawValue
        var start = 0
        let bytes = block.bytes
        for end in block.ends {
            try transaction.append(
                bytes.span.extracting(start..<end), integerKey: position, to: log.events)
            start = end
            position += 1
        }
    }

    /// Notes the act that makes the log, for its first writer to record.
    func note(_ act: PendingAct) throws {
        try log.note(act)
    }

    /// Begins to flush everything to the disk, to close the files, and to read back what they hold.
    ///
    /// Waiting for it throws `HansardError` (`corruptEvent`) and what the system refuses.
    func finish() throws -> BackgroundJob<Void> {
        try flushing?.wait()
        let (environment, settings) = (log.environment, settings)
        return try BackgroundJob(name: "hansard-check") {
            try environment.sync()
            environment.close()
            try FileSystem.synchroniseFile("\(environment.directory)/data.mdb")
            try FileSystem.synchroniseDirectory(environment.directory)
            try Log(directory: environment.directory, settings: settings).checkStored()
        }
    }
}

extension Log {
    /// Checks that every event is there and matches its checksum, each half of them on a thread.
    /// Some 200 ns each, and what reading the file costs.
    fileprivate func checkStored() throws {
        let last = try environment.read { try head(in: $0) }
        let middle = Position(last.rawValue / 2)
        let firstHalf = try BackgroundJob(name: "hansard-check") { [self] in
            try checkStored(from: Position(1), through: middle)
        }
        try checkStored(from: middle.next, through: last)
        try firstHalf.wait()
    }

    private func checkStored(from first: Position, through last: Position) throws {
        try forEachStored(from: first, through: last) { position, stored in
            _ = try EventHeader.decode(stored, position: position)
        }
    }
}
