import Bindings
import Synchronization

/// A new log that is filled from a backup.
///
/// Its commits don't wait for the disk: the files count for nothing until they have been flushed
/// whole and the directory has its name. For one thread.
struct RestoredLog {
    let log: Log
    private let flushing: BackgroundSync
    private let settings: Settings

    /// What is written in one transaction: below 60,000 changed pages, beyond which LMDB would
    /// spill.
    static let transactionBytes = 96 << 20

    /// Makes an empty log with an identity of its own, and notes the act that makes it.
    init(
        in directory: String, meta: LogMeta, dictionary: [UInt8]?, act: PendingAct?,
        settings: Settings
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
            throw HansardError(.system, "LMDB made no tables in \(directory)")
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
        flushing = BackgroundSync(environment)
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
        let work = try OrderedWork<StoredBlock, RestoredBlock>(
            name: "hansard-restore", threads: 2, ahead: Self.blocksAhead,
            nextJob: { chain.next > end ? nil : try chain.nextBlock() },
            makeWorker: {
                let maker = try RestoredBlockMaker(
                    for: log, through: end, hasLeaves: hasLeaves, level: level)
                return { try maker.make($0) }
            })
        var isAtEnd = false
        while !isAtEnd {
            try log.environment.write { transaction in
                var bytes = 0
                while bytes < Self.transactionBytes {
                    guard let block = try work.next() else {
                        isAtEnd = true
                        return
                    }
                    try write(block, in: transaction)
                    bytes += block.bytes.count
                    try build.fold(next: block.events)
                    try step(block.last)
                }
            }
            try flushing.begin()
        }
    }

    /// Blocks unpacked ahead of whoever writes them: these are the memory a restore takes.
    private static let blocksAhead = 4

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

    /// Flushes everything to the disk and closes the files.
    func finish() throws {
        try flushing.wait()
        let environment = log.environment
        try environment.sync()
        environment.close()
        try FileSystem.synchroniseFile("\(environment.directory)/data.mdb")
        try FileSystem.synchroniseDirectory(environment.directory)
    }
}

/// Writes to the disk what was committed, on a thread of its own, while more is written: one sync
/// of hundreds of megabytes at the end would leave the disk idle until then.
private final class BackgroundSync {
    private let environment: Environment
    private let outcome = Outcome()
    private var thread: DedicatedThread?

    /// What the thread leaves for its owner.
    private final class Outcome: Sendable {
        let failure = Mutex<(any Error)?>(nil)
    }

    init(_ environment: Environment) { self.environment = environment }

    deinit { thread?.join() }

    /// Begins once the one before has ended.
    ///
    /// - Throws: what that one failed with.
    func begin() throws {
        try wait()
        thread = try DedicatedThread(name: "hansard-sync") { [environment, outcome] in
            do { try environment.sync() } catch { outcome.failure.withLock { $0 = error } }
        }
    }

    func wait() throws {
        thread?.join()
        thread = nil
        if let failure = outcome.failure.withLock({ $0 }) { throw failure }
    }
}
