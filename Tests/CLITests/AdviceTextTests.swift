import Foundation
import Hansard
import HansardRecords
import Testing

@testable import HansardCLI

/// The command line's words for errors: what happened, what to do with its verbs, and the
/// cause.
@Suite struct AdviceTextTests {
    private struct Cause: Error, CustomStringConvertible {
        var description: String { "the cause" }
    }

    @Test func anErrorIsWhatHappenedThenTheAdviceThenTheCause() {
        let error = HansardError(
            .corruptIndex, "the index is damaged", advice: .rebuild, underlying: Cause())
        #expect(
            ErrorText.of(error)
                == "the index is damaged: run 'hansard rebuild', which builds a new one from the log "
                + "(the cause)")
        #expect(ErrorText.of(HansardError(.closed, "the store is closed")) == "the store is closed")
        #expect(ErrorText.of(Cause()) == "the cause")
        let record = RecordError(.invalidIdentifier, "too long", advice: .shorten, byteOffset: 4)
        #expect(ErrorText.of(record) == "byte 4: too long: shorten it")
        #expect(ErrorText.withoutPlace(record) == "too long: shorten it")
    }

    /// An embedding program has no such verbs.
    @Test func theLibraryItselfNamesNoVerb() {
        let error = HansardError(.corruptIndex, "the index is damaged", advice: .rebuild)
        #expect("\(error)" == "the index is damaged: build a new index from the log")
    }

    @Test(arguments: [
        (Advice.createStore(path: "/a b"), "hansard init --store '/a b'"),
        (.verify, "hansard verify"), (.verifyAndRestore, "hansard verify"),
        (.restoreUpTo(Position(7)), "--to-position 7"),
        (.restoreNewerEvents(backup: "/b"), "hansard restore /b"),
        (
            .restoreOrBackUpAgain(upTo: Position(7), directory: "/b", isMissing: true),
            "hansard backup"
        ),
        (.restoreFromOtherCopy(orUpTo: Position(7), checkpoint: "/c"), "--to-position 7"),
        (.putBackOrBackUpAgain(path: "/k", isMissing: true), "put /k back"),
        (.putSegmentsBack(directory: "/b", orBackUpAgain: true), "hansard backup"),
        (.rebuildWithTheirProgram, "--without-foreign-units"),
        (.makeOtherGenerationLive, "hansard index use"), (.openInBuilder, "hansard rebuild"),
        (.useNewerOrTakeBack, "hansard rebuild"), (.putNewerLogBack, "docs/OPERATIONS.md"),
        (.putRightLogBack, "hansard rebuild"), (.trainDictionary, "hansard dictionary train"),
        (.nameCheckpointDirectory, "--checkpoint-dir"), (.mountOrCreate(path: "/m"), "mkdir -p /m"),
        (.signCheckpoint, "hansard checkpoint"), (.putCheckpointBack, "hansard checkpoint --lost"),
        (.putKeyBack, "hansard key rotate --lost"), (.protectKey(path: "/k"), "chmod 600 /k"),
        (.rotateKey(isLost: false), "without --lost"), (.compareKeys, "hansard key show"),
        (.askForProof(from: 500), "hansard prove --between 500"), (.putKeysBack, "--key"),
        (.takeLogExport, "hansard log export"), (.nameBackup, "hansard backup"),
        (.nameStore, "hansard init"), (.restoreFromBackup, "hansard restore"),
        (.restoreFromCopy(path: "/b", orUpTo: Position(7)), "hansard restore /b"),
        (.rebuild, "hansard rebuild"), (.rebuildBesideOthers, "hansard rebuild"),
        (.either(.moveOut(path: "/a"), .restoreUpTo(Position(7))), "--to-position 7"),
        (.importMutations, "hansard import"), (.leaveOutAssigned, "--recorded"),
    ])
    func adviceNamesTheVerbAndItsArguments(_ advice: Advice, _ words: String) {
        #expect(advice.command.contains(words))
        #expect(!advice.description.contains("hansard "), "the neutral text names no verb")
    }

    /// One of each case, in the order of their declaration.
    private static let all: [Advice] = [
        .retry, .retryLater, .reopenAndRetry, .reopen, .checkDiskAndReopen, .checkDisk,
        .waitForOtherProcess, .waitUntilItMoves, .retryIfStillNeeded, .beginWatchAgain, .report,
        .createStore(path: "/a"), .nameStore, .nameEmptyDirectory, .nameEmptyOrBackup, .nameBackup,
        .useBackup(path: "/a"), .nameOtherDirectory, .nameCheckpointDirectory, .newBackupDirectory,
        .moveAway(path: "/a"), .createDirectory(path: "/a"), .useLocalDisk, .freeSpace(path: nil),
        .freeSpaceOrNameOther, .freeScratch(path: "/a"), .mountOrCreate(path: "/a"),
        .makeAccessible(path: "/a", user: 7), .checkFile(path: "/a"), .checkPermissions,
        .openForWriting, .raiseSetting("a"), .setSetting("a"), .split(orRaise: nil),
        .correct(.keepOne), .useNewID, .repeatWhole, .createFirst("agent"), .importMutations,
        .leaveOutAssigned, .importFirst, .lookInExportedLog, .makeOtherGenerationLive,
        .trainDictionary, .leaveOutField, .beginWithoutCursor, .takeWholeFile, .takeLogExport,
        .compareWithWholeCopy, .useNewerProgram, .usePosition(upTo: Position(7)), .useLaterTime,
        .askForProof(from: 7), .nameItsStore, .compareKeys, .signCheckpoint, .putKeyBack,
        .putKeysBack, .protectKey(path: "/a"), .rotateKey(isLost: true), .putCheckpointBack,
        .putMatchingFilesBack, .runCommandByHand(path: "/a"), .restoreFromBackup,
        .verifyAndRestore, .restoreUpTo(Position(7)),
        .restoreFromCopy(path: "/a", orUpTo: Position(7)),
        .restoreOrBackUpAgain(upTo: Position(7), directory: "/a", isMissing: true),
        .restoreFromOtherCopy(orUpTo: nil, checkpoint: "/a"), .restoreNewerEvents(backup: "/a"),
        .putBackOrBackUpAgain(path: "/a", isMissing: true),
        .putSegmentsBack(directory: "/a", orBackUpAgain: false), .keepOneHistory(directory: "/a"),
        .moveOut(path: "/a"), .removeToKeepNone(directory: "/a"),
        .either(.moveOut(path: "/a"), .retry), .verify, .rebuild, .rebuildBesideOthers, .rebuildWithTheirProgram,
        .useNewerOrTakeBack, .openInBuilder, .bringIndexUp, .putNewerLogBack, .putRightLogBack,
        .keepCopyAndRestore, .fixProjection, .fixUpcaster,
    ]

    /// Every case has a text of its own, without a verb in it. A new case belongs into `all`.
    @Test func everyAdviceHasATextOfItsOwn() throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let source = try String(
            contentsOf: root.appending(path: "Sources/HansardEngine/Event/Advice.swift"),
            encoding: .utf8)
        let declared = source.matches(of: /\n {4}(?:indirect )?case (\w+)/).map { String($0.1) }
        let texts = Self.all.map(\.description)
        #expect(Self.all.count == declared.count && Set(texts).count == declared.count)
        for (name, advice) in zip(declared, Self.all) {
            // A case with arguments says its name.
            if let label = Mirror(reflecting: advice).children.first?.label {
                #expect(label == name)
            }
            #expect(!advice.description.contains("ERRORS.md"), "\(name) has no text")
            #expect(!advice.description.contains("hansard ") && !advice.command.isEmpty, "\(name)")
        }
    }
}
