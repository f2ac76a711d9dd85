/// The kind of a failure. Every code of the project is in this file; programs decide on codes
/// and classes, never on texts. docs/ERRORS.md has the table for users.
public struct ErrorCode: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    /// The code's stable name in `snake_case`, as in JSON.
    public let rawValue: String
    /// The reaction to a failure of this kind.
    public let errorClass: ErrorClass

    /// The code of a name; nil for an unknown name.
    public init?(rawValue: String) {
        guard let known = Self.named[rawValue] else { return nil }
        self = known
    }

    private init(_ name: String, _ errorClass: ErrorClass) {
        rawValue = name
        self.errorClass = errorClass
    }

    public var description: String { rawValue }

    private static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.rawValue, $0) })
}

/// The reactions to a failure. The set is closed: a switch over it needs no default.
public enum ErrorClass: String, Sendable, Hashable, CaseIterable {
    /// The request is wrong and fails again until it is changed. Nothing was written.
    case request
    /// The request was right for a state that has changed: read again and decide again.
    case conflict
    /// The same call may succeed later and is safe to repeat.
    case retry
    /// Somebody who runs the store must act: space, permissions, damage, a newer program.
    case `operator`
    /// The outcome is not known: open the store again and retry with the same ids.
    case unknown
    /// A defect of this program: report it.
    case bug
}

// MARK: - Requests

extension ErrorCode {
    /// An argument is out of its bounds.
    public static let invalidArgument = Self("invalid_argument", .request)
    /// The text is not JSON (RFC 8259), or not of the stricter kind taken here.
    public static let invalidJSON = Self("invalid_json", .request)
    /// The bytes are not UTF-8, or an escape is a lone surrogate.
    public static let invalidText = Self("invalid_text", .request)
    /// An object has the same key twice.
    public static let duplicateKey = Self("duplicate_key", .request)
    /// A number is outside −2^63…2^64−1, or a double is not finite.
    public static let numberOutOfRange = Self("number_out_of_range", .request)
    /// More than 64 objects and arrays are nested.
    public static let tooDeep = Self("too_deep", .request)
    /// More bytes than the limit allows.
    public static let tooLarge = Self("too_large", .request)
    /// The bytes are not a record as this project writes them.
    public static let invalidRecord = Self("invalid_record", .request)
    /// An identifier is empty or longer than 255 bytes.
    public static let invalidIdentifier = Self("invalid_identifier", .request)
    /// A time is not in an accepted form.
    public static let invalidTime = Self("invalid_time", .request)
    /// A field holds another type than the one asked for.
    public static let wrongType = Self("wrong_type", .request)
    /// The record, event or file does not exist.
    public static let notFound = Self("not_found", .request)
    /// The record was deleted or redacted, and its id can't be used again.
    public static let gone = Self("gone", .request)
    /// The directory holds no store.
    public static let notAStore = Self("not_a_store", .request)
    /// The directory holds no backup.
    public static let notABackup = Self("not_a_backup", .request)
    /// The directory is taken.
    public static let alreadyExists = Self("already_exists", .request)
    /// The store was closed.
    public static let closed = Self("closed", .request)
    /// An export of a log is cut off, or its lines are not as they were written.
    public static let damagedExport = Self("damaged_export", .request)
    /// The input is damaged or cut off.
    public static let damagedInput = Self("damaged_input", .request)
    /// A proof, checkpoint or note is malformed, or proves something else.
    public static let invalidProof = Self("invalid_proof", .request)
    /// A signature is by no trusted key.
    public static let untrustedKey = Self("untrusted_key", .request)
    /// A backup, checkpoint or export belongs to another log, or to another history of this one.
    public static let otherLog = Self("other_log", .request)
    /// Units of the index that this program does not know would be lost.
    public static let foreignUnits = Self("foreign_units", .request)
}

// MARK: - Conflicts

extension ErrorCode {
    /// The stream is not at the revision the append expects.
    public static let wrongExpectedRevision = Self("wrong_expected_revision", .conflict)
    /// The id is in the log with other content.
    public static let idConflict = Self("id_conflict", .conflict)
    /// Another generation of the index became live meanwhile; nothing was changed.
    public static let generationChanged = Self("generation_changed", .conflict)
}

// MARK: - Retries

