import HansardBindings
import HansardEngine

/// Signed checkpoints of the log's tree beside the segments, each named by how many events it
/// covers, and the public keys of who signed them.
struct BackupCheckpoints {
    let backup: BackupDirectory
    var path: String { "\(backup.path)/\(Self.directory)" }
    /// The public keys of their signers.
    var keys: String { "\(path)/keys" }

    static let directory = "checkpoints"
    private static let suffix = ".checkpoint"

    init(_ backup: BackupDirectory) { self.backup = backup }

    static func name(_ size: Position) -> String { SegmentName.padded(size) + suffix }

    func file(_ size: Position) -> String { "\(path)/\(Self.name(size))" }

    /// Reads and writes checkpoints as a store's.
    func files(of logID: String) -> CheckpointFiles {
        CheckpointFiles(directory: backup.path, logID: logID)
    }

    /// The number of events each covers, ascending.
    func sizes() throws -> [Position] {
        guard FileSystem.exists(path) else { return [] }
        return try FileSystem.names(in: path).compactMap { name in
            guard name.hasSuffix(Self.suffix),
                let size = UInt64(name.dropLast(Self.suffix.utf8.count)),
                size <= IDTable.positionMax
            else { return nil }
            return Position(size)
        }.sorted()
    }

    func parts() throws -> [BackupPart] {
        try sizes().compactMap { size in
            let name = Self.name(size)
            // A backup that runs thins them out.
            guard FileSystem.exists(file(size)) else { return nil }
            return BackupPart(
                kind: .checkpoint, name: "\(Self.directory)/\(name)", first: Position(1),
                last: size,
                firstAt: nil, lastAt: nil, bytesCount: try FileSystem.size(of: "\(path)/\(name)"),
                contentsBytes: nil)
        }
    }

    /// Removes those before the newest that is sound. Without a sound one nothing is removed.
    func prune() throws -> [String] {
        let sizes = try sizes()
        guard sizes.count > 1 else { return [] }
        let reader = try BackupCheckpointReader(self, of: try BackupChain(backup).logID)
        return try removeOlder(sizes.reversed(), reader)
    }

    /// Copies a store's checkpoint, if the backup has all it covers and not itself yet, and the
    /// keys if they are missing.
    func copy(
        _ signed: SignedCheckpoint, from store: CheckpointFiles, through last: Position
    ) throws {
        let size = Position(signed.checkpoint.size)
        let known = try sizes().last ?? .zero
        let isNew = size > .zero && size <= last && known < size
        guard isNew || known > .zero && !FileSystem.exists(keys) else { return }
        try FileSystem.ensureDirectory(path)
        if FileSystem.exists(store.publicKeys) {
            let bytes = try FileSystem.contents(of: store.publicKeys, max: SignedNote.bytesMax)
            try FileSystem.replaceFile(keys, with: bytes.span, mode: 0o640)
        }
        if isNew { try store.write(signed, to: file(size)) }
    }
}
