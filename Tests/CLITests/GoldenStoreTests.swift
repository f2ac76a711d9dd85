import Foundation
import HansardBindings
import HansardRecords
import Testing

/// A store that the program of version 0.1.0 wrote, with every event type, its backup, checkpoints
/// and proofs (`Tests/Fixtures/golden-0.1`). Every later version reads it as that one did.
@Suite struct GoldenStoreTests {
    private static let fixture = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/golden-0.1").path
    private static let headPosition = 336

    /// A workspace whose store is a copy of the golden one.
    private static func workspace() throws -> Workspace {
        let workspace = try Workspace()
        // A clone keeps no modes: the signing key is for its owner alone.
        let copied = try workspace.shell(
            "cp -r '\(fixture)/store' $store && chmod 600 $store/keys/signing.key")
        try #require(copied.status == 0, "\(copied.errors)")
        return workspace
    }

    private static func answer(_ name: String) throws -> String {
        let compressed = try Data(
            contentsOf: URL(fileURLWithPath: "\(fixture)/answers/\(name).jsonl.zst"))
        var stream = try StreamDecompressor()
        var bytes: [UInt8] = []
        try stream.decompress(Array(compressed).span, appendingTo: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func isSoundAndAsItWasSigned() throws {
        let workspace = try Self.workspace()
        let run = try workspace.run("verify", "--checkpoint", "\(Self.fixture)/kept.checkpoint")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("\(Self.headPosition) events"))
    }

    @Test(arguments: [
        ("events", "events --json"), ("sessions", "sessions --limit 100 --json"),
        ("agents", "agents --json"), ("mutations", "export"), ("session", "session golden --json"),
        ("history", "history message golden-message-2 --json"), ("tasks", "tasks --json"),
        ("contexts", "contexts --include-expired --json"),
    ])
    func answersAsItDid(_ name: String, _ verb: String) throws {
        let workspace = try Self.workspace()
        let run = try workspace.shell("$hansard \(verb)")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == (try Self.answer(name)))
    }

    @Test func itsIndexIsRebuiltToTheSameAnswers() throws {
        let workspace = try Self.workspace()
        let run = try workspace.shell(
            "set -e; $hansard rebuild >&2; $hansard verify >&2; $hansard sessions --limit 100 --json"
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == (try Self.answer("sessions")))
    }

    @Test func itsBackupIsRestored() throws {
        let workspace = try Workspace()
        for backup in ["backup", "backup/full/*"] {
            let run = try workspace.shell(
                """
                set -e
                rm -rf $store
                $hansard backup verify \(Self.fixture)/\(backup) >&2
                $hansard restore \(Self.fixture)/\(backup) --into $store --quiet >&2
                $hansard verify >&2
                $hansard events --json
                """)
            #expect(run.status == 0, "\(run.errors)")
            let restored = run.output.split(separator: "\n")
            // The restore itself is the last event.
            let golden = try Self.answer("events").split(separator: "\n")
            #expect(restored.count > 300)
            #expect(restored.dropLast() == golden.prefix(restored.count - 1))
        }
    }

    @Test func itsProofsHold() throws {
        let workspace = try Workspace()
        for proof in ["event.tlog-proof", "growth.proof", "kept.checkpoint"] {
            let run = try workspace.run(
                "check-proof", "\(Self.fixture)/\(proof)", "--key", "\(Self.fixture)/keys")
            #expect(run.status == 0, "\(proof): \(run.errors)")
        }
    }

    /// Its writer goes on where it ended: positions, streams, retries, the tree and the backup.
    @Test func isAppendedTo() throws {
        let workspace = try Self.workspace()
        let run = try workspace.shell(
            """
            set -e
            cp -r \(Self.fixture)/backup ${store}-backup
            $hansard append --stream deploy/42 --type deploy.started --data '{"by":"ci"}' --expect none \
                --id deploy-started --correlation run-7 --causation push-1 --metadata '{"host":"builder"}' \
                --json
            $hansard append --stream deploy/43 --type deploy.started --json
            $hansard checkpoint > ${store}-new
            $hansard prove --between \(Self.headPosition) > ${store}-growth
            $hansard check-proof ${store}-growth --old \(Self.fixture)/kept.checkpoint \
                --key \(Self.fixture)/keys >&2
            $hansard backup ${store}-backup >&2
            $hansard verify >&2
            """)
        #expect(run.status == 0, "\(run.errors)")
        let positions = try run.records().map { $0.integer("position") }
        #expect(positions == [330, Int64(Self.headPosition + 1)])
    }
}
