import Bindings

/// Signed checkpoints of the log's tree beside the segments, each named by how many events it
/// covers, and the public keys of who signed them.
struct BackupCheckpoints {
    private let backup: BackupDirectory
    private var path: String { "\(backup.path)/\(Self.directory)" }
    private var keys: String { "\(path)/keys" }

    static let directory = "checkpoints"
    private static let suffix = ".checkpoint"

    init(_ backup: BackupDirectory) { self.backup = backup }

    private static func name(_ size: Position) -> String { SegmentName.padded(size) + suffix }

    /// How many events each covers, ascending.
    func sizes() throws -> [Position] {
        guard FileSystem.exists(path) else { return [] }
        return try FileSystem.names(in: path).compactMap { name in
            guard name.hasSuffix(Self.suffix) else { return nil }
            return UInt64(name.dropLast(Self.suffix.utf8.count)).map { Position($0) }
        }.sorted()
    }

    func parts() throws -> [BackupPart] {
        try sizes().map { size in
            let name = Self.name(size)
            return BackupPart(
                kind: .checkpoint, name: "\(Self.directory)/\(name)", first: Position(1), last: size,
                firstAt: nil, lastAt: nil, bytesCount: try FileSystem.size(of: "\(path)/\(name)"),
                contentsBytes: nil)
        }
    }

    /// Removes all but the newest.
    func prune() throws -> [String] {
        let old = try sizes().dropLast().map { Self.name($0) }
        for name in old { try FileSystem.removeFile("\(path)/\(name)") }
        return old.map { "\(Self.directory)/\($0)" }
    }

    /// Copies the latest checkpoint of a store, if the backup has all it covers and not itself yet.
    ///
    /// - Throws: `HansardError` (`invalidProof`) when the store's checkpoint is malformed.
    func copy(from store: CheckpointFiles, through last: Position) throws {
        guard let latest = try store.read(store.latest) else { return }
        let size = Position(latest.checkpoint.size)
        guard size > .zero, size <= last, try sizes().last ?? .zero < size else { return }
        try FileSystem.ensureDirectory(path)
        if FileSystem.exists(store.publicKeys) {
            let bytes = try FileSystem.contents(of: store.publicKeys, max: SignedNote.bytesMax)
            try FileSystem.replaceFile(keys, with: bytes.span, mode: 0o640)
        }
        try store.write(latest, to: "\(path)/\(Self.name(size))")
    }

    /// The newest checkpoint of the log that covers no more than the events up to `last`; nil when
    /// there is none.
    ///
    /// - Throws: `HansardError`: `invalidProof`, `untrustedKey` when it is not signed by one of the
    ///   keys beside it, or is another log's.
    func newest(of logID: String, through last: Position) throws -> Checkpoint? {
        guard let size = try sizes().last(where: { $0 <= last }) else { return nil }
        let files = CheckpointFiles(directory: backup.path, logID: logID)
        guard let signed = try files.read("\(path)/\(Self.name(size))") else { return nil }
        let bytes = try FileSystem.contents(of: keys, max: SignedNote.bytesMax)
        let trusted = try NoteKey.list(String(decoding: bytes, as: UTF8.self), from: keys)
        try signed.check(keys: trusted, origin: files.origin)
        guard signed.checkpoint.size == size.rawValue else {
            throw HansardError(
                .invalidProof,
                "the checkpoint \(path)/\(Self.name(size)) covers \(signed.checkpoint.size) events: "
                    + "it was renamed; move it away")
        }
        return signed.checkpoint
    }
}
