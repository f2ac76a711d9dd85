import HansardBindings
public import HansardEngine

/// The report of an import of a log.
public struct LogImportReport: Sendable {
    /// The new log, and the one that was exported.
    public let logID: String
    public let importedFrom: String
    /// The last event that was imported.
    public let position: Position
    /// True if the new log's tree was found to be the other's; false when the export says that it
    /// can't be, because text was hidden or shapes were changed.
    public let isSame: Bool
    public let duration: Duration

    public var eventsPerSecond: Double { Double(position.rawValue) / max(duration.inSeconds, 1e-6) }
}

/// Some lines of an export, with the number of the first, from 1.
public struct LogLines: Sendable {
    public let first: Int
    public let bytes: [UInt8]

    public init(first: Int, bytes: [UInt8]) {
        self.first = first
        self.bytes = bytes
    }
}

/// Makes a new store from an export of a log: positions, ids, times, revisions and payloads as
/// they are in it.
///
/// The new store is a log of its own, which records what it was imported from. Interrupted at any
/// point, by a kill too, there is no new store; `NEW.restoring`, which a kill leaves, is removed by
/// the next try.
public struct LogImport {
    private let target: StoreFiles
    private let units: [UnitDefinition]
    private let settings: Store.Settings
    private let actor: String?

    /// - Parameters:
    ///   - path: where the store is to be: an empty directory, or one that is not there yet.
    ///   - units: the projections of this program, for the index.
    ///   - actor: who the new log shall say imported it; nil for `Store.Settings.actor`.
    public init(
        into path: String, units: [ProjectionUnit], actor: String? = nil,
        settings: Store.Settings = .init()
    ) {
        target = StoreFiles(directory: path, signing: CheckpointSigning())
        self.units = UnitDefinition.list(units, keepsTree: settings.keepsTree)
        self.settings = settings
        self.actor = actor
    }

    /// Imports.
    ///
    /// - Parameters:
    ///   - lines: gives the lines, whole ones, and nil at the end.
    ///   - progress: called every few thousand events with how many are done in all.
    ///   - isCancelled: asked as often.
    /// - Throws: `HansardError`: `damagedExport` naming the first line that is not as it should
    ///   be, or when lines are missing at the end; `newerFormat`; `logForked` when the events are
    ///   not those that were exported; `alreadyExists`; `unitStopped`; `cancelled`; `full`;
    ///   `noPermission`; `system`. There is no store then. What `lines` throws.
    public func run(
        isCancelled: @escaping () -> Bool = { false },
        progress: @escaping (Position) -> Void = { _ in }, _ lines: () throws -> LogLines?
    ) throws -> LogImportReport {
        do {
            try settings.validate()
            try target.checkFileSystem(settings: settings)
            try target.checkIsEmpty()
            return try UnfinishedStore(target: target).fill { files in
                try make(files, isCancelled, progress, lines)
            }
        } catch let error as LMDBError {
            throw HansardError.wrapping(error, doing: "importing to \(target.directory)")
        } catch let error as SystemError {
            throw HansardError.wrapping(error, doing: "importing to \(target.directory)")
        }
    }

    private func make(
        _ files: StoreFiles, _ isCancelled: @escaping () -> Bool,
        _ progress: @escaping (Position) -> Void, _ lines: () throws -> LogLines?
    ) throws -> LogImportReport {
        let startedAt = SystemClock.monotonicMicroseconds
        func step(_ position: Position) throws {
            if isCancelled() {
                throw HansardError(
                    .cancelled, "the import was cancelled; the unfinished store was removed")
            }
            progress(position)
        }
        let writer = try LogImportWriter(in: files.log, settings: settings, actor: actor)
        try writer.fill(lines, step: step)
        let end = writer.end
        try buildIndex(files, through: end, step)
        try CheckpointFiles(directory: files.directory, logID: writer.meta.id).create()
        var settings = settings
        settings.changedUnits = .wait
        // Opened, the log records where it comes from.
        try Store(files: files, definitions: units, settings: settings).close()
        try FileSystem.synchroniseDirectory(files.directory)
        return LogImportReport(
            logID: writer.meta.id, importedFrom: writer.header?.logID ?? "", position: end,
            isSame: writer.isSame,
            duration: .microseconds(SystemClock.monotonicMicroseconds - startedAt))
    }

    private func buildIndex(
        _ files: StoreFiles, through end: Position, _ step: (Position) throws -> Void
    ) throws {
        let log = try Log(directory: files.log, settings: settings)
        let directory = files.index(generation: 1)
        try FileSystem.createDirectory(directory)
        let build = try GenerationBuild(of: log, in: directory, generation: 1, units: units)
        try build.fold(through: end, onChunk: step)
        try build.finish()
        try FileSystem.synchroniseFile("\(directory)/data.mdb")
        try FileSystem.synchroniseDirectory(directory)
    }
}
