import HansardBindings
import HansardEngine
public import HansardRecords

/// The last arrival in an external directory, as the store remembers it: that directory
/// can't be asked while it is away. The same of the checkpoint command.
public struct CheckpointArrival: Sendable, Equatable {
    /// The directory; the command.
    public let directory: String
    /// The number of events the checkpoint covers.
    public let size: UInt64
    /// When it arrived, to the microsecond.
    public let at: Instant
}

/// The latest checkpoint of a log in a directory outside the store, which may hold those of many.
struct CheckpointCopy {
    let directory: String
    private let files: CheckpointFiles

    init(_ files: CheckpointFiles, in directory: String) {
        self.files = files
        self.directory = directory
    }

    /// The checkpoint's file.
    var path: String { files.copy(in: directory) }

    /// The checkpoint that is there; nil when there is none yet, or no directory.
    ///
    /// - Throws: `HansardError`: `checkpointNotKept` when it can't be read, `invalidProof` when it
    ///   is malformed.
    func read() throws -> SignedCheckpoint? {
        do { return try files.read(path) } catch let error as SystemError {
            throw Self.unusable(directory, error)
        }
    }

    /// Puts a checkpoint there, and notes beside the database that it arrived.
    ///
    /// - Throws: `HansardError` (`checkpointNotKept`).
    func write(_ signed: SignedCheckpoint, at now: Instant) throws {
        do { try files.write(signed, to: path) } catch {
            throw Self.unusable(directory, error)
        }
        try files.note(
            CheckpointArrival(directory: directory, size: signed.checkpoint.size, at: now))
    }

    /// - Throws: `HansardError` (`checkpointNotKept`) when nothing can be put there.
    func check() throws(HansardError) {
        let found: FileInformation
        do { found = try FileSystem.information(of: directory) } catch {
            throw Self.unusable(directory, error)
        }
        if !found.isDirectory || !found.isWritable || !found.isReadable {
            throw Self.unusable(directory, nil)
        }
    }

    /// Says which directory it is, and what is to be done about it. The same each time, whatever
    /// the log's length.
    static func unusable(_ directory: String, _ error: (any Error)?) -> HansardError {
        let found = try? FileSystem.information(of: directory)
        let why: String
        let advice: Advice
        var underlying: (any Error)?
        if let found, !found.isDirectory {
            why = "is not a directory"
            advice = .nameCheckpointDirectory
        } else if (error as? SystemError)?.isNotFound == true, found == nil {
            why = "does not exist"
            advice = .mountOrCreate(path: directory)
        } else if (error as? SystemError)?.isDiskFull == true {
            why = "has no space left"
            advice = .freeSpace(path: directory)
        } else {
            why = "can't be read and written by this user"
            advice = .makeAccessible(path: directory, user: ProcessIdentity.effectiveUserID)
            underlying = error
        }
        return HansardError(
            .checkpointNotKept,
            "checkpoints are not kept in the checkpoint directory \(directory), which \(why)",
            advice: advice, path: directory, underlying: underlying)
    }
}

extension CheckpointFiles {
    /// The last arrival in an external directory; nil when nothing ever arrived.
    func arrival() -> CheckpointArrival? { arrival(in: elsewhere) }

    /// The checkpoint a command took last; nil when it never did.
    func taken(by command: String) -> CheckpointArrival? {
        arrival(in: taken).flatMap { $0.directory == command ? $0 : nil }
    }

    /// Not for who holds the lock: commands end on threads of their own, in any process.
    func note(taken size: UInt64, by command: String, at now: Instant) throws {
        try locked {
            try note(CheckpointArrival(directory: command, size: size, at: now), in: taken)
        }
    }

    private func arrival(in path: String) -> CheckpointArrival? {
        // Only a remark for people: what can't be read says nothing.
        guard let bytes = try? FileSystem.contents(of: path, max: 16_384) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, let size = UInt64(lines[0]), size <= IDTable.positionMax,
            let at = Int64(lines[1]), at >= 0, lines[2].hasSuffix("\n")
        else { return nil }
        return CheckpointArrival(directory: String(lines[2].dropLast()), size: size,
            at: Instant(microsecondsSinceUnixEpoch: at))
    }

    func note(_ arrival: CheckpointArrival) throws { try note(arrival, in: elsewhere) }

    private func note(_ arrival: CheckpointArrival, in path: String) throws {
        let text = "\(arrival.size)\n\(arrival.at.microsecondsSinceUnixEpoch)\n\(arrival.directory)\n"
        try FileSystem.replaceFile(path, with: Array(text.utf8).span, mode: 0o644)
    }
}
