private import Bindings

extension Verifier {
    /// Compares the replayed log with what was signed: the store's latest checkpoint, its copy
    /// elsewhere, and those given.
    mutating func compareCheckpoints(_ replay: Replay) throws {
        let files = CheckpointFiles(directory: store.path, logID: store.log.id)
        let copy = store.settings.checkpointDirectory.map { files.copy(in: $0) }
        let places = [files.latest] + (copy.map { [$0] } ?? []) + checkpointFiles
        for place in places {
            do {
                guard let signed = try files.read(place) else {
                    if checkpointFiles.contains(place) {
                        throw HansardError(.notFound, "there is no checkpoint \(place)")
                    }
                    continue
                }
                try signed.check(keys: try files.trusted(), origin: files.origin)
                try compare(signed.checkpoint, with: replay)
                report.checkpointSizes.append(signed.checkpoint.size)
            } catch let error as HansardError where Self.isFinding(error) {
                let isNamed = error.message.contains(place)
                report.add(
                    .init(
                        position: error.position, table: nil,
                        message: isNamed ? error.message : "\(place): \(error.message)"))
            }
        }
    }

    private static func isFinding(_ error: HansardError) -> Bool {
        [.invalidProof, .untrustedKey, .logForked, .keyUnusable].contains(error.code)
    }

    private func compare(_ signed: Checkpoint, with replay: Replay) throws {
        // What was signed meanwhile is in the log by now.
        let head = try store.log.environment.read { try store.log.head(in: $0) }
        guard signed.size <= head.rawValue else { throw HansardError.cut(signed, head: head) }
        try replay.advance(through: head)
        guard try replay.root(size: signed.size) == signed.root else {
            throw HansardError.forked(signed)
        }
    }
}

extension Replay {
    /// The root of the first `size` events of those replayed.
    fileprivate func root(size: UInt64) throws -> MerkleHash {
        guard let unit = engine.tree else { preconditionFailure("a replay keeps the tree") }
        return try engine.log.codecs.with { codec in
            try TreeReader(folded: unit, over: index, log: engine.log, codec: codec)
                .root(size: size)
        }
    }
}
