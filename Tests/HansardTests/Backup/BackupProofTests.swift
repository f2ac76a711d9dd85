import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Signed checkpoints in a backup, and what a restore makes of them.
@Suite struct BackupProofTests {
    private let fixture: BackupFixture

    init() throws { fixture = try BackupFixture() }

    private func sign() throws -> UInt64 {
        let store = try fixture.source.open(units: [Ledger.unit], settings: fixture.settings)
        defer { try? store.close() }
        return try store.checkpoint().checkpoint.size
    }

    /// With the newest checkpoint it covers, and by reading on with the next one behind it.
    @Test func aRestoreIsComparedWithTheCheckpointsAroundItsEnd() throws {
        var random = Seeded(41)
        var sizes: [UInt64] = []
        for count in [20, 30, 7] {
            try fixture.append(count, random: &random)
            sizes.append(try sign())
            try fixture.backUp()
        }
        #expect(sizes == [20, 50, 57])
        let listed = try BackupList(fixture.backup).list().parts.filter {
            $0.kind == .checkpoint
        }
        #expect(listed.compactMap { $0.last?.rawValue } == sizes)
        for (end, checkpoint) in [
            (57, 57), (56, 57), (51, 57), (50, 50), (49, 50), (33, 50), (20, 20), (19, 20), (1, 20),
        ] as [(UInt64, UInt64)] {
            let report = try fixture.restore(
                .position(Position(end)), into: fixture.root + "/restored-\(end)")
            #expect(report.provedThrough == Position(end), "\(end)")
            #expect(report.provedBy == Position(checkpoint), "\(end)")
            #expect(report.warnings.isEmpty, "\(end)")
        }
        try fixture.append(3, random: &random)
        try fixture.backUp()
        try FileManager.default.removeItem(
            atPath: "\(fixture.backup)/checkpoints/000000000060.checkpoint")
        let beyond = try fixture.restore(.position(Position(59)), into: fixture.root + "/beyond")
        #expect(beyond.provedThrough == Position(57) && beyond.warnings.isEmpty)
        #expect(
            try BackupPrune(fixture.backup).run(keep: 1).count == 2, "all but the newest")
        #expect(try fixture.restore(into: fixture.root + "/all").provedThrough == Position(57))
    }

    /// The way to the next checkpoint is shown, counted from the last event restored, and can be
    /// ended.
    @Test func readingOnShowsItsProgressAndIsCancelled() throws {
        var random = Seeded(44)
        try fixture.append(40, random: &random)
        _ = try sign()
        try fixture.backUp()
        let restore = Restore(
            from: fixture.backup, into: fixture.root + "/ended", units: [Ledger.unit],
            settings: fixture.settings)
        var seen: [RestoreProgress] = []
        let ended = code {
            _ = try restore.run(
                to: .position(Position(10)), isCancelled: { seen.contains { $0.phase == .proving } }
            ) { seen.append($0) }
        }
        #expect(ended == .cancelled)
        #expect(try FileSystem.names(in: fixture.root).sorted() == ["backup", "store"])
        seen = []
        _ = try restore.run(to: .position(Position(10)), progress: { seen.append($0) })
        let proving = seen.filter { $0.phase == .proving }
        #expect(proving.count > 1 && proving.allSatisfy { $0.total == 30 })
        #expect(proving.last?.done == 30)
    }

    /// Changes the recorded time of an event in a backup of one block, so that all checksums fit.
    private func change(_ changed: Position, of count: Int) throws {
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
            if position == changed { header.recordedAt -= 1 }
            contents.append(header, payload)
            digests.append(digest.of(header, payload, position: position.rawValue))
        }
        try #require(block.headers.count == count)
        let header = reader.header
        for old in try directory.names() {
            try FileSystem.removeFile("\(directory.path)/\(old.text)")
        }
        let writer = try SegmentWriter(creating: header, in: directory.path)
        var compressor = try Compressor(level: 3)
        try writer.append(try BlockEncoder.encode(contents, digests, &compressor))
        try writer.synchronise()
        try FileSystem.removeFile("\(directory.path)/\(BackupManifest.name)")
    }

    /// A forger of events can make checksums fit, but signs nothing.
    @Test func otherEventsThanThoseSignedAreRefused() throws {
        var random = Seeded(42)
        try fixture.append(12, random: &random)
        _ = try sign()
        _ = try Backup(ofStore: fixture.source.path, to: fixture.root + "/backup").run()
        try FileManager.default.removeItem(
            atPath: "\(fixture.backup)/\(fixture.segments()[0].text)")
        try fixture.append(8, random: &random)
        _ = try sign()
        // One block holds them all.
        _ = try Backup(ofStore: fixture.source.path, to: fixture.backup).run()
        try change(Position(15), of: 20)
        let check = try BackupList(fixture.backup).verify()
        #expect(
            check.problems.count == 1 && check.soundThrough == Position(12), "\(check.problems)")
        let file = "checkpoints/000000000020.checkpoint"
        #expect(check.problems.first?.path == "\(fixture.backup)/\(file)", "\(check.problems)")
        // An end before the change can't be told from one behind it by what was signed at 20.
        for end in [RestoreTarget.end, .position(Position(19)), .position(Position(13))] {
            let refusal = #expect(throws: HansardError.self) { try fixture.restore(end) }
            #expect(refusal?.code == .logForked, "\(end)")
            #expect(refusal?.what.contains(file) == true, "\(refusal?.what ?? "")")
            #expect(
                refusal?.advice
                    == .restoreFromOtherCopy(
                        orUpTo: Position(12), checkpoint: "\(fixture.backup)/\(file)"))
        }
        let before = try fixture.restore(
            .position(Position(12)), into: fixture.root + "/before")
        #expect(before.provedBy == Position(12))
    }
}
