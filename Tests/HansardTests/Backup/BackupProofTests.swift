import Bindings
import Foundation
import Testing

@testable import Hansard

/// Signed checkpoints in a backup, and what a restore makes of them.
@Suite struct BackupProofTests {
    private let fixture: BackupFixture

    init() throws { fixture = try BackupFixture() }

    private func sign() throws -> UInt64 {
        let store = try fixture.source.open(units: [Ledger.unit], settings: fixture.settings)
        defer { try? store.close() }
        return try store.checkpoint().checkpoint.size
    }

    @Test func aRestoreIsComparedWithTheNewestCheckpointItCovers() throws {
        var random = Seeded(41)
        var sizes: [UInt64] = []
        for count in [20, 30, 7] {
            try fixture.append(count, random: &random)
            sizes.append(try sign())
            try fixture.backUp()
        }
        #expect(sizes == [20, 50, 57])
        let listed = try BackupInspection(fixture.backup).list().parts.filter {
            $0.kind == .checkpoint
        }
        #expect(listed.compactMap { $0.last?.rawValue } == sizes)
        for (end, proved) in [(57, 57), (56, 50), (50, 50), (49, 20), (20, 20)]
            as [(UInt64, UInt64)]
        {
            let report = try fixture.restore(
                .position(Position(end)), into: fixture.root + "/restored-\(end)")
            #expect(report.provedThrough == Position(proved), "\(end)")
        }
        let before = try fixture.restore(.position(Position(19)), into: fixture.root + "/none")
        #expect(before.provedThrough == nil)
        #expect(
            try BackupInspection(fixture.backup).prune(keep: 1).count == 2, "all but the newest")
        #expect(try fixture.restore(into: fixture.root + "/all").provedThrough == Position(57))
    }

    /// Whoever changes events can make checksums fit, but signs nothing.
    @Test func otherEventsThanThoseSignedAreRefused() throws {
        var random = Seeded(42)
        try fixture.append(20, random: &random)
        _ = try sign()
        // One block holds them all.
        _ = try Backup(ofStore: fixture.source.path, to: fixture.backup).run()
        let directory = BackupDirectory(fixture.backup)
        let name = try #require(try directory.names().first)
        let reader = try SegmentReader(name, in: directory.path)
        let decoder = try BlockDecoder()
        let block = try decoder.decode(try #require(try reader.nextBlock()))
        var contents = BlockContents(first: block.first)
        var digests: [UInt64] = []
        var digest = EventDigest()
        try block.forEach { position, header, payload in
            var header = header
            if position == Position(1) { header.recordedAt -= 1 }
            contents.append(header, payload)
            digests.append(digest.of(header, payload, position: position.rawValue))
        }
        try #require(block.headers.count == 20)
        let header = reader.header
        for old in try directory.names() {
            try FileSystem.removeFile("\(directory.path)/\(old.text)")
        }
        let writer = try SegmentWriter(creating: header, in: directory.path)
        var compressor = try Compressor(level: 3)
        try writer.append(try BlockEncoder.encode(contents, digests, &compressor))
        try writer.synchronise()
        try FileSystem.removeFile("\(directory.path)/\(BackupManifest.name)")
        #expect(try BackupInspection(fixture.backup).verify().isSound, "checksums fit")
        #expect(code { _ = try fixture.restore() } == .logForked)
    }

    @Test func aForgedCheckpointIsRefused() throws {
        var random = Seeded(43)
        try fixture.append(5, random: &random)
        _ = try sign()
        try fixture.backUp()
        let path = "\(fixture.backup)/checkpoints/000000000005.checkpoint"
        let url = URL(fileURLWithPath: path)
        let sound = try String(contentsOf: url, encoding: .utf8)
        try sound.replacingOccurrences(of: "\n5\n", with: "\n4\n").write(
            to: url, atomically: true, encoding: .utf8)
        #expect(code { _ = try fixture.restore() } == .invalidProof)
        try sound.write(to: url, atomically: true, encoding: .utf8)
        #expect(try BackupFixture.everything(fixture.restore()).count == 5)
    }
}
