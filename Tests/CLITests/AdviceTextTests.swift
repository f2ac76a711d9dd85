import Hansard
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
        (.restoreOrBackUpAgain(upTo: Position(7), directory: "/b", isMissing: true), "hansard backup"),
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
    ])
    func adviceNamesTheVerbAndItsArguments(_ advice: Advice, _ words: String) {
        #expect(advice.command.contains(words))
        #expect(!advice.description.contains("hansard "), "the neutral text names no verb")
    }
}
