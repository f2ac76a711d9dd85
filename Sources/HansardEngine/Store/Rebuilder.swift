import HansardBindings

/// Builds a new generation of the index beside the live one and makes it live, while the store is
/// in use by any process.
///
/// Needs the log alone: no readable index and no open store. Interrupted at any point, by a kill
/// too, the live generation is as it was; the next rebuild removes what was left.
public struct Rebuilder {
    let files: GenerationFiles
    let log: Log
    private let units: [UnitDefinition]
    private let keep: Int
    private let settings: StoreSettings
    private let cause: OperatorAct.IndexSwapCause
    private let actor: String?
    private let keepsForeignUnits: Bool
    let readsOldIndex: Bool
    private let acceptsRollback: Bool
    /// Units that may be left stopped. One the live generation has not either is no step back.
    private let mayStop: Set<String>

    /// Prepares a rebuild of a store whose log `signing` signs; the parameters are those of the
    /// public initialiser.
    package init(
        path: String, units: [ProjectionUnit], keep: Int, keepsForeignUnits: Bool,
        readsOldIndex: Bool, acceptsRollback: Bool, cause: OperatorAct.IndexSwapCause,
        actor: String?, settings: StoreSettings, signing: (any LogSigning)?
    ) throws(HansardError) {
        guard keep >= 0 else {
            throw HansardError(
                .invalidArgument, "the number of generations to keep must be at least 0")
        }
        let store = StoreFiles(directory: path, signing: signing)
        log = try store.openLog(settings: settings)
        files = GenerationFiles(store: store)
        self.units = UnitDefinition.list(units, keepsTree: settings.keepsTree)
        self.keep = keep
        self.keepsForeignUnits = keepsForeignUnits && readsOldIndex
        self.readsOldIndex = readsOldIndex
        self.acceptsRollback = acceptsRollback
        self.cause = cause
        self.actor = actor
        self.settings = settings
        mayStop = []
    }

    /// For a store that is open.
    init(
        files: GenerationFiles, log: Log, units: [UnitDefinition], keep: Int, mayStop: Set<String>,
        settings: StoreSettings
    ) {
        cause = .changedUnits
        keepsForeignUnits = true
        readsOldIndex = true
        acceptsRollback = false
        actor = nil
        self.settings = settings
        self.files = files
        self.log = log
        self.units = units
        self.keep = keep
        self.mayStop = mayStop
    }

    /// Reads what other programs keep in the generations there are, as `run` will: in a process
    /// that may end at a damaged page.
    ///
    /// - Throws: `HansardError` (`corruptIndex`) when something is there that can't
    ///   be read.
    public func readForeignUnits() throws(HansardError) {
        do {
            let foreign = ForeignUnits(known: units, logID: log.id)
            for generation in try files.numbers() {
                try foreign.read(in: files.store.index(generation: generation))
            }
        } catch { throw HansardError.wrapping(error, doing: "reading the index") }
    }

    /// Builds and swaps. Takes two threads: this one folds, another reads.
    ///
    /// - Parameters:
    ///   - isCancelled: asked every few thousand events, and between tables of what is flushed
    ///     last. The last time it can end the rebuild is just before the swap.
    ///   - progress: called as often.
    /// - Throws: `HansardError`: `cancelled`; `logRolledBack`; `rebuildRunning`;
    ///   `generationChanged`; `unitStopped`; `corruptEvent`; `full`; `noPermission`; `system`.
    ///   Nothing was changed then.
    public func run(
        isCancelled: () -> Bool = { false }, progress: (RebuildProgress) -> Void = { _ in }
    ) throws(HansardError) -> RebuildReport {
        do {
            let report = try files.locked {
                // A generation that was dropped may give its number to the new one.
                _ = try log.hasActsToRecord(in: files.store)
                if !acceptsRollback { try checkNotRolledBack() }
                return try rebuild(try live(), isCancelled: isCancelled, progress: progress)
            }
            ActRecorder(log: log, files: files.store, units: units, settings: settings).record()
            return report
        } catch {
            throw HansardError.wrapping(error, doing: "rebuilding the index")
        }
    }

    /// `run`, unless `isNeeded` says of the live generation that it will do; nil then. Asked while
    /// nobody else builds.
    func run(
        ifNeeded isNeeded: (UInt64) throws -> Bool, isCancelled: () -> Bool,
        progress: (RebuildProgress) -> Void
    ) throws -> RebuildReport? {
        try files.locked {
            let live = try live()
            guard try isNeeded(live) else { return nil }
            return try rebuild(live, isCancelled: isCancelled, progress: progress)
        }
    }

    func live() throws -> UInt64 {
        try log.environment.read { try log.generation(in: $0) }
    }

