import Bindings

/// Signed checkpoints of the log's Merkle tree beside the segments: `checkpoints/…`.
enum BackupCheckpoints {
    static let directory = "checkpoints"

    static func names(in backup: BackupDirectory) throws -> [String] {
        let path = "\(backup.path)/\(directory)"
        guard FileSystem.exists(path) else { return [] }
        return try FileSystem.names(in: path)
            .filter { !$0.hasSuffix(BackupDirectory.unfinishedSuffix) }.sorted()
    }

    static func parts(in backup: BackupDirectory) throws -> [BackupPart] {
        try names(in: backup).map { name in
            let path = "\(directory)/\(name)"
            return BackupPart(
                kind: .checkpoint, name: path, first: nil, last: nil, firstAt: nil, lastAt: nil,
                bytesCount: try FileSystem.size(of: "\(backup.path)/\(path)"), contentsBytes: nil)
        }
    }

    /// Removes all but the newest.
    static func prune(in backup: BackupDirectory) throws -> [String] {
        let old = try names(in: backup).dropLast()
        for name in old { try FileSystem.removeFile("\(backup.path)/\(directory)/\(name)") }
        return old.map { "\(directory)/\($0)" }
    }
}
