public import HansardRecords

/// The advice on a failure, as a value: each kind of program renders it in its own terms (verbs
/// of the command line, a problem document of a server, an exception).
///
/// `description` renders it for the log of an embedding program.
public enum Advice: Sendable, Hashable {
    // MARK: Trying again

    /// Repeat the same call.
    case retry
    /// Repeat the call later; everything else is served meanwhile.
    case retryLater
    /// Open the store again and retry with the same ids.
    case reopenAndRetry
    /// Close the store and open it again.
    case reopen
    /// Check the disk, then open the store again.
    case checkDiskAndReopen
    /// Check the disk and repeat the call.
    case checkDisk
    /// Wait for the other process to end, or end it.
    case waitForOtherProcess
    /// Wait until the process has moved to the live generation, or end it.
    case waitUntilItMoves
    /// Begin again if the index is not yet as wanted.
    case retryIfStillNeeded
    /// See what is there, and begin the watch again.
    case beginWatchAgain
    /// Report a defect of the program.
    case report

    // MARK: Places, permissions and space

    /// Create a store at the path.
    case createStore(path: String)
    /// Name the directory of a store.
    case nameStore
    /// Name a directory that is empty or does not exist.
    case nameEmptyDirectory
    /// Name a directory that is empty, does not exist, or is an earlier backup's.
    case nameEmptyOrBackup
    /// Name the directory of a backup.
    case nameBackup
    /// Name this backup.
    case useBackup(path: String)
    /// Name another directory.
    case nameOtherDirectory
    /// Name an external directory for checkpoints.
    case nameCheckpointDirectory
    /// Back this log up to a new directory; the one named stays.
    case newBackupDirectory
    /// Move the file or directory away.
    case moveAway(path: String)
    /// Create the directory first.
    case createDirectory(path: String)
    /// Put the store on a disk of this machine.
    case useLocalDisk
    /// Free some space, at the path if there is one.
    case freeSpace(path: String?)
    /// Free some space, or name another place.
    case freeSpaceOrNameOther
    /// Free some space at the path, or use another directory for temporary files.
    case freeScratch(path: String)
    /// Mount the directory, or create it.
    case mountOrCreate(path: String)
    /// Make the directory and its files readable and writable for the user.
    case makeAccessible(path: String, user: UInt32)
    /// Check the file's name and permissions.
    case checkFile(path: String)
    /// Check the owner and mode of the store's files, and the mount.
    case checkPermissions
    /// Open the store with permission to write.
    case openForWriting
    /// Raise the named field of the settings.
    case raiseSetting(String)
    /// Open the store with the named field of the settings on.
    case setSetting(String)
    /// Split the append or event, or raise the named field of the settings.
    case split(orRaise: String?)

    // MARK: Requests

    /// Correct the record, text, time or identifier.
    case correct(RecordAdvice)
    /// Use a new id for a new fact.
    case useNewID
    /// Repeat the whole append, or none of it.
    case repeatWhole
    /// Create the named kind of record first.
    case createFirst(String)
    /// Import mutations of the chat domain, or use a name of the program's own.
    case importMutations
    /// Leave the field out, or give the event as another log recorded it.
    case leaveOutAssigned
    /// Import the lines before it first.
    case importFirst
    /// Look in the log that was exported.
    case lookInExportedLog
    /// Make another generation of the index live first.
    case makeOtherGenerationLive
    /// Train a dictionary from the store's events.
    case trainDictionary
    /// Leave the field out, or give its present value.
    case leaveOutField
    /// Begin the list without a cursor.
    case beginWithoutCursor
    /// Take the whole file as it was written, or make it again.
    case takeWholeFile
    /// Take an export of a log; mutations have an import of their own.
    case takeLogExport
    /// Compare the input with a whole copy.
    case compareWithWholeCopy
    /// Use the newer program that wrote it.
    case useNewerProgram
    /// Use a position up to the one given.
    case usePosition(upTo: Position)
    /// Name the time of the first event or a later one.
    case useLaterTime

    // MARK: Proofs and keys

    /// Ask for a proof that begins at this number of events.
    case askForProof(from: UInt64)
    /// Name the store that the checkpoint was made from.
    case nameItsStore
    /// Compare with the public keys where the log is; a rotation adds one.
    case compareKeys
    /// Have the store's owner sign a checkpoint.
    case signCheckpoint
    /// Put the signing key back, or replace it as lost.
    case putKeyBack
    /// Put the public keys back, or name a key.
    case putKeysBack
    /// Let the owner alone read the key, and rotate it should anyone have read it.
    case protectKey(path: String)
    /// Replace the key, with the old one to vouch for the new one unless it is lost.
    case rotateKey(isLost: Bool)
    /// Put the checkpoint or its external copy back; if both are lost, sign the log as it is.
    case putCheckpointBack
    /// Put the log that fits back, or the checkpoints that fit.
    case putMatchingFilesBack
    /// Run the checkpoint command by hand on the file to see why it fails.
    case runCommandByHand(path: String)