    private func rebuild(
        _ previous: UInt64, isCancelled: () -> Bool, progress: (RebuildProgress) -> Void
    ) throws -> RebuildReport {
        let startedAt = SystemClock.monotonicMicroseconds
        let leftFailure = files.removeLeftovers()
        let number = try files.nextNumber(of: log)
        let bytesBefore = try? FileSystem.size(
            of: files.store.index(generation: previous) + "/data.mdb")
        func seconds() -> Double { Double(SystemClock.monotonicMicroseconds - startedAt) / 1e6 }
        let foreign = ForeignUnits(known: units, logID: log.id)
        let foreignBefore =
            readsOldIndex ? foreign.names(in: files.store.index(generation: previous)) : []
        let (end, carried): (Position, [String])
        do {
            (end, carried) = try build(number, carrying: foreign, from: previous) {
                phase, done, total in
                if isCancelled() {
                    throw HansardError(
                        .cancelled, "the rebuild was cancelled; the index in use is unchanged")
                }
                files.tell(BuilderProgress(done: Int(done.rawValue), total: Int(total.rawValue)))
                progress(
                    RebuildProgress(
                        phase: phase, done: Int(done.rawValue), total: Int(total.rawValue),
                        eventsPerSecond: Double(done.rawValue) / max(seconds(), 1e-6)))
            }
        } catch {
            // Left for the next rebuild if it can't be removed now; what failed is more to the
            // point.
            _ = files.removeLeftovers()
            throw error
        }
        try files.publish(number)
        let bytesAfter = try FileSystem.size(
            of: files.store.index(generation: number) + "/data.mdb")
        let act = OperatorAct.indexSwapped(
            generation: number, previous: previous, cause: cause, through: end)
        do {
            try log.swapGeneration(
                from: previous, to: number,
                as: PendingAct(act.event(by: actor, settings)))
        } catch let error as HansardError {
            // Refused, so certainly not live. After an I/O error that would not be certain. Why it
            // was refused is more to the point than that it can't be removed now.
            try? files.remove(number)
            throw error
        }
        let took = Duration.seconds(seconds())
        let pruned = files.prune(
            live: number, previous: previous, keep: keep,
            foreign: keepsForeignUnits ? foreign : nil)
        return RebuildReport(
            generation: number, previous: previous, removed: pruned.removed,
            keptForForeignUnits: pruned.kept, removalFailure: pruned.failure ?? leftFailure,
            carriedUnits: carried, lostUnits: foreignBefore.filter { !carried.contains($0) },
            eventsCount: Int(end.rawValue), duration: took, bytesBefore: bytesBefore,
            bytesAfter: bytesAfter)
    }

    /// Folds until little is missing, copies what others keep, flushes, and checks what came out.
    private func build(
        _ number: UInt64, carrying foreign: ForeignUnits, from previous: UInt64,
        step: (RebuildProgress.Phase, Position, Position) throws -> Void
    ) throws -> (end: Position, carried: [String]) {
        let directory = files.building(number)
        try FileSystem.createDirectory(directory)
        let build = try GenerationBuild(
            of: log, in: directory, generation: number, units: units, mayStop: mayStop)
        func head() throws -> Position { try log.environment.read { try log.head(in: $0) } }
        for _ in 0..<Self.roundsMax {
            let head = try head()
            try step(.folding, build.end, head)
            if head.rawValue - build.end.rawValue <= Self.missingMax && build.end > .zero { break }
            try build.fold(through: head) { try step(.folding, $0, head) }
        }
        let end = build.end
        try step(.finishing, end, end)
        let carried =
            try keepsForeignUnits
            ? foreign.copy(
                from: files.store.index(generation: previous), to: build.index, head: head
            ) { try step(.finishing, end, end) } : []
        try build.finish { try step(.finishing, end, end) }
        try check(directory, end, stopped: build.stopped)
        try step(.finishing, end, end)
        return (end, carried)
    }

    /// The events missing when the generation goes live are folded on opening. While they are
    /// folded, others append: each round leaves less.
    private static let missingMax: UInt64 = 1_000
    private static let roundsMax = 20

    /// Opens the finished files as a stranger would, before anyone depends on them.
    private func check(
        _ directory: String, _ end: Position, stopped: Set<String>
    ) throws {
        let index = try Index(checking: directory, units: units, logID: log.id)
        let durablePositions = try index.environment.read { try index.readDurablePositions(in: $0) }
        index.environment.close()
        let isWhole = zip(units, durablePositions.positions).allSatisfy {
            $1 == end || stopped.contains($0.name)
        }
        guard isWhole else {
            throw HansardError(
                .internalError,
                "the new index is at \(durablePositions.positions) instead of \(end), so it was "
                    + "not used",
                advice: .checkDisk)
        }
    }
}
