import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// DurablePositions, keys and dictionaries of a backup that are damaged, foreign or gone: none of them
/// keeps the events from being restored, and each is named.
@Suite struct BackupSideFileTests {
    private let fixture: BackupFixture

    init() throws { fixture = try BackupFixture() }

    private func sign(_ fixture: BackupFixture) throws {
        let store = try fixture.source.open(units: [Ledger.unit], settings: fixture.settings)
        defer { try? store.close() }
        _ = try store.checkpoint()
    }

    private func checkpoint(_ size: Int, of fixture: BackupFixture) -> URL {
        let digits = "\(size)"
        let name = String(repeating: "0", count: 12 - digits.count) + digits
        return URL(fileURLWithPath: "\(fixture.backup)/checkpoints/\(name).checkpoint")
    }

    /// DurablePositions of 8 and 20 events.
    private func two(_ fixture: BackupFixture, _ seed: Int, segment: Int = 4_000) throws {
        var random = Seeded(seed)
        for count in [8, 12] {
            try fixture.append(count, random: &random)
            try sign(fixture)
            try fixture.backUp(segment: segment)
        }
    }

    /// The problem `verify` reports, which must be one; a restore must warn of the same.
    private func only(
        _ file: String, of count: UInt64 = 20, provedThrough: Position?
    ) throws -> HansardError {
        let check = try BackupList(fixture.backup).verify()
        #expect(check.problems.count == 1 && check.soundThrough == Position(count))
        let problem = try #require(check.problems.first)
        #expect(problem.path == "\(fixture.backup)/\(file)", "\(problem)")
        let path = fixture.root + "/restored-\(UUID())"
        let report = try fixture.restore(into: path)
        #expect(report.warnings.map(\.what) == [problem.what])
        #expect(report.provedThrough == provedThrough)
        #expect(report.position == Position(count))
        return problem
    }

    @Test func aDamagedCheckpointIsNamedAndTheOneBeforeProves() throws {
        try two(fixture, 51)
        let url = checkpoint(20, of: fixture)
        let sound = try String(contentsOf: url, encoding: .utf8)
        let lines = sound.split(separator: "\n", omittingEmptySubsequences: false)
        let otherRoot = sound.replacingOccurrences(
            of: lines[2], with: MerkleHash.emptyRoot.description)
        for damaged in [
            otherRoot, String(sound.prefix(40)), "",
            sound.replacingOccurrences(of: "\n20\n", with: "\n19\n"),
        ] {
            try damaged.write(to: url, atomically: true, encoding: .utf8)
            let problem = try only(
                "checkpoints/000000000020.checkpoint", provedThrough: Position(8))
            #expect(problem.what.contains("damaged") && problem.advice != nil, "\(problem)")
        }
        // Moved away, the next backup brings it back.
        try FileManager.default.removeItem(at: url)
        try fixture.backUp()
        #expect(try String(contentsOf: url, encoding: .utf8) == sound)
        #expect(try BackupList(fixture.backup).verify().isSound)
    }

    @Test func aCheckpointOfAnotherLogOrUnderAnotherNameIsNamed() throws {
        try two(fixture, 52)
        let other = try BackupFixture()
        try two(other, 53)
        let own = try Data(contentsOf: checkpoint(8, of: fixture))
        let url = checkpoint(20, of: fixture)
        try Data(contentsOf: checkpoint(20, of: other)).write(to: url)
        let file = "checkpoints/000000000020.checkpoint"
        #expect(try only(file, provedThrough: Position(8)).what.contains("another log"))
        try own.write(to: url)
        #expect(try only(file, provedThrough: Position(8)).what.contains("covers 8 events"))
    }

    @Test func missingOrDamagedKeysProveNothing() throws {
        try two(fixture, 54)
        let url = URL(fileURLWithPath: "\(fixture.backup)/checkpoints/keys")
        let sound = try Data(contentsOf: url)
        for damaged in [nil, Data(), Data("nothing\n".utf8)] as [Data?] {
            if let damaged {
                try damaged.write(to: url)
            } else {
                try FileManager.default.removeItem(at: url)
            }
            #expect(try only("checkpoints/keys", provedThrough: nil).what.contains("no checkpoint"))
        }
        try FileManager.default.removeItem(at: url)
        try fixture.backUp()
        #expect(try Data(contentsOf: url) == sound, "a backup with nothing new brings them back")
        #expect(try BackupList(fixture.backup).verify().isSound)
    }

