import HansardBindings
public import HansardEngine

/// The surroundings and state of a store, as far as it can be found out: also
/// of a store that can't be opened. Nothing is changed.
///
/// Takes a few lookups and the folding of the tail; half a second more when a reader lags behind.
public struct StoreExamination: Sendable {
    /// A file or directory of the store.
    public struct File: Sendable {
        public let path: String
        public let isDirectory: Bool
        /// Number of the user it belongs to.
        public let ownerID: UInt32
        /// The twelve bits of permissions.
        public let mode: UInt32
        public let bytes: Int
        /// The rights of this process.
        public let isReadable: Bool
        public let isWritable: Bool
    }

    /// The file system the store is on.
    public struct Place: Sendable {
        /// Set for one that another machine or a process serves.
        public let networkName: String?
        public let isReadOnly: Bool
        public let freeBytes: Int
    }

    /// The files that no process uses any more.
    public enum Leftover: Sendable, Equatable {
        /// A store whose making was interrupted.
        case unfinishedStore(path: String)
        /// A generation of the index being built or removed, or whose building or removal was
        /// interrupted.
        case unfinishedIndex(path: String)
        /// A whole generation of the index that is not the live one.
        case otherIndex(number: UInt64)
    }

    /// A reader of another process that keeps a snapshot.
    public struct Reader: Sendable, Equatable {
        /// `log` or `index`.
        public let environment: String
        public let processID: Int32
        /// Commits since its snapshot.
        public let commitsBehind: UInt64
    }

    /// The log as its file tells it.
    public struct LogState: Sendable {
        /// The last position; zero when it is empty.
        public let head: Position
        /// When the last event was recorded; nil when there is none.
        public let headRecordedAt: Instant?
        /// The most that a clock was before the time recorded, among the last events.
        public let clockBehindMax: Duration
        public let dictionariesCount: Int
        /// Slots of processes that died, freed by this look.
        public let deadReadersFreed: Int
        /// Address space reserved. Less than asked for under a limit.
        public let mapBytes: Int
        public let mapUsedBytes: Int
    }

    public let path: String
    /// The clock when the store was looked at.
    public let examinedAt: Instant
    /// The files that exist.
    public let files: [File]
    public let place: Result<Place, HansardError>
    public let leftovers: [Leftover]
    public let log: Result<LogState, HansardError>
    /// The statistics of the store opened for reading; nil when the log can't be opened or there is
    /// no index yet.
    public let statistics: Result<StoreStatistics, HansardError>?
    /// True if the store can sign and is what was signed; nil when it can't be opened.
    public let proofs: ProofExamination?
    /// True if the live generation of the index is there.
    public let hasIndex: Bool
    /// Readers that kept the same snapshot for `readerAge`, with commits after it.
    public let laggingReaders: [Reader]

    /// The time a reader must have kept its snapshot to be named.
    public static let readerAge = Duration.milliseconds(500)

    /// Looks at a store.
    ///
    /// - Parameter units: those it should keep.
    public init(path: String, units: [ProjectionUnit], settings: Store.Settings = .init()) {
        var settings = settings
        settings.isReadOnly = true
        let files = StoreFiles(directory: path)
        self.path = files.directory
        examinedAt = settings.clock()
        self.files = files.examined()
        place = files.examinedPlace()
        var generation: UInt64?
        var opened: (log: Log, store: Store?)?
        log = Self.result("opening the log") { () throws -> LogState in
            try files.checkIsStore()
            try files.checkFileSystem(settings: settings)
            let log = try Log(directory: files.log, settings: settings)
            generation = try log.environment.read { try log.generation(in: $0) }
            opened = (log, nil)
            return try log.examined()
        }
        hasIndex =
            generation.map { FileSystem.exists("\(files.index(generation: $0))/data.mdb") } ?? false
        if hasIndex, (try? log.get()) != nil {
            statistics = Self.result("opening the store") { [log] in
                try Self.checkLag(
                    of: files, generation ?? 0, log: opened?.log, head: log.get().head,
                    UnitDefinition.list(units, keepsTree: settings.keepsTree), settings)
                let store = try Store.open(
                    path, units: units, settings: settings, signing: CheckpointSigning())
                opened?.store = store
                return try store.statistics()
            }
        } else {
            statistics = nil
        }
        proofs = settings.keepsTree ? opened?.store.map { ProofExamination($0) } : nil
        leftovers = files.leftovers(live: generation)
        laggingReaders = opened.map { Self.laggingReaders($0.log, $0.store) } ?? []
    }

    private static func result<Value>(
        _ doing: String, _ body: () throws -> Value
    ) -> Result<Value, HansardError> {
        do { return .success(try body()) } catch {
            return .failure(HansardError.wrapping(error, doing: doing))
        }
    }

    /// The events that are not in the index have to fit into memory: nothing is written to the
    /// index for a look.
    private static let foldedMax: UInt64 = 500_000

    private static func checkLag(
        of files: StoreFiles, _ generation: UInt64, log: Log?, head: Position,
        _ units: [UnitDefinition], _ settings: Store.Settings
    ) throws {
        guard let log else { return }
        let plan = try files.plan(
            ofGeneration: generation, of: log, units: units, settings: settings)
        let index = try Index(
            directory: files.index(generation: generation), generation: generation,
            units: plan.served, logID: log.id, isReadOnly: true)
        let earliest = try index.environment.read { try index.readDurablePositions(in: $0) }
            .earliest
        guard head.rawValue > foldedMax, earliest.rawValue < head.rawValue - foldedMax else {
            return
        }
        throw HansardError(
            .indexBehind,
            "the index ends at event \(earliest), the log at \(head): an examination does not "
                + "fold so many events",
            advice: .openForWriting)
    }

    /// Looks twice: a reader with the same old snapshot both times has kept it meanwhile.
    private static func laggingReaders(_ log: Log, _ store: Store?) -> [Reader] {
        let environments =
            [("log", log.environment)] + (store.map { [("index", $0.index.environment)] } ?? [])
        let before = environments.map { Snapshots(of: $0.1) }
        if before.allSatisfy(\.lagging.isEmpty) { return [] }
        Pause.milliseconds(Int(readerAge.inMicroseconds / 1_000))
        return zip(environments, before).flatMap { environment, before in
            let now = Snapshots(of: environment.1)
            return now.lagging.filter(before.lagging.contains).map { reader in
                Reader(
                    environment: environment.0, processID: reader.processID,
                    commitsBehind: now.last - (reader.transaction ?? now.last))
            }
        }
    }
}

/// The readers of an environment that have an old snapshot.
private struct Snapshots {
    let last: UInt64
    let lagging: [EnvironmentReader]

    init(of environment: Environment) {
        let last = environment.lastTransactionID
        self.last = last
        // Readers that can't be listed are no reason not to tell everything else.
        lagging = ((try? environment.readers()) ?? []).filter { $0.transaction ?? last < last }
    }
}
