import Hansard
import HansardBindings
import HansardChat

/// Errors in words for the person at the terminal.
enum ErrorText {
    /// Returns the error in words, with the advice in the verbs of this program.
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as HansardError: error.text(advising: \.command)
        case let failure as ImportFailure: failure.text(advising: \.command)
        default: "\(error)"
        }
    }

    /// Returns the fault of an option's text and the advice on it, without the place in the text.
    static func withoutPlace(_ error: RecordError) -> String {
        of(HansardError(error, what: error.what))
    }
}

extension Advice {
    /// The advice in the verbs and options of this program.
    var command: String { commandText ?? description }

    /// The advice with a verb or option in it; nil if its neutral text says all.
    ///
    /// Every case stands here, so that a new one can't be forgotten.
    private var commandText: String? {
        switch self {
        case .retry, .retryLater, .reopenAndRetry, .reopen, .checkDiskAndReopen, .checkDisk,
            .waitForOtherProcess, .waitUntilItMoves, .retryIfStillNeeded, .beginWatchAgain,
            .report:
            nil
        case .nameEmptyDirectory, .nameEmptyOrBackup, .useBackup, .nameOtherDirectory,
            .newBackupDirectory, .moveAway, .createDirectory, .useLocalDisk, .freeSpace,
            .freeSpaceOrNameOther, .freeScratch, .makeAccessible, .checkFile, .checkPermissions,
            .openForWriting, .raiseSetting, .setSetting, .split:
            nil
        case .correct, .useNewID, .repeatWhole, .createFirst, .importFirst, .lookInExportedLog,
            .leaveOutField, .beginWithoutCursor, .takeWholeFile, .compareWithWholeCopy,
            .useNewerProgram, .usePosition, .useLaterTime:
            nil
        case .nameItsStore, .putMatchingFilesBack, .runCommandByHand, .keepOneHistory, .moveOut,
            .bringIndexUp, .keepCopyAndRestore, .fixProjection, .fixUpcaster,
            .putSegmentsBack(_, orBackUpAgain: false), .removeToKeepNone:
            nil
        case .createStore, .nameStore, .nameBackup, .nameCheckpointDirectory, .mountOrCreate:
            placeCommand
        case .makeOtherGenerationLive, .trainDictionary, .takeLogExport, .importMutations,
            .leaveOutAssigned:
            requestCommand
        case .askForProof, .compareKeys, .signCheckpoint, .putKeyBack, .putKeysBack, .protectKey,
            .rotateKey, .putCheckpointBack:
            proofCommand
        case .verify, .verifyAndRestore, .rebuild, .rebuildBesideOthers, .rebuildWithTheirProgram,
            .openInBuilder, .useNewerOrTakeBack, .restoreFromBackup, .restoreUpTo,
            .restoreFromCopy, .restoreOrBackUpAgain, .restoreFromOtherCopy, .restoreNewerEvents,
            .putBackOrBackUpAgain, .putSegmentsBack(_, orBackUpAgain: true), .putNewerLogBack,
            .putRightLogBack, .either:
            damageCommand
        }
    }

    private var placeCommand: String? {
        switch self {
        case .createStore(let path):
            "make one with 'hansard init --store \(ShellWord.quoted(path))'"
        case .nameStore: "name the directory that 'hansard init' made"
        case .nameBackup: "name the directory given to 'hansard backup'"
        case .nameCheckpointDirectory: "name one with --checkpoint-dir or HANSARD_CHECKPOINT_DIR"
        case .mountOrCreate(let path):
            "mount the right file system, or make it with 'mkdir -p \(ShellWord.quoted(path))'"
        default: nil
        }
    }

    private var requestCommand: String? {
        switch self {
        case .makeOtherGenerationLive:
            "make another live first, with 'hansard rebuild' or 'hansard index use'"
        case .trainDictionary: "train one with 'hansard dictionary train'"
        case .takeLogExport:
            "take the output of 'hansard log export'; 'hansard import' reads mutations"
        case .importMutations: "use 'hansard import', or a name of your program's own"
        case .leaveOutAssigned: "leave it out, or give lines of another log with --recorded"
        default: nil
        }
    }

