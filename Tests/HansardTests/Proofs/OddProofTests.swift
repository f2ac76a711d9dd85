import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Signatures, and proofs read from files that anyone may have written.
@Suite struct OddProofTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func path(_ name: String) -> String { "\(fixture.path)/\(name)" }

    private func append(_ count: Int) throws {
        let store = try fixture.open()
        _ = try store.appendBlocking(Append((0..<count).map { _ in try event() }))
        try store.close()
    }

    /// A proof of growth between two earlier sizes needs a checkpoint of its own.
    @Test func aRetiredKeySignsNoProofOfGrowth() throws {
        try append(9)
        let old = try FileSystem.contents(of: path("keys/signing.key"), max: 4_096)
        let store = try fixture.open()
        _ = try store.rotateKey()
        _ = try store.consistencyProof(from: 3, to: 7)
        try FileSystem.replaceFile(path("keys/signing.key"), with: old.span, mode: 0o600)
        #expect(code { _ = try store.consistencyProof(from: 3, to: 7) } == .keyUnusable)
        #expect(try store.consistencyProof(from: 3).oldSize == 3, "what is signed proves on")
        try store.close()
    }

    /// As a process leaves it that ended while it made the first key of a store from before there
    /// were keys.
    @Test func aFirstKeyThatWasNotMadeIsMade() throws {
        try append(3)
        for part in ["checkpoints", "keys"] {
            try FileManager.default.removeItem(atPath: path(part))
        }
        try FileSystem.createDirectory(path("checkpoints"))
        let store = try fixture.open()
        #expect(try store.checkpoint().checkpoint.size == 3)
        #expect(try store.signingKeys().count == 1)
        try store.close()
    }

    /// Several processes have a checkpoint command, and end at the same time.
    @Test func whatWasTakenIsNotedByOneAtATime() throws {
        let files = CheckpointFiles(
            directory: fixture.path, logID: try LogReader(path: fixture.path).log.id)
        let (directory, origin) = (fixture.path, files.origin)
        let failures = ConditionLock<[String]>([])
        let threads = try (0..<3).map { number in
            try DedicatedThread(name: "taker") {
                let own = CheckpointFiles(
                    directory: directory, logID: String(origin.dropFirst("hansard/".count)))
                for size in 0..<8 as Range<UInt64> {
                    do { try own.note(taken: size, by: "c\(number)", at: .microseconds(1)) } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == [])
        #expect((0..<3).contains { files.taken(by: "c\($0)")?.size == 7 })
    }

    /// A checker of a proof does not know who wrote it, a key to trust or not.
    @Test func numbersThatNoLogHasAreRefused() throws {
        let text = { (size: String) in "hansard/x\n\(size)\n\(MerkleHash.emptyRoot)\n" }
        #expect(try Checkpoint(text: text("9223372036854775807")).size == UInt64(Int64.max))
        #expect(code { _ = try Checkpoint(text: text("9223372036854775808")) } == .invalidProof)
        for (revision, isRead) in [(UInt64(Int64.max), true), (UInt64(Int64.max) + 1, false)] {
            let leaf = EventLeaf(
                position: Position(1), recordedMicroseconds: .min, revision: Revision(revision),
                payload: .emptyRoot)
            var offset = 0
            #expect((EventLeaf.read(leaf.bytes.span, at: &offset) != nil) == isRead)
        }
    }

    /// Remarks beside the database may be damaged as everything else.
    @Test(arguments: ["18446744073709551615\n0\n/mnt\n", "5\n-9223372036854775808\n/mnt\n"])
    func anArrivalThatCanNotBeSaysNothing(text: String) throws {
        try append(1)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path("checkpoints/elsewhere")))
        let store = try fixture.open()
        #expect(store.proofState().arrival == nil)
        try store.close()
    }
}