    /// All of the last hour, one an hour of the last day, one a day before; the newest always.
    @Test func aBackupThinsOldCheckpointsOut() throws {
        var random = Seeded(57)
        let (minute, hour, day) = (60.0, 3_600.0, 86_400.0)
        // The store's clock is behind what its files say, so that nothing is old yet.
        fixture.clock.advance(-Int64(30 * day * 1e6))
        // Midnight, so that hours and days before it are whole.
        let midnight = 1_700_006_400.0
        let ages = [
            3 * day - 2 * hour, 3 * day - 3 * hour, 2 * day - hour, 2 * day - 2 * hour,
            5 * hour + 10 * minute,
            5 * hour + 5 * minute, 4 * hour, 59 * minute, 58 * minute, minute,
        ].sorted(by: >)
        for age in ages {
            try fixture.append(1, random: &random)
            try sign(fixture)
            try fixture.backUp()
            let size = try #require(
                try BackupCheckpoints(BackupDirectory(fixture.backup)).sizes().last)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: midnight - age)],
                ofItemAtPath: checkpoint(Int(size.rawValue), of: fixture).path)
        }
        let clock = MovedClock()
        clock.advance(Int64(midnight * 1e6) - clock.read().microsecondsSinceUnixEpoch)
        func sizes() throws -> [Int] {
            try BackupCheckpoints(BackupDirectory(fixture.backup)).sizes().map { Int($0.rawValue) }
        }
        try #require(try sizes() == Array(1...10))
        // The newest of an hour is damaged: the one before it stays with it.
        try Data("damaged".utf8).write(to: checkpoint(6, of: fixture))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: midnight - ages[5])],
            ofItemAtPath: checkpoint(6, of: fixture).path)
        try fixture.append(1, random: &random)
        try sign(fixture)
        _ = try Backup(
            ofStore: fixture.source.path, to: fixture.backup,
            settings: BackupFixture.small(clock)
        ).run()
        #expect(try sizes() == [2, 4, 5, 6, 7, 8, 9, 10, 11])
        let report = try fixture.restore(.position(Position(1)), into: fixture.root + "/first")
        #expect(report.provedThrough == Position(1) && report.provedBy == Position(2))
        #expect(try BackupPrune(fixture.backup).run(keep: 1).count == 8)
        #expect(try sizes() == [11])
    }

    /// A file that proves something is not removed for one that does not.
    @Test func pruningKeepsTheNewestCheckpointThatIsSound() throws {
        try two(fixture, 58)
        try Data("damaged".utf8).write(to: checkpoint(20, of: fixture))
        #expect(try BackupPrune(fixture.backup).run(keep: 1).isEmpty)
        #expect(try fixture.restore(into: fixture.root + "/new").provedThrough == Position(8))
    }

    /// Without a manifest, a checkpoint alone knows that events are missing at the end.
    @Test func aCheckpointOfEventsThatAreGoneIsAProblem() throws {
        try two(fixture, 55, segment: 600)
        let names = try fixture.segments()
        try FileManager.default.removeItem(
            atPath: "\(fixture.backup)/\(names[names.count - 1].text)")
        try FileManager.default.removeItem(atPath: "\(fixture.backup)/\(BackupManifest.name)")
        let check = try BackupList(fixture.backup).verify()
        #expect(
            check.problems.first?.advice
                == .putSegmentsBack(directory: fixture.backup, orBackUpAgain: true),
            "\(check.problems)")
        let report = try fixture.restore(into: fixture.root + "/short")
        #expect(report.warnings.first?.what.contains("could not be compared") == true)
        #expect(report.provedThrough == (report.position >= Position(8) ? Position(8) : nil))
    }

    @Test func aMissingOrDamagedDictionaryIsNamed() throws {
        var random = Seeded(56)
        try fixture.append(300, random: &random)
        let store = try fixture.source.open(units: [Ledger.unit], settings: fixture.settings)
        _ = try store.addDictionary(try store.trainDictionary(bytesMax: 4_096).dictionary)
        try store.close()
        let end = try fixture.backUp().through
        let name = try #require(
            try FileSystem.names(in: fixture.backup).first { $0.hasPrefix("dictionary-2-") })
        let url = URL(fileURLWithPath: "\(fixture.backup)/\(name)")
        let sound = try Data(contentsOf: url)
        try FileManager.default.removeItem(at: url)
        #expect(try only(name, of: end.rawValue, provedThrough: end).what.contains("missing"))
        try Data(sound.dropLast()).write(to: url)
        #expect(try only(name, of: end.rawValue, provedThrough: end).what.contains("damaged"))
        try FileManager.default.removeItem(at: url)
        try fixture.backUp()
        #expect(try Data(contentsOf: url) == sound)
        #expect(try BackupList(fixture.backup).verify().isSound)
    }
}