    private var proofCommand: String? {
        switch self {
        case .askForProof(let size): "ask for a proof with 'hansard prove --between \(size)'"
        case .compareKeys:
            "compare with 'hansard key show' at the log; after a rotation name the new key too"
        case .signCheckpoint: "have the store's owner run 'hansard checkpoint'"
        case .putKeyBack:
            "put your copy of it back; if it is lost, 'hansard key rotate --lost' makes a "
                + "new one"
        case .putKeysBack: "put them back, or name a key with --key"
        case .protectKey(let path):
            "run 'chmod 600 \(ShellWord.quoted(path))', and 'hansard key rotate' if anyone else may "
                + "have read it"
        case .rotateKey(let isLost):
            isLost
                ? "run 'hansard key rotate --lost', which makes a new one"
                : "run 'hansard key rotate' without --lost, and the old key signs the new one"
        case .putCheckpointBack:
            "put the file or its external copy back; if both are lost, 'hansard checkpoint --lost' "
                + "signs the log as it is and records that"
        default: nil
        }
    }

    private var damageCommand: String? {
        switch self {
        case .verify: "run 'hansard verify', which shows whether the log or the index is damaged"
        case .verifyAndRestore:
            "run 'hansard verify', which lists all damage, and restore the log from a backup"
        case .rebuild: "run 'hansard rebuild', which builds a new one from the log"
        case .rebuildBesideOthers:
            "rebuild with a program that keeps it ('hansard rebuild' for the chat domain's units); "
                + "programs of the other version may continue meanwhile"
        case .rebuildWithTheirProgram:
            "rebuild with the program that keeps them, or leave them out with --without-foreign-units"
        case .openInBuilder:
            "open the store in a program that builds it, or run 'hansard rebuild'"
        case .useNewerOrTakeBack:
            "use the newer program; 'hansard rebuild' of this one makes an older index"
        case .restoreFromBackup: "restore it from a backup with 'hansard restore'"
        case .restoreUpTo(let last):
            "events up to \(last) can still be restored, with '--to-position \(last)'"
        case .restoreFromCopy(let path, let last):
            "restore from that directory, 'hansard restore \(ShellWord.quoted(path))'; without it, "
                + "events up to \(last) can still be restored, with '--to-position \(last)'"
        case .restoreOrBackUpAgain(let last, let directory, let isMissing):
            "events up to \(last) can still be restored, with '--to-position \(last)'. Or move "
                + (isMissing ? "the segments after it" : "that file, and those after it,")
                + " out of \(directory) and run 'hansard backup' again, which writes their events from "
                + "the log"
        case .restoreFromOtherCopy(let last, let checkpoint):
            "restore from another copy of the backup"
                + (last.map { ", or '--to-position \($0)', which an older checkpoint covers" } ?? "")
                + "; to restore the events without any check, move \(checkpoint) and those with higher "
                + "numbers away"
        case .restoreNewerEvents(let backup):
            "restore the newer events with 'hansard restore \(ShellWord.quoted(backup))', or back this "
                + "log up to a new directory"
        case .putBackOrBackUpAgain(let path, let isMissing):
            (isMissing ? "put \(path) back" : "move \(path) away")
                + ", or run 'hansard backup' again if the log still exists"
        case .putSegmentsBack(let directory, true):
            "put the missing segments back into \(directory), or run 'hansard backup' again "
                + "if the log still exists"
        case .either(let one, let other): "\(one.command); or \(other.command)"
        case .putNewerLogBack:
            "stop the programs that append to the log and put the newer log back; if it is lost, see "
                + "docs/OPERATIONS.md, 'After an older log was put in place'"
        case .putRightLogBack:
            "put the right log back; if this is the right one, run 'hansard rebuild'"
        default: nil
        }
    }
}
