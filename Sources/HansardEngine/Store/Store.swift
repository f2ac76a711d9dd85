import HansardBindings
import HansardRecords
import Synchronization

/// An open event store: a log, an index, and the projections that keep it current.
///
/// Every method may be called from any thread or task. Several processes may have one store open;
/// in one process, opening a store twice gives the same object.
public final class Store: Sendable {
    /// The settings with which a store is opened.
    public typealias Settings = StoreSettings

    public let path: String
    let files: StoreFiles
    public let settings: StoreSettings
    package let log: Log
    /// The generation of the index in use.
    package var index: Index { fold.published.index }
    let fold: FoldLock
    let writer: LogWriter
    package let indexWriter: IndexWriter
    let permits: Permits
    package let statuses: UnitStatuses
    private let threads = Mutex<[DedicatedThread]>([])
    private let builder = Mutex<DedicatedThread?>(nil)
    private let closed = Mutex(false)

    /// Makes a new, empty store whose log `signing` signs. `Store.create(at:settings:)` is the door
    /// for embedders.
    package static func create(
        at path: String, settings: StoreSettings, signing: (any LogSigning)?
    ) throws(HansardError) {
        try StoreFiles(directory: path, signing: signing).create(settings: settings)
    }

    /// Opens a store whose log `signing` signs. `Store.open(_:units:settings:)` is the door for
    /// embedders.
    package static func open(
        _ path: String, units: [ProjectionUnit], settings: StoreSettings, signing: (any LogSigning)?
    ) throws(HansardError) -> Store {
        try settings.validate()
        let files = StoreFiles(directory: path, signing: signing)
        try files.checkIsStore()
        do {
            try files.checkFileSystem(settings: settings)
            let identity = try FileSystem.identity(of: files.logData)
            return try StoreRegistry.shared.store(identity) {
                try Store(files: files, units: units, settings: settings)
            }
        } catch {
            throw HansardError.wrapping(error, doing: "opening the store \(path)")
        }
    }

    convenience init(files: StoreFiles, units: [ProjectionUnit], settings: StoreSettings) throws {
        try self.init(
            files: files,
            definitions: UnitDefinition.list(units, keepsTree: settings.keepsTree),
            settings: settings)
    }

    /// Opens a store that nobody else in this process is given.
    package init(files: StoreFiles, definitions: [UnitDefinition], settings: StoreSettings) throws {
        path = files.directory
        self.files = files
        self.settings = settings
        log = try Log(directory: files.log, settings: settings)
        let (index, plan) = try files.openLiveIndex(
            of: log, units: definitions, settings: settings)
        statuses = UnitStatuses(wanted: definitions, lacking: plan.lacking)
        let publication = Publication(Published(empty: index))
        let projector = try Projector(log: log, index: index, published: publication)
        projector.publish(logTransaction: nil)
        fold = FoldLock(projector, publishingTo: publication)
        let mover = GenerationMover(
            log: log, files: files, units: definitions, fold: fold,
            settings: settings)
        let isSigning = settings.keepsTree && !settings.isReadOnly
        indexWriter = IndexWriter(
            fold: fold, mover: mover,
            signer: isSigning
                ? files.signing?.signer(of: log, at: files.directory, settings: settings) : nil,
            settings: settings)
        writer = LogWriter(
            fold: fold, indexWriter: indexWriter, settings: settings, logDirectory: files.log,
            environment: log.environment)
        permits = Permits(
            capacity: .init(events: settings.queueEventsMax, bytes: settings.queueBytesMax))
        // A process killed at the end of a commit may have left it in the page cache alone. A
        // retry of its appends is answered that they are there, which must be true of the disk.
        if !settings.isReadOnly { try log.environment.sync() }
        try catchUp()
        if settings.isReadOnly { return }
        // A process that only reads leaves the index to those that write, unless there was much to
        // fold, after a crash, or those don't keep all its units: every opening would fold it
        // again.
        let foldedMost = fold.published.units.map(\.tail.eventsCount).max() ?? 0
        if foldedMost >= settings.openingFoldEventsMax || fold.published.isAheadAlone {
            indexWriter.tailGrew()
        }
        try start()
        recordActs()
    }

    private func start() throws {
        let (writer, indexWriter) = (writer, indexWriter)
        let started = [
            try DedicatedThread(name: "hansard-writer") { writer.run() },
            try DedicatedThread(name: "hansard-index") { indexWriter.run() },
        ]
        threads.withLock { $0 = started }
        guard statuses.isLacking(index), settings.changedUnits == .build else { return }
        statuses.note(.notBegun)
        let units = BackgroundRebuild(
            log: log, files: files, statuses: statuses, fold: fold,
            indexWriter: indexWriter, settings: settings,
            // Any commit records the swap; this one comes at once.
            recordActs: { writer.recordActs() })
        let thread = try DedicatedThread(name: "hansard-units") { units.run() }
        builder.withLock { $0 = thread }
    }

    /// Ends the building of a generation, which leaves nothing behind.
    private func stopBuilding() {
        statuses.close()
        let thread = builder.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
    }

    /// Folds the log's new events into the tails; flushes when they outgrow their bound.
    package func catchUp() throws {
        do { try foldOn() } catch {
            indexWriter.foldFailed()
            throw error
        }
        indexWriter.logWasRead()
    }

    private func foldOn() throws {
        let isReadOnly = settings.isReadOnly
        try fold.fold { projector in
            try projector.catchUp { if !isReadOnly { try indexWriter.flush(within: $0) } }
        }
    }

    public var isClosed: Bool { closed.withLock { $0 } }

    /// Answers what was appended, writes the tail to the index and ends the threads. Blocks
    /// meanwhile; safe to call twice.
    ///
    /// - Throws: `HansardError` when the index could not be written. Nothing is lost then: the next
    ///   opening folds it again.
    public func close() throws(HansardError) {
        let wasClosed = closed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        if wasClosed { return }
        fold.watch.close()
        stopBuilding()
        if !settings.isReadOnly, fold.published.isAheadAlone { indexWriter.tailGrew() }
        writer.close()
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        if let writerThread = threads.first { writerThread.join() }
        indexWriter.close()
        if let projectorThread = threads.last { projectorThread.join() }
        indexWriter.signer?.close()
        if let failure = indexWriter.lastFailure { throw failure }
    }

    deinit {
        // A store let go of without `close` still ends its threads; what the last flush says can't
        // be thrown from here, and loses nothing.
        stopBuilding()
        writer.close()
        let threads = threads.withLock { $0 }
        if let writerThread = threads.first { writerThread.join() }
        indexWriter.close()
        if let projectorThread = threads.last { projectorThread.join() }
    }
}
