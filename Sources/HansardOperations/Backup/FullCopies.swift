import HansardBindings
import HansardEngine
import HansardRecords

/// Whole copies under a backup's directory, each a backup of its own:
/// `full/20261122T211149Z-000001000000`.
struct FullCopies {
    private let backup: BackupDirectory
    private let directory: String

    init(_ backup: BackupDirectory) {
        self.backup = backup
        directory = "\(backup.path)/\(BackupDirectory.fullCopies)"
    }

    /// The complete copies, oldest first.
    func names() throws -> [String] {
        guard FileSystem.exists(directory) else { return [] }
        return try FileSystem.names(in: directory).filter(Self.isCopy).sorted()
    }

    /// True if a name is one that `finish` gave. Anything else is no copy: it is neither counted
    /// nor removed as one.
    private static func isCopy(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let through = UInt64(parts[1]) else { return false }
        return SegmentName.padded(Position(through)) == parts[1]
            && parts[0].count == stamp.count
            && zip(parts[0], stamp).allSatisfy { $1 == "0" ? ("0"..."9").contains($0) : $0 == $1 }
    }

    /// The form of the time in a name.
    private static let stamp = "00000000T000000Z"

    /// Removes copies that were not finished, or are half removed. Only under the backup's lock.
    func removeUnfinished() throws {
        guard FileSystem.exists(directory) else { return }
        for name in try FileSystem.names(in: directory)
        where name.hasSuffix(BackupDirectory.unfinishedSuffix) {
            let whole = String(name.dropLast(BackupDirectory.unfinishedSuffix.utf8.count))
            // Copies are begun under an id.
            guard Self.isCopy(whole) || (try? Identifier(whole))?.uuid != nil else { continue }
            try FileSystem.removeTree(path(name))
        }
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// A directory for a new copy.
    func begin() throws -> BackupDirectory {
        try FileSystem.ensureDirectory(directory)
        let path = "\(directory)/\(Identifier.random().text)\(BackupDirectory.unfinishedSuffix)"
        try FileSystem.createDirectory(path)
        return BackupDirectory(path)
    }

    /// Gives a copy that was written whole its name.
    func finish(
        _ copy: BackupDirectory, _ through: Position, at now: Instant
    ) throws -> String {
        let stamp = now.text(.zulu).prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" }
        let name = "\(stamp)Z-\(SegmentName.padded(through))"
        try FileSystem.synchroniseDirectory(copy.path)
        if FileSystem.exists(path(name)) {
            // Two within a second, of the same events: one of them is enough.
            try FileSystem.removeTree(copy.path)
            return name
        }
        try FileSystem.rename(copy.path, to: path(name))
        try FileSystem.synchroniseDirectory(directory)
        return name
    }

    /// - Throws: `HansardError` (`invalidArgument`) for none to keep.
    static func check(keep: Int) throws(HansardError) {
        if keep >= 1 { return }
        throw HansardError(
            .invalidArgument, "at least 1 full copy is kept",
            advice: .removeToKeepNone(directory: BackupDirectory.fullCopies))
    }

    /// The newest copy that is sound and goes beyond an event; nil when there is none. Reads it
    /// whole.
    func newestSound(
        beyond last: Position, _ isCancelled: () -> Bool
    ) throws -> (name: String, through: Position)? {
        for name in try names().reversed() {
            let found: BackupCheck
            do {
                found = try BackupVerification(BackupDirectory(path(name))).run(isCancelled) { _ in
                }
            } catch let error as HansardError
                where [.damagedBackup, .notABackup].contains(error.code)
            { continue }
            guard found.isSound, found.soundThrough > last,
                try contradiction(of: name, segmentsSoundThrough: last) == nil
            else { continue }
            return (name, found.soundThrough)
        }
        return nil
    }

    /// Returns the evidence that a sound copy holds another history than the segments, of which the
    /// events up to one are sound; nil when nothing does.
    func contradiction(of name: String, segmentsSoundThrough sound: Position) throws
        -> HansardError?
    {
        let copy = BackupDirectory(path(name))
        guard let own = try copy.manifest() else { return nil }
        var differsAt: Position?
        let common = min(own.through, sound)
        if common > .zero,
            try BackupHistory(copy).digest(through: common)
                != BackupHistory(backup).digest(through: common)
        {
            differsAt = common
        } else if let whole = try backup.manifest(), own.through >= whole.through,
            try BackupHistory(copy).digest(through: whole.through) != whole.digest
        {
            differsAt = whole.through
        }
        return differsAt.map {
            HansardError(
                .otherLog,
                "\(copy.path) holds another history than the segments of \(backup.path): they differ at "
                    + "event \($0) at the latest",
                advice: .keepOneHistory(directory: backup.path), position: $0, path: copy.path)
        }
    }

    /// Removes the oldest beyond `keep`, and answers which.
    func prune(keep: Int) throws -> [String] {
        let old = try names().dropLast(keep)
        for name in old {
            // Under another name first: half a copy must not look like one.
            let leaving = path(name) + BackupDirectory.unfinishedSuffix
            try FileSystem.rename(path(name), to: leaving)
            try FileSystem.removeTree(leaving)
        }
        return Array(old)
    }
}
