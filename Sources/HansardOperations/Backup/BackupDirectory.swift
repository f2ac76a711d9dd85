import HansardBindings
import HansardEngine

/// A directory with a backup: segments that follow each other from the log's first event on, a
/// manifest, dictionaries, full copies.
struct BackupDirectory {
    /// Without a slash at its end.
    let path: String

    static let lock = "backup.lock"
    static let fullCopies = "full"
    /// The unfinished full copies: written under another name until they are whole.
    static let unfinishedSuffix = ".new"

    /// True if a name is one that a file of a backup is written under until it is whole. What
    /// merely ends so is somebody else's, and stays.
    static func isUnfinished(_ name: String) -> Bool {
        let whole = [FileSystem.unfinishedSuffix, unfinishedSuffix].reduce(name) { name, suffix in
            name.hasSuffix(suffix) ? String(name.dropLast(suffix.utf8.count)) : name
        }
        return whole != name
            && (whole == BackupManifest.name || SegmentName(whole) != nil
                || StoredDictionaryFile(whole) != nil)
    }

    init(_ path: String) { self.path = StoreFiles(directory: path).directory }

    /// The segments, in the order of their positions.
    func names() throws -> [SegmentName] {
        try FileSystem.names(in: path).compactMap { SegmentName($0) }.sorted()
    }

    func manifest() throws -> BackupManifest? { try BackupManifest.read(in: path) }

    /// Refuses what is no backup, with a sentence on what it looks like instead.
    func checkIsBackup() throws {
        guard FileSystem.exists(path) else {
            throw HansardError(
                .notABackup,
                "there is no backup at \(path)",
                advice: .nameBackup, path: path)
        }
        if FileSystem.exists("\(path)/\(BackupManifest.name)") { return }
        if try !names().isEmpty { return }
        if let newest = try FullCopies(self).names().last {
            throw HansardError(
                .notABackup,
                "\(path) holds full copies alone, each a backup of its own",
                advice: .useBackup(path: FullCopies(self).path(newest)), path: path)
        }
        throw HansardError(
            .notABackup,
            "\(path) holds no backup (\(BackupManifest.name) and segments are missing)",
            advice: .nameBackup, path: path)
    }

    /// Makes the directory ready for a log's backup: there, and empty or this program's.
    func prepare() throws {
        let parent = FileSystem.parent(of: path)
        guard FileSystem.exists(path) || FileSystem.exists(parent) else {
            throw HansardError(
                .invalidArgument,
                "the directory \(parent) does not exist",
                advice: .createDirectory(path: parent), path: parent)
        }
        try checkIsNoFullCopy()
        try FileSystem.ensureDirectory(path)
        let others = try FileSystem.names(in: path).filter { !Self.isOurs($0) }
        guard try manifest() == nil, try names().isEmpty, let other = others.sorted().first else {
            return
        }
        throw HansardError(
            .alreadyExists,
            "\(path) is not empty (it holds \(other)) and no backup",
            advice: .nameEmptyOrBackup, path: path)
    }

    /// The files that a backup killed before its first block leaves.
    private static func isOurs(_ name: String) -> Bool {
        name == lock || name == fullCopies || isUnfinished(name)
            || name.hasPrefix(StoredDictionaryFile.prefix) || name == "lost+found"
    }

    /// Runs `body` as the only one that writes this backup.
    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        guard let lock = try FileLock.tryLock("\(path)/\(Self.lock)") else {
            throw HansardError(
                .backupBusy,
                "another process is writing the backup \(path)",
                advice: .waitForOtherProcess, path: path)
        }
        let result = try body()
        _ = consume lock
        return result
    }

    /// Removes what writing under another name left. Only under the lock.
    func removeUnfinished() throws {
        for name in try FileSystem.names(in: path) where Self.isUnfinished(name) {
            try FileSystem.removeFile("\(path)/\(name)")
        }
        try FullCopies(self).removeUnfinished()
    }
}