extension ErrorCode {
    /// The task that waited was cancelled; an append may still happen. Retry with the same ids.
    public static let cancelled = Self("cancelled", .retry)
    /// The table's unit is being built for this program's version. `underlying` says how far it is.
    public static let rebuilding = Self("rebuilding", .retry)
    /// Another process is building, switching or removing generations of the index.
    public static let rebuildRunning = Self("rebuild_running", .retry)
    /// Another process is writing the backup, or restoring to the same place.
    public static let backupBusy = Self("backup_busy", .retry)
    /// Another process is in the way for a moment.
    public static let busy = Self("busy", .retry)
}

// MARK: - Operators

extension ErrorCode {
    /// An event of the log is damaged.
    public static let corruptEvent = Self("corrupt_event", .operator)
    /// The index is damaged or belongs to another log.
    public static let corruptIndex = Self("corrupt_index", .operator)
    /// A page of the log's or the index's file is damaged.
    public static let damagedFile = Self("damaged_file", .operator)
    /// A file of a backup is damaged or missing.
    public static let damagedBackup = Self("damaged_backup", .operator)
    /// The store, backup or export was written by a newer version.
    public static let newerFormat = Self("newer_format", .operator)
    /// An event was written by a newer program, in a shape this one does not know.
    public static let newerEvent = Self("newer_event", .operator)
    /// The log ends before events that the index or a follower has seen.
    public static let logRolledBack = Self("log_rolled_back", .operator)
    /// The log does not agree with a signed checkpoint of it.
    public static let logForked = Self("log_forked", .operator)
    /// Another log was put in the place of one that is watched.
    public static let logReplaced = Self("log_replaced", .operator)
    /// The index is too far behind the log for a program that only reads.
    public static let indexBehind = Self("index_behind", .operator)
    /// A projection unit stopped at the position given.
    public static let unitStopped = Self("unit_stopped", .operator)
    /// A projection's fold refused an event.
    public static let projectionFailed = Self("projection_failed", .operator)
    /// An upcaster refused an event.
    public static let upcastFailed = Self("upcast_failed", .operator)
    /// The disk, the map or the log's own limit is full. Nothing was written.
    public static let full = Self("full", .operator)
    /// Permission is missing, the file system is read-only, or the store was opened for reading.
    public static let noPermission = Self("no_permission", .operator)
    /// The store is on a file system whose locks LMDB can't rely on.
    public static let unsupportedFileSystem = Self("unsupported_file_system", .operator)
    /// The operating system refused a call.
    public static let system = Self("system", .operator)
    /// The signing key is missing, damaged, or readable by others.
    public static let keyUnusable = Self("key_unusable", .operator)
    /// The external directory can't take checkpoints. They are signed all the same.
    public static let checkpointNotKept = Self("checkpoint_not_kept", .operator)
    /// A checkpoint was signed before, and its file is gone.
    public static let checkpointMissing = Self("checkpoint_missing", .operator)
}

// MARK: - Unknown outcomes and defects

extension ErrorCode {
    /// An I/O error left open whether the events were written.
    public static let unknownOutcome = Self("unknown_outcome", .unknown)
    /// The store refuses writes until it is opened again.
    public static let writesStopped = Self("writes_stopped", .unknown)
    /// A check inside this program failed. What it had begun was not used.
    public static let internalError = Self("internal_error", .bug)

    /// Every code.
    public static let all: [ErrorCode] = [
        .invalidArgument, .invalidJSON, .invalidText, .duplicateKey, .numberOutOfRange, .tooDeep,
        .tooLarge, .invalidRecord, .invalidIdentifier, .invalidTime, .wrongType, .notFound, .gone,
        .notAStore, .notABackup, .alreadyExists, .closed, .damagedExport, .damagedInput,
        .invalidProof,
        .untrustedKey, .otherLog, .foreignUnits,
        .wrongExpectedRevision, .idConflict, .generationChanged,
        .cancelled, .rebuilding, .rebuildRunning, .backupBusy, .busy,
        .corruptEvent, .corruptIndex, .damagedFile, .damagedBackup, .newerFormat, .newerEvent,
        .logRolledBack, .logForked, .logReplaced, .indexBehind, .unitStopped, .projectionFailed,
        .upcastFailed, .full, .noPermission, .unsupportedFileSystem, .system, .keyUnusable,
        .checkpointNotKept, .checkpointMissing,
        .unknownOutcome, .writesStopped, .internalError,
    ]
}
