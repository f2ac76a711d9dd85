import HansardBindings
import HansardEngine

/// The history a backup holds, distinguished from others by digests of its first so many events.
struct BackupHistory {
    let directory: BackupDirectory

    init(_ directory: BackupDirectory) { self.directory = directory }

    /// The digest of the events up to one; nil when the backup ends before it.
    ///
    /// Reads seals, and the segment the event is in; unpacks one block.
    /// - Throws: `HansardError`: `damagedBackup`, `notABackup`.
    func digest(through last: Position) throws -> UInt64? {
        guard let block = try block(holding: last) else { return nil }
        let count = Int(last.rawValue - block.header.first.rawValue) + 1
        let digests = try BlockDecoder().decode(block).digests.prefix(count)
        return EventDigest.chain(block.header.digestBefore, Array(digests))
    }

    /// The digests of the events in the block that holds one of them; none when there is no such
    /// block.
    func digests(inBlockHolding position: Position) throws -> [UInt64] {
        try block(holding: position).map { try BlockDecoder().decode($0).digests } ?? []
    }

    /// The hash that the log's tree has for one event; nil when the backup ends before it.
    func leaf(at position: Position) throws -> MerkleHash? {
        if try directory.names().isEmpty { return nil }
        guard let block = try block(holding: position) else { return nil }
        let (before, last) = (position.rawValue - 1, position.rawValue)
        return try BlockDecoder().decode(block).leaves(after: before, through: last).first
    }

    private func block(holding position: Position) throws -> StoredBlock? {
        let chain = try BackupChain(directory)
        while let segment = try chain.segment() {
            if let end = segment.name.last, end < position {
                try chain.skipSegment()
            } else if let block = try chain.nextBlock(), block.header.last >= position {
                return block
            }
        }
        return nil
    }
}