    // MARK: Damage

    /// Restore the log from a backup.
    case restoreFromBackup
    /// Verify the store for all damage, and restore from a backup.
    case verifyAndRestore
    /// Restore the events up to the position.
    case restoreUpTo(Position)
    /// Restore from the full copy at the path; without it, the events up to the position.
    case restoreFromCopy(path: String, orUpTo: Position)
    /// Restore the events up to the position, or move the files away and back up again.
    case restoreOrBackUpAgain(upTo: Position, directory: String, isMissing: Bool)
    /// Restore from another copy of the backup, or up to the position an older checkpoint covers;
    /// without the checkpoint at the path nothing vouches for the events.
    case restoreFromOtherCopy(orUpTo: Position?, checkpoint: String)
    /// Restore the newer events from the backup, or back this log up to a new directory.
    case restoreNewerEvents(backup: String)
    /// Put the missing file back, or back up again.
    case putBackOrBackUpAgain(path: String, isMissing: Bool)
    /// Put the missing segments back into the directory, or back up again.
    case putSegmentsBack(directory: String, orBackUpAgain: Bool)
    /// Move the files of the history that is not the log's out of the directory.
    case keepOneHistory(directory: String)
    /// Move the file out of the directory, where it does not belong.
    case moveOut(path: String)
    /// Remove the directory of a backup to keep none of its copies.
    case removeToKeepNone(directory: String)
    /// Either of two ways.
    indirect case either(Advice, Advice)
    /// Verify the store, which shows whether the log or the index is damaged.
    case verify
    /// Build a new index from the log.
    case rebuild
    /// Build a new index, which may be done while programs of another version go on.
    case rebuildBesideOthers
    /// Rebuild with the program that keeps the units, or leave them out.
    case rebuildWithTheirProgram
    /// Use the newer program; a rebuild by this one takes the index back.
    case useNewerOrTakeBack
    /// Open the store in a program that builds the unit, or rebuild.
    case openInBuilder
    /// Wait for a program that may write to bring the index up.
    case bringIndexUp
    /// Stop the programs that append, and put the newer log back.
    case putNewerLogBack
    /// Put the right log back; if this is the right one, build a new index.
    case putRightLogBack
    /// Keep a copy of the store as it is, and restore the log from a backup.
    case keepCopyAndRestore
    /// Fix the projection and open the store again.
    case fixProjection
    /// Fix the upcaster.
    case fixUpcaster
}

extension Advice: CustomStringConvertible {
    public var description: String {
        switch self {
        case .retry: "try again"
        case .retryLater: "try again later; everything else is served meanwhile"
        case .reopenAndRetry: "open the store again and retry with the same ids, which is safe"
        case .reopen: "close the store and open it again"
        case .checkDiskAndReopen: "check the disk, then open the store again"
        case .checkDisk: "check the disk and try again"
        case .waitForOtherProcess: "wait for the other process to end, or end it"
        case .waitUntilItMoves: "end it, or wait until it has moved to the live generation"
        case .retryIfStillNeeded: "run it again if the index is not yet as you want it"
        case .beginWatchAgain: "examine the directory, and begin the watch again"
        case .report: "report it as a defect of this program"
        case .createStore: "create a store there with Store.create"
        case .nameStore: "name the directory of a store"
        case .nameEmptyDirectory: "name a directory that is empty or does not exist"
        case .nameEmptyOrBackup:
            "name a directory that is empty, does not exist, or is an earlier backup's"
        case .nameBackup: "name the directory of a backup"
        case .useBackup(let path): "name \(path)"
        case .nameOtherDirectory: "name another directory"
        case .nameCheckpointDirectory: "name a directory"
        case .newBackupDirectory: "back this log up to a new directory; the old backup stays"
        case .moveAway(let path): "move \(path) away"
        case .createDirectory: "create it first"
        case .useLocalDisk: "put the store on a disk of this machine"
        case .freeSpace(let path?): "free some space in \(path) and try again"
        case .freeSpace(nil): "free some space and try again"
        case .freeSpaceOrNameOther: "free some space, or name another place, and try again"
        case .freeScratch(let path):
            "free some space in \(path), or set TMPDIR to another directory"
        case .mountOrCreate(let path): "mount the right file system, or create \(path)"
        case .makeAccessible(let path, let user):
            "make \(path) and the files in it readable and writable for user \(user), on a file "
                + "system that is not read-only"
        case .checkFile(let path): "check the name and permissions of \(path)"
        case .checkPermissions:
            "check the owner and mode of the store's files and whether the file system is mounted "
                + "read-only"
        case .openForWriting: "open the store once with permission to write"
        case .raiseSetting(let name): "raise Settings.\(name)"
        case .setSetting(let name): "open it with Settings.\(name)"
        case .split(let name?): "split it, or raise Settings.\(name)"
        case .split(nil): "split it"
        default: requestText
        }
    }

