import HansardBindings

/// The directories of a store's generations: the live one, old ones that are kept, one that is
/// being built, and what interrupted work left.
///
/// `index-N` is a whole generation, `index-N.building` may be half of one, `index-N.dropped` is on
/// its way out. A rename takes a directory from one to the other, so a crash leaves one or the
/// other.
struct GenerationFiles {
    let store: StoreFiles

    /// Numbers of the generations that are there, ascending; the live one may be missing.
    func numbers() throws -> [UInt64] {
        try FileSystem.names(in: store.directory).compactMap(Layout.generation(ofDirectory:))
            .sorted()
    }

    /// A number that no generation has, nor what is left of one, and none that was ever live has
    /// had: programs remember by its number which one they can't use.
    func nextNumber(of log: Log) throws -> UInt64 {
        let last = try log.environment.read { try log.generationMax(in: $0) }
        let left = try leftovers().compactMap(Layout.generation(ofLeftover:)).max()
        return max(last, try numbers().last ?? 0, left ?? 0) + 1
    }

    func building(_ number: UInt64) -> String {
        store.index(generation: number) + Layout.buildingSuffix
    }

    /// Removes what interrupted builds and removals left, as far as that is possible. Only under
    /// `locked`.
    ///
    /// - Returns: why something could not be removed; nil when all could.
    func removeLeftovers() -> HansardError? {
        var failure: HansardError?
        do {
            for name in try leftovers() {
                do { try FileSystem.removeTree("\(store.directory)/\(name)") } catch {
                    failure = HansardError.wrapping(error, doing: "removing \(name)")
                }
            }
        } catch {
            failure = HansardError.wrapping(error, doing: "looking for what was left of an index")
        }
        return failure
    }

    private func leftovers() throws -> [String] {
        try FileSystem.names(in: store.directory).filter(Layout.isLeftover)
    }

    /// Makes a finished generation one of the store's, and waits for the disk.
    func publish(_ number: UInt64) throws {
        let directory = building(number)
        try FileSystem.synchroniseFile("\(directory)/data.mdb")
        try FileSystem.synchroniseDirectory(directory)
        try FileSystem.rename(directory, to: store.index(generation: number))
        try FileSystem.synchroniseDirectory(store.directory)
    }

    /// Removes a generation. Processes that have it open go on with the files they have.
    func remove(_ number: UInt64) throws {
        let directory = store.index(generation: number)
        let dropped = directory + Layout.droppedSuffix
        try FileSystem.rename(directory, to: dropped)
        try FileSystem.removeTree(dropped)
    }

    /// The report of `prune`.
    struct Pruned {
        /// The generations removed, and those that stay for their units.
        var removed: [UInt64] = []
        var kept: [UInt64] = []
        /// The reason others could not be removed; nil when all could.
        var failure: HansardError?
    }

    /// Removes all generations but the live one, `keep` others, those some process has open, and
    /// those that are the last with a unit of another program.
    ///
    /// Which is live is settled by then: what can't be removed is reported, and changes nothing.
    /// - Parameters:
    ///   - previous: the one that was live. It is the way back, so it is kept before newer ones
    ///     that never went live or were turned away from.
    ///   - foreign: tells such units; nil when they may go.
    func prune(
        live: UInt64, previous: UInt64, keep: Int, foreign: ForeignUnits?
    ) -> Pruned {
        var pruned = Pruned()
        do {
            var remaining = try numbers()
            let others = remaining.filter { $0 != live && $0 != previous }
            // The oldest first, so that of two with the same units the newer stays.
            for number in (others + remaining.filter { $0 == previous }).dropLast(keep) {
                let directory = store.index(generation: number)
                if Environment.isOpen(directory: directory) { continue }
                let left = remaining.filter { $0 != number }.map { store.index(generation: $0) }
                guard foreign?.lost(with: directory, keeping: left).isEmpty ?? true else {
                    pruned.kept.append(number)
                    continue
                }
                try remove(number)
                pruned.removed.append(number)
                remaining.removeAll { $0 == number }
            }
        } catch {
            pruned.failure = HansardError.wrapping(error, doing: "removing an old index")
        }
        return pruned
    }

    /// Runs `body` as the only one that builds, switches or removes generations of this store.
    ///
    /// - Throws: `HansardError` (`rebuildRunning`) when another does.
    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        guard let lock = try FileLock.tryLock(lockPath) else {
            throw HansardError(
                .rebuildRunning,
                "another process is rebuilding or changing the index of \(store.directory)",
                advice: .waitForOtherProcess, path: store.directory)
        }
        BuilderProgress.unknown.write(to: lockPath)
        let result = try body()
        _ = consume lock
        return result
    }

    /// The progress of the process for which `locked` refused this one.
    var otherProgress: BuilderProgress { BuilderProgress(readingFrom: lockPath) }

    /// Tells processes that wait how far this one is. Only under `locked`.
    func tell(_ progress: BuilderProgress) { progress.write(to: lockPath) }

    private var lockPath: String { "\(store.directory)/\(Layout.generationsLock)" }
}
