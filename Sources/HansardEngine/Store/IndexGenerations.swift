import HansardBindings

/// The generations of a store's index, looked at and switched without opening the store.
public struct IndexGenerations {
    private let files: GenerationFiles
    private let log: Log
    private let settings: StoreSettings
    /// Tells units of other programs; nil when nobody asks.
    private let foreign: ForeignUnits?

    /// Looks at a store whose log `signing` signs.
    package init(
        path: String, units: [ProjectionUnit]?, settings: StoreSettings, signing: (any LogSigning)?
    ) throws(HansardError) {
        let store = StoreFiles(directory: path, signing: signing)
        log = try store.openLog(settings: settings)
        let logID = log.id
        foreign = units.map {
            ForeignUnits(known: UnitDefinition.list($0, keepsTree: true), logID: logID)
        }
        files = GenerationFiles(store: store)
        self.settings = settings
    }

    /// All of them, oldest first. The live one is among them unless its directory is missing.
    public func list() throws(HansardError) -> [IndexGeneration] {
        do {
            let live = try live()
            return try files.numbers().map { number in
                let directory = files.store.index(generation: number)
                let isOpen = Environment.isOpen(directory: directory)
                return IndexGeneration(
                    number: number, isLive: number == live, isOpen: isOpen,
                    bytes: (try? FileSystem.size(of: "\(directory)/data.mdb")) ?? 0,
                    units: try? Index.units(in: directory, logID: log.id))
            }
        } catch {
            throw HansardError.wrapping(error, doing: "listing the generations of the index")
        }
    }

    /// Makes a kept generation live, and answers which one was.
    ///
    /// Every process that has the store open moves over and folds what the generation lacks.
    /// - Parameter actor: who the log shall say did it; nil for `StoreSettings.actor`.
    /// - Throws: `HansardError`: `notFound`, `corruptIndex` when it can't be read or belongs to
    ///   another log, `logRolledBack`, `rebuildRunning`; `foreignUnits` when it lacks a unit of
    ///   another program that the live one has.
    public func use(_ number: UInt64, actor: String? = nil) throws(HansardError) -> UInt64 {
        do {
            let previous = try files.locked {
                let previous = try live()
                let units = try Index.units(in: try directory(of: number), logID: log.id)
                let head = try log.environment.read { try log.head(in: $0) }
                if let furthest = units.map(\.durablePosition).max(), furthest > head {
                    throw HansardError(
                        .logRolledBack,
                        "generation \(number) has seen event \(furthest), but the log ends at "
                            + "\(head)",
                        advice: .rebuild, position: head)
                }
                if number != previous {
                    try checkNothingIsLost(
                        with: previous, keeping: [number],
                        "generation \(number) lacks")
                    let act = OperatorAct.indexSwapped(
                        generation: number, previous: previous, cause: .use, through: nil)
                    try log.swapGeneration(
                        from: previous, to: number,
                        as: PendingAct(act.event(by: actor, settings)))
                }
                return previous
            }
            record()
            return previous
        } catch {
            throw HansardError.wrapping(error, doing: "switching to generation \(number)")
        }
    }

    /// Removes a generation, and answers how large its file was.
    ///
    /// - Parameter actor: who the log shall say did it; nil for `StoreSettings.actor`.
    /// - Throws: `HansardError`: `notFound`, `invalidArgument` for the live one, `system` while
    ///   some process has it open, `rebuildRunning`; `foreignUnits` when no other has some unit of
    ///   another program.
    public func drop(_ number: UInt64, actor: String? = nil) throws(HansardError) -> Int {
        do {
            let bytes = try files.locked {
                let directory = try directory(of: number)
                if try live() == number {
                    throw HansardError(
                        .invalidArgument,
                        "generation \(number) is live",
                        advice: .makeOtherGenerationLive)
                }
                if Environment.isOpen(directory: directory) {
                    throw HansardError(
                        .busy,
                        "a process has generation \(number) open",
                        advice: .waitUntilItMoves)
                }
                try checkNothingIsLost(
                    with: number, keeping: try files.numbers().filter { $0 != number },
                    "only generation \(number) has")
                let bytes = (try? FileSystem.size(of: "\(directory)/data.mdb")) ?? 0
                let act = OperatorAct.indexDropped(generation: number, bytes: bytes)
                try remove(number, act.event(by: actor, settings))
                return bytes
            }
            record()
            return bytes
        } catch {
            throw HansardError.wrapping(error, doing: "dropping generation \(number)")
        }
    }

    private func checkNothingIsLost(
        with number: UInt64, keeping others: [UInt64], _ lack: String
    ) throws(HansardError) {
        let lost = foreign?.lost(
            with: files.store.index(generation: number),
            keeping: others.map { files.store.index(generation: $0) })
        guard let lost, !lost.isEmpty else { return }
        let names = lost.map { "'\($0)'" }.joined(separator: ", ")
        throw HansardError(
            .foreignUnits,
            "\(lack) \(names), which another program keeps and would have to rebuild from the "
                + "whole log",
            advice: .rebuildWithTheirProgram)
    }

    /// Removes a generation, and notes the act before.
    ///
    /// A full disk must not keep anyone from making room: then it is noted afterwards.
    private func remove(_ number: UInt64, _ event: Event) throws {
        let condition = PendingAct.Condition.isGone(generation: number)
        do { try log.note(PendingAct(event, when: condition)) } catch let error as LMDBError {
            guard ErrorCode(of: error) == .full else { throw error }
            try files.remove(number)
            return try log.note(PendingAct(event))
        }
        do { try files.remove(number) } catch {
            // Half removed it counts as gone, and the next look finds it so.
            if FileSystem.exists(files.store.index(generation: number)) {
                try log.forgetAct(condition)
            }
            throw error
        }
    }

    private func record() {
        var settings = settings
        settings.keepsTree = false
        ActRecorder(
            log: log, files: files.store, units: UnitDefinition.list([], keepsTree: false),
            settings: settings
        ).record()
    }

    private func live() throws -> UInt64 {
        try log.environment.read { try log.generation(in: $0) }
    }

    private func directory(of number: UInt64) throws -> String {
        let numbers = try files.numbers()
        guard numbers.contains(number) else {
            let there = numbers.map { "\($0)" }.joined(separator: ", ")
            throw HansardError(
                .notFound, "there is no generation \(number) of the index, only \(there)")
        }
        return files.store.index(generation: number)
    }
}