    private var requestText: String {
        switch self {
        case .correct(let advice): "\(advice)"
        case .useNewID: "use a new id for a new fact"
        case .repeatWhole: "repeat the whole append, or none of it"
        case .createFirst(let kind): "create the \(kind) first"
        case .importMutations:
            "import mutations of the chat domain, or use a name of your program's own"
        case .leaveOutAssigned: "leave it out, or give the event as another log recorded it"
        case .importFirst: "import the lines before it first"
        case .lookInExportedLog: "look in the exported log"
        case .makeOtherGenerationLive: "make another generation live first"
        case .trainDictionary: "train one from the store's events"
        case .leaveOutField: "leave the field out, or give its present value"
        case .beginWithoutCursor: "begin without a cursor"
        case .takeWholeFile: "take the whole file as it was written, or make it again"
        case .takeLogExport:
            "take an export of a log; lines of mutations have an import of their own"
        case .compareWithWholeCopy: "compare them with a whole copy"
        case .useNewerProgram: "use the newer program that wrote it"
        case .usePosition(let last): "name a position up to \(last)"
        default: proofText
        }
    }

    private var proofText: String {
        switch self {
        case .useLaterTime: "name that time or a later one"
        case .askForProof(let size): "ask for a proof from \(size) events on"
        case .nameItsStore: "name the store it was made from"
        case .compareKeys:
            "compare with the public keys where the log is; after a rotation trust the new key too"
        case .signCheckpoint: "have the store's owner sign a checkpoint"
        case .putKeyBack: "put the key back; if it is lost, replace it as lost"
        case .putKeysBack: "put them back, or name a key"
        case .protectKey(let path):
            "let only its owner read \(path), and replace the key if anyone else may have read it"
        case .rotateKey(let isLost):
            isLost ? "replace the key as lost" : "replace the key, which the old one can sign"
        case .putCheckpointBack:
            "put the file or its external copy back; if both are lost, sign the log as it is"
        case .putMatchingFilesBack:
            "put the right log back; if the log is right, put its own checkpoints back"
        case .runCommandByHand(let path): "run the command by hand with \(path) to see why"
        default: damageText
        }
    }

    private var damageText: String {
        switch self {
        case .restoreFromBackup: "restore the log from a backup"
        case .verifyAndRestore: "verify the store for all damage, and restore from a backup"
        case .restoreUpTo(let last): "events up to \(last) can still be restored"
        case .restoreFromCopy(let path, let last):
            "restore from \(path); without it, events up to \(last) can still be restored"
        case .restoreOrBackUpAgain(let last, let directory, let isMissing):
            "events up to \(last) can still be restored; or move "
                + (isMissing ? "the segments after it" : "that file, and those after it,")
                + " out of \(directory) and back up again, which writes their events from the log"
        case .restoreFromOtherCopy(let last, let checkpoint):
            "restore from another copy of the backup"
                + (last.map { ", or up to \($0), which an older checkpoint covers" } ?? "")
                + "; to restore the events without any check, move \(checkpoint) and those with higher "
                + "numbers away"
        case .restoreNewerEvents:
            "restore the newer events, or back this log up to a new directory"
        case .putBackOrBackUpAgain(let path, let isMissing):
            (isMissing ? "put \(path) back" : "move \(path) away")
                + ", or back up again if the log still exists"
        case .putSegmentsBack(let directory, let isWritable):
            "put the missing segments back into \(directory)"
                + (isWritable ? ", or back up again if the log still exists" : "")
        case .keepOneHistory(let directory):
            "move the files that do not belong to this log's history out of \(directory)"
        case .moveOut(let path): "move \(path) out of the directory"
        case .removeToKeepNone(let directory):
            "to keep none, remove the directory \(directory) of the backup"
        case .either(let one, let other): "\(one); or \(other)"
        case .verify: "verify the store, which shows whether the log or the index is damaged"
        case .rebuild: "build a new index from the log"
        case .rebuildBesideOthers:
            "build a new index with a program that keeps the unit; programs of the other version "
                + "may continue meanwhile"
        case .rebuildWithTheirProgram:
            "rebuild with the program that keeps them, or leave them out"
        case .useNewerOrTakeBack:
            "use the newer program; a rebuild by this one makes an older index"
        case .openInBuilder: "open the store in a program that builds it, or rebuild the index"
        case .bringIndexUp:
            "open the store in a program that may write, which brings the index up to date"
        case .putNewerLogBack:
            "stop the programs that append to the log and put the newer log back"
        case .putRightLogBack:
            "put the right log back; if this is the right one, build a new index"
        case .keepCopyAndRestore:
            "keep a copy of the store as it is, and restore the log from a backup"
        case .fixProjection: "fix the projection and open the store again"
        case .fixUpcaster: "fix the upcaster; the event can be read afterwards"
        default: "see docs/ERRORS.md"
        }
    }
}
