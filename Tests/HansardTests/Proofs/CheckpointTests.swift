import Foundation
import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct CheckpointTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func path(_ name: String) -> String { "\(fixture.path)/\(name)" }

    /// Opens the store, appends so many events, and closes it, which signs.
    private func append(_ count: Int, settings: Store.Settings = .tested) throws {
        let store = try fixture.open(settings: settings)
        _ = try store.appendBlocking(Append((0..<count).map { _ in try event() }))
        try store.close()
        if let failure = store.checkpointFailure { throw failure }
    }

    private func latest() throws -> Checkpoint {
        try SignedCheckpoint(String(contentsOfFile: path("checkpoints/latest"), encoding: .utf8))
            .checkpoint
    }

    private func verify(settings: Store.Settings = .tested) throws -> [String] {
        let store = try fixture.open(settings: settings)
        var verifier = Verifier(store)
        let problems = try verifier.run().problems.map { "\($0)" }
        try store.close()
        return problems
    }

    @Test func aNewStoreIsSignedAndEachFlushSignsOn() throws {
        #expect(try latest().size == 0)
        #expect(try FileSystem.information(of: path("keys/signing.key")).mode == 0o600)
        #expect(try FileSystem.information(of: path("keys")).mode == 0o700)
        try append(3)
        #expect(try latest().size == 3)
        try append(20)
        let signed = try latest()
        let store = try fixture.open()
        #expect(signed.size == 23)
        #expect(try store.read { try $0.tree().root(size: 23) } == signed.root)
        #expect(try store.latestCheckpoint()?.checkpoint == signed)
        #expect(try verify() == [])
    }

    /// The log and the index are put back, the checkpoint is not.
    @Test func aLogPutBackIsNotSignedAndFound() throws {
        try append(5)
        let aside = fixture.directory.path + "/aside"
        try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: true)
        for part in ["log", "index-1"] {
            try FileManager.default.copyItem(atPath: path(part), toPath: "\(aside)/\(part)")
        }
        try append(5)
        for part in ["log", "index-1"] {
            try FileManager.default.removeItem(atPath: path(part))
            try FileManager.default.moveItem(atPath: "\(aside)/\(part)", toPath: path(part))
        }
        #expect(code { try append(1) } == .logForked)
        let store = try fixture.open()
        #expect(try store.positions() == 6, "appends go on")
        #expect(code { _ = try store.checkpoint() } == .logForked)
        #expect(code { _ = try store.inclusionProof(of: Position(2)) } == .logForked)
        try store.close()
        #expect(try latest().size == 10, "what was signed stays")
        let problems = try verify()
        #expect(problems.count == 1 && problems[0].contains("the log ends at 6"), "\(problems)")
    }

    /// Everything is put back: only the external directory can tell.
    @Test func aStorePutBackIsSeenFromElsewhere() throws {
        let elsewhere = fixture.directory.path + "/elsewhere"
        try FileManager.default.createDirectory(
            atPath: elsewhere, withIntermediateDirectories: true)
        let settings = Store.Settings.tested.with { $0.checkpointDirectory = elsewhere }
        try append(5, settings: settings)
        let copy = fixture.directory.path + "/copy"
        try FileManager.default.copyItem(atPath: fixture.path, toPath: copy)
        try append(5, settings: settings)
        try FileManager.default.removeItem(atPath: fixture.path)
        try FileManager.default.moveItem(atPath: copy, toPath: fixture.path)
        #expect(try verify() == [])
        #expect(code { try append(1, settings: settings) } == .logForked)
        let name = try #require(try FileSystem.names(in: elsewhere).first)
        let kept = try SignedCheckpoint(
            String(contentsOfFile: "\(elsewhere)/\(name)", encoding: .utf8))
        #expect(kept.checkpoint.size == 10)
        let store = try fixture.open()
        var verifier = Verifier(store)
        verifier.checkpointFiles = ["\(elsewhere)/\(name)"]
        #expect(try verifier.run().problemsCount == 1)
        try store.close()
    }

    /// An event is replaced by another that is sound in itself, and the index is made again.
    @Test func aReplacedEventIsNotSignedAndFound() throws {
        try append(40)
        let store = try fixture.open()
        let log = store.log
        let stored = try log.codecs.with { codec in
            let old = try #require(
                try log.environment.read {
                    try log.event(at: Position(7), in: $0, codec: codec)
                })
            var event = old.event
            event.data = try Record(json: #"{"a":2}"#)
            let encoded = try codec.encode(event)
            var bytes: [UInt8] = []
            EventHeader(
                dictionary: encoded.dictionary, rawLength: encoded.rawLength,
                recordedAt: old.recordedMicroseconds,
                clockAt: old.clockMicroseconds, revision: old.revision.rawValue,
                previous: old.previous?.rawValue, entity: old.entity?.rawValue
            ).encode(position: 7, frame: encoded.frame, into: &bytes)
            return bytes
        }
        try log.environment.write { try $0.put(stored.span, integerKey: 7, in: log.events) }
        try store.close()
        _ = try Rebuilder(path: fixture.path, units: [], settings: .tested).run()
        #expect(code { try append(1) } == .logForked)
        #expect(try latest().size == 40)
        for keepsTree in [true, false] {
            // What was signed is compared, with a tree in the index or without.
            let problems = try verify(settings: .tested.with { $0.keepsTree = keepsTree })
            #expect(problems.count == 1 && problems[0].contains("first 40 events"), "\(problems)")
        }
    }

    /// A key that can't be used stops signing and nothing else; mended, signing goes on.
    @Test func aKeyThatOthersCanReadSignsNothing() throws {
        try append(2)
        try setKeyMode(0o640)
        #expect(code { try append(2) } == .keyUnusable)
        #expect(try latest().size == 2)
        let store = try fixture.open()
        #expect(try store.positions() == 4)
        #expect(throws: HansardError.self) { _ = try store.rotateKey() }
        try setKeyMode(0o600)
        #expect(try store.checkpoint().checkpoint.size == 4)
        #expect(store.checkpointFailure == nil)
        try store.close()
        try FileManager.default.removeItem(atPath: path("keys/signing.key"))
        #expect(code { try append(1) } == .keyUnusable)
        let again = try fixture.open()
        _ = try again.rotateKey(isLost: true)
        #expect(try again.latestCheckpoint()?.checkpoint.size == 6, "the rotation is an event")
        #expect(try again.signingKeys().count == 2)
        try again.close()
    }

    private func setKeyMode(_ mode: Int) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: path("keys/signing.key"))
    }

    @Test func aCheckpointOfAnotherKeyIsRefused() throws {
        try append(2)
        let store = try fixture.open()
        let files = CheckpointFiles(directory: fixture.path, logID: store.log.id)
        let stranger = try NoteSigner(newFor: files.origin)
        let forged = Checkpoint(origin: files.origin, size: 1, root: .emptyRoot)
        try files.writeLatest(SignedCheckpoint(signing: forged, with: [stranger]))
        #expect(code { _ = try store.checkpoint() } == .untrustedKey)
        #expect(code { _ = try store.latestCheckpoint() } == .untrustedKey)
        let other = Checkpoint(origin: "hansard/other", size: 1, root: .emptyRoot)
        try files.writeLatest(SignedCheckpoint(signing: other, with: [try files.signer()]))
        #expect(code { _ = try store.checkpoint() } == .otherLog)
        try store.close()
        #expect(try verify().count == 1)
    }

    @Test func aRotationLeadsFromTheOldKeyToTheNew() throws {
        try append(2)
        let store = try fixture.open()
        let before = try store.signingKeys()
        let (old, new) = try store.rotateKey()
        #expect(before == [try #require(old)])
        #expect(try store.signingKeys() == [before[0], new])
        let both = try #require(try store.latestCheckpoint())
        #expect(try both.note.verified(by: [before[0], new]) == [before[0], new])
        let text = try String(contentsOfFile: path("checkpoints/rotation-1"), encoding: .utf8)
        #expect(try KeyRotation(text, trusted: before).key == new)
        #expect(
            code { _ = try KeyRotation(text, trusted: [try NoteSigner(newFor: "a").key]) }
                == .untrustedKey)
        try store.close()
        try append(1)
        let after = try SignedCheckpoint(
            String(contentsOfFile: path("checkpoints/latest"), encoding: .utf8))
        #expect(try after.note.verified(by: [new]) == [new])
        #expect(code { try after.note.verified(by: before) } == .untrustedKey)
        #expect(try verify() == [])
    }

    /// Interrupted between any two steps, the next rotation goes on with the same new key.
    @Test func anInterruptedRotationGoesOn() throws {
        try append(2)
        let store = try fixture.open()
        let files = CheckpointFiles(directory: fixture.path, logID: store.log.id)
        let next = try files.makeNextSigner().key
        #expect(try store.rotateKey().new == next)
        #expect(!FileSystem.exists(files.nextKey))
        #expect(try files.signer().key == next)
        try store.close()
    }

    /// A store from before there were keys gets them at its first flush.
    @Test func anOldStoreGetsAKey() throws {
        for part in ["keys", "checkpoints"] {
            try FileManager.default.removeItem(atPath: path(part))
        }
        try append(3)
        #expect(try latest().size == 3)
    }

    @Test func aCommandTakesCheckpointsElsewhere() throws {
        let taken = fixture.directory.path + "/taken"
        let settings = Store.Settings.tested.with { $0.checkpointCommand = "cat \"$1\" > '\(taken)'" }
        try append(4, settings: settings)
        #expect(
            try SignedCheckpoint(String(contentsOfFile: taken, encoding: .utf8)).checkpoint.size
                == 4)
        let failing = Store.Settings.tested.with { $0.checkpointCommand = "exit 3" }
        #expect(code { try append(1, settings: failing) } == .checkpointNotKept)
        #expect(try latest().size == 5)
    }

    /// A checkpoint a command could not take is taken by the next that can, appended to or not.
    @Test func aCommandTakesWhatIsSignedAlready() throws {
        let (ready, taken) = (fixture.directory.path + "/ready", fixture.directory.path + "/taken")
        let settings = Store.Settings.tested.with {
            $0.checkpointCommand = "test -e '\(ready)' && cat \"$1\" >> '\(taken)'"
        }
        #expect(code { try append(2, settings: settings) } == .checkpointNotKept)
        #expect(try fixture.open(settings: settings).proofState().taken == nil)
        try FileSystem.createDirectory(ready)
        func sign() throws {
            let store = try fixture.open(settings: settings)
            _ = try store.checkpoint()
            try store.close()
            if let failure = store.checkpointFailure { throw failure }
        }
        try sign()
        let once = try FileSystem.contents(of: taken, max: 10_000)
        #expect(try fixture.open(settings: settings).proofState().taken?.size == 2)
        try sign()
        #expect(
            try FileSystem.contents(of: taken, max: 10_000) == once + once,
            "who asks gets it once more")
    }

    @Test func aCommandThatDoesNotEndIsKilled() throws {
        let settings = Store.Settings.tested.with {
            ($0.checkpointCommand, $0.checkpointCommandLimit) = ("sleep 100000", .milliseconds(50))
        }
        let store = try fixture.open(settings: settings)
        _ = try store.appendBlocking(Append([event()]))
        try store.close()
        let failure = try #require(store.checkpointFailure)
        #expect(failure.code == .checkpointNotKept)
        guard case .runCommandByHand? = failure.advice else {
            Issue.record("\(failure)")
            return
        }
    }

    /// As when a copy of the directory from before the rotation is put back.
    @Test func aRetiredKeySignsNothing() throws {
        try append(1)
        let old = try FileSystem.contents(of: path("keys/signing.key"), max: 4_096)
        let store = try fixture.open()
        let new = try store.rotateKey().new
        try FileSystem.replaceFile(path("keys/signing.key"), with: old.span, mode: 0o600)
        #expect(code { _ = try store.checkpoint() } == .keyUnusable)
        #expect(code { _ = try store.rotateKey() } == .keyUnusable)
        #expect(code { _ = try store.proofState().key.get() } == .keyUnusable)
        let latest = try #require(try store.latestCheckpoint())
        let newest = try store.rotateKey(isLost: true).new
        #expect(try store.signingKeys().suffix(2) == [new, newest])
        #expect(try #require(try store.latestCheckpoint()).checkpoint.size > latest.checkpoint.size)
        try store.close()
    }

    @Test func proofsHoldForThisLogAndNoOther() throws {
        try append(50)
        let store = try fixture.open()
        let keys = try store.signingKeys()
        for position in [1, 16, 17, 33, 50] as [UInt64] {
            let proof = try store.inclusionProof(
                of: Position(position), includesPayload: position > 16)
            let back = try InclusionProof(proof.text)
            try back.check(keys: keys)
            #expect(back.leaf.position == Position(position))
            let recorded = try store.read { try $0.event(at: Position(position)) }
            #expect(try back.event()?.id == (position > 16 ? recorded?.event.id : nil))
            #expect(code { try back.check(keys: keys, origin: "hansard/other") } == .otherLog)
        }
        let stranger = try StoreFixture()
        let other = try stranger.open()
        #expect(
            code { try store.inclusionProof(of: Position(1)).check(keys: other.signingKeys()) }
                == .untrustedKey)
        for (old, new) in [(0, 50), (1, 50), (17, 40), (50, 50)] as [(UInt64, UInt64)] {
            let proof = try ConsistencyProof(try store.consistencyProof(from: old, to: new).text)
            try proof.check(keys: keys)
            #expect(proof.oldSize == old && proof.checkpoint.checkpoint.size == new)
        }
        #expect(try latest().size == 50, "a smaller tree signed on request replaces nothing")
        for beyond in [0, 51, UInt64.max] {
            #expect(code { _ = try store.inclusionProof(of: Position(beyond)) } == .notFound)
        }
        #expect(code { _ = try store.consistencyProof(from: 51) } == .notFound)
        #expect(code { _ = try store.consistencyProof(from: 9, to: 8) } == .invalidArgument)
        try store.close()
    }

    /// No byte of a proof can be changed without it being noticed.
    @Test func aChangedProofIsRefused() throws {
        try append(21)
        let store = try fixture.open()
        let keys = try store.signingKeys()
        let text = try store.inclusionProof(of: Position(6), includesPayload: true).text
        let growth = try store.consistencyProof(from: 6).text
        try store.close()
        for number in 0..<text.utf8.count {
            #expect(throws: HansardError.self) {
                try InclusionProof(changed(text, number)).check(keys: keys)
            }
        }
        for number in 0..<growth.utf8.count {
            #expect(throws: HansardError.self) {
                try ConsistencyProof(changed(growth, number)).check(keys: keys)
            }
        }
    }

    private func changed(_ text: String, _ number: Int) -> String {
        var bytes = Array(text.utf8)
        bytes[number] ^= 1
        return String(decoding: bytes, as: UTF8.self)
    }
}
