import HansardBindings
import HansardEngine

/// Checks that a log goes on with the history of which a backup holds the beginning.
struct LogHistory {
    private let log: Log
    private let encoder: BlockEncoder
    private let directory: BackupDirectory

    init(_ log: Log, _ encoder: BlockEncoder, in directory: BackupDirectory) {
        (self.log, self.encoder, self.directory) = (log, encoder, directory)
    }

    /// Reads the last block's events from the log: they must be the same.
    func check(_ last: BlockHeader) throws {
        try checkIsReached(last.last)
        guard try digest(of: last) == last.digestAfter else {
            throw HansardError.otherTimeline(
                "other events \(last.first) to \(last.last)", in: directory.path, at: last.first)
        }
    }

    /// Checks events that a manifest counts and no segment has: the log must hold the same.
    ///
    /// - Parameters:
    ///   - first: the first event that is missing.
    ///   - digest: of all events before it.
    func check(_ manifest: BackupManifest, from first: Position, _ digest: UInt64) throws {
        try checkIsReached(manifest.through)
        var (digest, next) = (digest, first)
        while next <= manifest.through {
            let end = min(manifest.through, Position(next.rawValue + Self.eventsAtOnce - 1))
            digest = try encoder.digest(digest, next...end)
            next = end.next
        }
        guard digest == manifest.digest else {
            throw HansardError.otherTimeline(
                "other events \(first) to \(manifest.through)", in: directory.path, at: first)
        }
    }

    /// No read transaction is long.
    private static let eventsAtOnce: UInt64 = 5_000

    private func checkIsReached(_ last: Position) throws {
        let head = try log.environment.read { try log.head(in: $0) }
        if head >= last { return }
        throw HansardError.rolledBack(head, behind: last, backedUpIn: directory.path)
    }

    /// Returns the digest after the log's events of a block. Damaged ones were backed up while they
    /// were sound, so the others show whether the history is the same.
    private func digest(of block: BlockHeader) throws -> UInt64 {
        let range = block.first...block.last
        do { return try encoder.digest(block.digestBefore, range) } catch let error as HansardError
            where error.code == .corruptEvent
        {
            let known = try BackupHistory(directory).digests(inBlockHolding: block.first)
            guard known.count == block.eventsCount,
                let digest = try encoder.digest(block.digestBefore, range, damagedAre: known)
            else { throw error }
            return digest
        }
    }
}
