import HansardBindings
import Logging

/// Builds the generation of the index this program needs, in the background of an open store, and
/// sees to it that the store moves over.
///
/// One process builds; the others wait and move when the log names its generation. The generation
/// in use is not written with new versions, so programs of the older ones go on with it.
final class BackgroundRebuild: Sendable {
    private let log: Log
    private let files: StoreFiles
    private let statuses: UnitStatuses
    private let fold: FoldLock
    private let indexWriter: IndexWriter
    private let settings: StoreSettings
    private let recordActs: @Sendable () -> Void

    /// Between two looks at what others do, and between two tries when one has failed.
    private static let lookMicroseconds: UInt64 = 100_000
    private static let retryMicroseconds: UInt64 = 30_000_000
    /// Generations kept besides the new one.
    private static let keep = 1

    init(
        log: Log, files: StoreFiles, statuses: UnitStatuses, fold: FoldLock,
        indexWriter: IndexWriter,
        settings: StoreSettings, recordActs: @escaping @Sendable () -> Void
    ) {
        self.settings = settings
        self.recordActs = recordActs
        self.log = log
        self.files = files
        self.statuses = statuses
        self.fold = fold
        self.indexWriter = indexWriter
    }

    /// The thread's work, until the store has all its units or closes.
    func run() {
        var retryAt: UInt64 = 0
        var built: UInt64?
        while !statuses.isClosed, statuses.isLacking(fold.published.index) {
            do {
                if try isMoving() {
                    statuses.note(.moving)
                } else if SystemClock.monotonicMicroseconds >= retryAt {
                    built = try build(after: built)
                    continue
                }
            } catch {
                let error = HansardError.wrapping(error, doing: "building the index")
                settings.logger.log(level: .warning, "building the index was postponed", error)
                retryAt = react(to: error)
            }
            statuses.pause(microseconds: Self.lookMicroseconds)
        }
    }

    /// Notes what was in the way; the monotonic time of the next try.
    private func react(to error: HansardError) -> UInt64 {
        switch error.code {
        case .cancelled, .generationChanged: return 0
        case .rebuildRunning:
            statuses.note(waitingFor: GenerationFiles(store: files).otherProgress)
            return 0
        case .corruptEvent, .corruptIndex, .unitStopped:
            statuses.note(.failed, failure: error)
            return .max
        default:
            statuses.note(.failed, failure: error)
            return SystemClock.monotonicMicroseconds + Self.retryMicroseconds
        }
    }

    /// True if another generation is live that this process can move to, perhaps after a while.
    private func isMoving() throws -> Bool {
        let live = try log.environment.read { try log.generation(in: $0) }
        let published = fold.published
        if live == published.index.generation { return false }
        if live != published.liveGeneration {
            try fold.fold { try $0.noticeDespiteFailure() }
        }
        indexWriter.logWasRead()
        return damageOfLive == nil
    }

    /// The reason the live generation can't be used, when the reason is in its files.
    private var damageOfLive: HansardError? {
        indexWriter.mover.reasonToStay.flatMap {
            [.corruptIndex, .damagedFile].contains($0.code) ? $0 : nil
        }
    }

    /// Builds what is needed; the generation this process built last.
    private func build(after built: UInt64?) throws -> UInt64? {
        let rebuilder = Rebuilder(
            files: GenerationFiles(store: files), log: log, units: statuses.wanted,
            keep: Self.keep, mayStop: statuses.lackingAtOpening, settings: settings)
        let report = try rebuilder.run(
            ifNeeded: { try isNeeded($0, built: built) }, isCancelled: { statuses.isClosed },
            progress: { statuses.note($0) })
        recordActs()
        return report?.generation ?? built
    }

    /// Asked while nobody else can build.
    private func isNeeded(_ live: UInt64, built: UInt64?) throws -> Bool {
        let directory = files.index(generation: live)
        // A generation that can't be read is no reason to wait.
        guard let stored = try? Index.units(in: directory, logID: log.id) else { return true }
        let versions = Dictionary(
            stored.map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
        if let unit = statuses.wanted.first(where: { versions[$0.name] ?? 0 > $0.version }) {
            throw HansardError(
                .corruptIndex,
                "generation \(live) has version \(versions[unit.name] ?? 0) of '\(unit.name)', but "
                    + "this program keeps \(unit.version)",
                advice: .useNewerOrTakeBack)
        }
        // Nor is one that says it has everything and could not be used. When one of this process's
        // own was not better, a third would not be.
        if fold.published.liveGeneration == live, let damage = damageOfLive {
            if built != nil { throw damage }
            return true
        }
        let isThere = statuses.wanted.allSatisfy { versions[$0.name] == $0.version }
        return !isThere || live == fold.published.index.generation
    }
}
