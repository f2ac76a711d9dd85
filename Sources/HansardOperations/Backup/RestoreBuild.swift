import HansardBindings
import HansardEngine

/// Builds one store from a backup, in a directory that counts for nothing yet.
struct RestoreBuild {
    let plan: RestorePlan
    let files: StoreFiles
    let units: [UnitDefinition]
    let settings: Store.Settings
    let actor: String?
    /// Whose key the new store signs with; nil for a new one.
    let signer: NoteSigner?
    let isCancelled: () -> Bool
    let progress: (RestoreProgress) -> Void

    func run() throws -> RestoreReport {
        let startedAt = SystemClock.monotonicMicroseconds
        func seconds() -> Double { Double(SystemClock.monotonicMicroseconds - startedAt) / 1e6 }
        let chain = try BackupChain(plan.backup)
        let ancestor = LogAncestor(
            logID: chain.logID, position: plan.end,
            recordedAt: Instant(microsecondsSinceUnixEpoch: try lastAt()),
            restoredAt: settings.clock())
        let meta = LogMeta(new: settings.clock(), ancestry: chain.ancestry + [ancestor])
        try write(chain, meta)
        let proof = try check(against: chain.logID)
        let keys = CheckpointFiles(directory: files.directory, logID: meta.id)
        try keys.create(signing: signer?.named(keys.origin))
        try record()
        try FileSystem.synchroniseDirectory(files.directory)
        return RestoreReport(
            logID: meta.id, ancestry: meta.ancestry, position: plan.end,
            recordedAt: plan.end > .zero ? ancestor.recordedAt : nil,
            backupThrough: plan.backupThrough,
            moment: plan.moment, provedThrough: proof.through, provedBy: proof.checkpoint,
            warnings: try proof.warnings
                + StoredDictionaryFile.faults(
                    in: plan.backup, known: chain.manifest?.dictionaries ?? []),
            duration: .seconds(seconds()))
    }

    /// When the last event was recorded, which the new log's identity says.
    private func lastAt() throws -> Int64 {
        let chain = try BackupChain(plan.backup)
        while chain.next <= plan.end, let segment = try chain.segment() {
            if let seal = segment.seal, seal.last < plan.end {
                try chain.skipSegment()
            } else if segment.extent.next <= plan.end, let block = try chain.nextBlock(),
                block.header.last >= plan.end
            {
                let number = Int(plan.end.rawValue - block.header.first.rawValue)
                return try BlockDecoder().decode(block).headers[number].recordedAt
            }
        }
        return 0
    }

    private var index: String { files.index(generation: 1) }

    /// Writes log and index, event by event, and flushes both to the disk.
    private func write(_ chain: BackupChain, _ meta: LogMeta) throws {
        let restored = try NewLog(
            in: files.log, meta: meta,
            dictionary: try StoredDictionaryFile.newest(in: plan.backup), act: act(chain, meta),
            settings: settings)
        try FileSystem.createDirectory(index)
        let build = try GenerationBuild(of: restored.log, in: index, generation: 1, units: units)
        let (total, step) = (Int(plan.end.rawValue), step(.events))
        try restored.fill(from: chain, through: plan.end, into: build) { done in
            try step(Int(done.rawValue), total)
        }
        try show(.finishing, plan.end)
        let finishing = try restored.finish()
        try build.finish()
        try finishing.wait()
        try show(.finishing, plan.end)
    }

    /// Appends the event of the restore after those that were restored, as any writer does.
    private func record() throws {
        var settings = settings
        settings.changedUnits = .wait
        let store = try Store(files: files, definitions: units, settings: settings)
        try store.close()
    }

    private func act(_ chain: BackupChain, _ meta: LogMeta) -> PendingAct {
        let act = OperatorAct.logRestored(
            logID: meta.id, from: chain.logID, position: plan.end,
            backupThrough: plan.backupThrough)
        return PendingAct(act.event(by: actor ?? settings.actor, at: meta.createdAt))
    }

    /// Opens what was written as a stranger would, before anyone depends on it.
    ///
    /// - Returns: what the checkpoints of the log that was backed up say of it.
    private func check(against parent: String) throws -> RestoreProof.Outcome {
        let log = try Log(directory: files.log, settings: settings)
        let head = try log.environment.read { try log.head(in: $0) }
        guard head == plan.end else {
            throw HansardError(
                .internalError,
                "the new log ends at event \(head), not at \(plan.end): it was removed",
                advice: .checkDisk)
        }
        let index = try Index(checking: index, units: units, logID: log.id)
        defer { index.environment.close() }
        let checkpoints = try index.environment.read { try index.readDurablePositions(in: $0) }
        guard checkpoints.positions.allSatisfy({ $0 == head }) else {
            throw HansardError(
                .internalError,
                "the new index says \(checkpoints.positions) where it should say \(head): it "
                    + "was removed",
                advice: .checkDisk)
        }
        let proof = try prove(index, log, parent)
        try FileSystem.synchroniseFile("\(index.environment.directory)/data.mdb")
        try FileSystem.synchroniseDirectory(index.environment.directory)
        return proof
    }

    private func prove(
        _ index: Index, _ log: Log, _ parent: String
    ) throws -> RestoreProof.Outcome {
        guard settings.keepsTree else {
            return RestoreProof.Outcome(
                warnings: [
                    HansardError(
                        .invalidArgument,
                        "the store keeps no tree, so nothing was compared with a checkpoint",
                        advice: .setSetting("keepsTree"))
                ])
        }
        let step = step(.proving)
        return try log.codecs.with { codec in
            try RestoreProof(
                backup: plan.backup, logID: parent, end: plan.end,
                tree: TreeReader(durable: index, log: log, codec: codec), step: step
            ).run()
        }
    }

    /// Shows the progress of a phase that begins now, and asks whether to go on.
    private func step(_ phase: RestoreProgress.Phase) -> (Int, Int) throws -> Void {
        let startedAt = SystemClock.monotonicMicroseconds
        return { done, total in
            if isCancelled() {
                throw HansardError(
                    .cancelled, "the restore was cancelled; what it had written was removed")
            }
            let seconds = Double(SystemClock.monotonicMicroseconds - startedAt) / 1e6
            progress(
                RestoreProgress(
                    phase: phase, done: done, total: total,
                    eventsPerSecond: Double(done) / max(seconds, 1e-6)))
        }
    }

    private func show(_ phase: RestoreProgress.Phase, _ done: Position) throws {
        try step(phase)(Int(done.rawValue), Int(plan.end.rawValue))
    }
}
