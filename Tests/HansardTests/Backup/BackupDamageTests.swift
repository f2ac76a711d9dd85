import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Backups whose files are cut, changed, missing, mixed up or someone else's.
@Suite struct BackupDamageTests {
    private let fixture: BackupFixture

    init() throws { fixture = try BackupFixture() }

    private func url(_ name: SegmentName) -> URL {
        URL(fileURLWithPath: "\(fixture.backup)/\(name.text)")
    }

    /// Several sealed segments and an open one.
    private func several(_ seed: Int) throws -> (names: [SegmentName], all: [String]) {
        var random = Seeded(seed)
        try fixture.append(90, random: &random)
        try fixture.backUp()
        try fixture.append(6, random: &random)
        try fixture.backUp(segment: 1 << 20)
        let names = try fixture.segments()
        try #require(names.count > 3 && names.last?.last == nil)
        return (names, try BackupFixture.everything(fixture.source.path))
    }

    /// A process or machine that ended while it wrote the last block.
    @Test func aTornTailIsCutAtEveryByte() throws {
        var random = Seeded(11)
        try fixture.append(4, random: &random)
        try fixture.backUp(segment: 1 << 20)
        let manifest = URL(fileURLWithPath: "\(fixture.backup)/\(BackupManifest.name)")
        let counted = try Data(contentsOf: manifest)
        let name = try #require(try fixture.segments().first)
        let whole = try Data(contentsOf: url(name))
        try fixture.append(2, random: &random)
        try fixture.backUp(segment: 1 << 20)
        let longer = try Data(contentsOf: url(name))
        let all = try BackupFixture.everything(fixture.source.path)
        for size in whole.count..<longer.count {
            try longer.prefix(size).write(to: url(name))
            try counted.write(to: manifest)
            #expect(
                try BackupList(fixture.backup).verify().soundThrough == Position(4), "\(size)"
            )
            if size % 16 == 0 {
                #expect(try BackupFixture.everything(fixture.restore()) == Array(all.prefix(4)))
            }
            #expect(try fixture.backUp(segment: 1 << 20).eventsCount == 2, "\(size)")
            #expect(try Data(contentsOf: url(name)) == longer, "\(size)")
        }
    }

    /// Any byte of any file: the fault is named with the file, and what lies before is restored.
    @Test func aFlippedByteIsNamed() throws {
        let seed = Int.random(in: 0...Int.max)
        var random = Seeded(seed)
        let (names, all) = try several(12)
        for round in 0..<60 {
            let name = names[Int.random(in: 0..<names.count, using: &random)]
            let sound = try Data(contentsOf: url(name))
            var bytes = sound
            // The beginning, the end and the middle alike.
            let at =
                round % 3 == 0
                ? Int.random(in: 0..<120, using: &random)
                : round % 3 == 1
                    ? bytes.count - 1 - Int.random(in: 0..<64, using: &random)
                    : Int.random(in: 0..<bytes.count, using: &random)
            bytes[at] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
            try bytes.write(to: url(name))
            let check = try? BackupList(fixture.backup).verify()
            let place: Comment = "seed \(seed), byte \(at) of \(name.text)"
            try #require(check?.isSound == false, place)
            #expect(check?.problems.first?.path == "\(fixture.backup)/\(name.text)", place)
            let last = try #require(check?.soundThrough.rawValue)
            #expect(last + 1 >= name.first.rawValue, place)
            #expect(code { _ = try fixture.restore() } == .damagedBackup, place)
            if last > 0, round % 6 == 0 {
                let path = try fixture.restore(.position(Position(last)))
                #expect(try BackupFixture.everything(path) == Array(all.prefix(Int(last))), place)
            }
            try sound.write(to: url(name))
        }
        #expect(try BackupList(fixture.backup).verify().isSound)
    }

    @Test func aMissingSegmentIsNamed() throws {
        let (names, all) = try several(13)
        let aside = URL(fileURLWithPath: fixture.root + "/aside")
        for name in names {
            try FileManager.default.moveItem(at: url(name), to: aside)
            let check = try BackupList(fixture.backup).verify()
            #expect(!check.isSound && check.soundThrough == Position(name.first.rawValue - 1))
            #expect(
                check.problems[0].position == Position(name.first.rawValue - 1),
                "\(check.problems)")
            #expect(code { _ = try fixture.restore() } == .damagedBackup)
            if name.first > Position(1) {
                let last = name.first.rawValue - 1
                let path = try fixture.restore(.position(Position(last)))
                #expect(try BackupFixture.everything(path) == Array(all.prefix(Int(last))))
            }
            try FileManager.default.moveItem(at: aside, to: url(name))
        }
    }

    /// Events missing at the end are written again from the log; a gap is somebody's to look at.
    @Test func aBackupGoesOnWhenOnlyItsEndIsMissing() throws {
        let (names, all) = try several(14)
        try FileManager.default.removeItem(at: url(names[names.count - 1]))
        try FileManager.default.removeItem(at: url(names[names.count - 2]))
        #expect(try fixture.backUp().through == Position(UInt64(all.count)))
        #expect(try BackupList(fixture.backup).verify().isSound)
        #expect(try BackupFixture.everything(fixture.restore()) == all)
        try FileManager.default.removeItem(at: url(names[1]))
        #expect(code { try fixture.backUp() } == .damagedBackup)
    }

    @Test func segmentsInEachOthersPlaceAreNoticed() throws {
        let (names, _) = try several(15)
        let first = try Data(contentsOf: url(names[1]))
        try Data(contentsOf: url(names[0])).write(to: url(names[1]))
        let check = try BackupList(fixture.backup).verify()
        #expect(check.problems.first?.path == "\(fixture.backup)/\(names[1].text)")
        try first.write(to: url(names[1]))
        #expect(try BackupList(fixture.backup).verify().isSound)
    }

    /// The same number of events of another log, under the same name.
    @Test func aForeignSegmentIsNoticed() throws {
        var random = Seeded(16)
        try fixture.append(5, random: &random)
        try fixture.backUp()
        let other = try BackupFixture()
        try other.append(5, random: &random)
        try other.backUp()
        let name = try #require(try fixture.segments().first)
        let foreign = URL(fileURLWithPath: "\(other.backup)/\(name.text)")
        try Data(contentsOf: foreign).write(to: url(name))
        let check = try BackupList(fixture.backup).verify()
        #expect(check.problems.first?.what.contains("another log") == true, "\(check.problems)")
        #expect(code { _ = try fixture.restore() } == .damagedBackup)
        #expect(code { try fixture.backUp() } == .damagedBackup)
    }

    /// Segments of another log in a place where none belongs.
    @Test func aStraySegmentOfAnotherLogIsNamed() throws {
        let (names, _) = try several(21)
        let other = try BackupFixture()
        var random = Seeded(22)
        try other.append(5, random: &random)
        try other.backUp(segment: 1 << 20)
        let foreign = try Data(
            contentsOf: URL(fileURLWithPath: "\(other.backup)/000000000001.open"))
        let own = try BackupList(fixture.backup).list().parts
        func littleEndian(_ number: UInt64) -> [UInt8] {
            var bytes: [UInt8] = []
            Bytes.appendLittleEndian(number, to: &bytes)
            return bytes
        }
        for first in [1, names[1].first.rawValue + 1, 97, 500] {
            let stray = SegmentName(first: Position(first), last: nil)
            var bytes = foreign
            // As that log's segment of that name would begin.
            bytes.replaceSubrange(16..<24, with: littleEndian(first))
            let length = Int(bytes[12]) | Int(bytes[13]) << 8
            let sum = XXH64.hash(Array(bytes.prefix(length - 8)).span)
            bytes.replaceSubrange(length - 8..<length, with: littleEndian(sum))
            try bytes.write(to: url(stray))
            let problems = try BackupList(fixture.backup).verify().problems
            #expect(
                problems.first?.code == .damagedBackup
                    && problems.first?.path == "\(fixture.backup)/\(stray.text)",
                "\(problems)")
            try FileManager.default.removeItem(at: url(stray))
        }
        let junk = SegmentName(first: Position(7), last: Position(9))
        try Data("junk".utf8).write(to: url(junk))
        let listed = try BackupList(fixture.backup).list()
        #expect(listed.through == Position(96))
        #expect(listed.parts.count == own.count + 1)
        #expect(listed.parts.filter { $0.fault != nil }.map(\.name) == [junk.text])
    }

    @Test func aBackupOfAnotherLogOrTimelineIsRefused() throws {
        var random = Seeded(17)
        try fixture.append(8, random: &random)
        try fixture.backUp()
        let before = try Data(contentsOf: url(fixture.segments()[0]))
        let other = try BackupFixture()
        try other.append(3, random: &random)
        let foreign = try Backup(ofStore: other.source.path, to: fixture.backup)
        #expect(code { _ = try foreign.run() } == .otherLog)
        #expect(code { _ = try foreign.full(keep: 1) } == .otherLog)
        let restored = try fixture.restore(.position(Position(5)))
        let timeline = try Backup(ofStore: restored, to: fixture.backup)
        let refusal = #expect(throws: HansardError.self) { try timeline.run() }
        #expect(refusal?.code == .otherLog)
        #expect(refusal?.what.contains("as of event 5") == true)
        #expect(try Data(contentsOf: url(fixture.segments()[0])) == before, "nothing was touched")
    }

    /// The database file was replaced by an older copy, and other events were appended to it.
    @Test func aLogThatWasRolledBackIsRefused() throws {
        var random = Seeded(18)
        try fixture.append(8, random: &random)
        let data = URL(fileURLWithPath: "\(fixture.source.path)/log/data.mdb")
        let older = try Data(contentsOf: data)
        try fixture.append(4, random: &random)
        try fixture.backUp()
        try older.write(to: data)
        try FileManager.default.removeItem(atPath: "\(fixture.source.path)/index-1")
        #expect(code { try fixture.backUp() } == .logRolledBack)
        var others = Seeded(99)
        try fixture.append(9, random: &others)
        #expect(code { try fixture.backUp() } == .otherLog)
        #expect(try BackupFixture.everything(fixture.restore()).count == 12, "nothing is lost")
    }

    @Test func anEventThatIsDamagedInTheLogEndsTheBackupBeforeIt() throws {
        var random = Seeded(19)
        try fixture.append(30, random: &random)
        try fixture.damageEvent(17)
        #expect(code { try fixture.backUp(segment: 1 << 20) } == .corruptEvent)
        let check = try BackupList(fixture.backup).verify()
        #expect(check.isSound && check.soundThrough == Position(16))
    }

    /// Events that are backed up are not read again from the log: a fault that came later stops
    /// no backup of what is new.
    @Test func anEventThatIsDamagedAfterItWasBackedUpStopsNothing() throws {
        var random = Seeded(19)
        try fixture.append(30, random: &random)
        func backUp() throws -> BackupReport {
            try Backup(ofStore: fixture.source.path, to: fixture.backup).run()
        }
        #expect(try backUp().through == Position(30))
        try fixture.damageEvent(7)
        try fixture.append(3, random: &random)
        #expect(try backUp().through == Position(33))
        #expect(try BackupFixture.everything(fixture.restore()).count == 33)
        // As long as one of them tells that it is the same log.
        for position in 1...33 where position != 7 {
            try fixture.damageEvent(UInt64(position))
        }
        #expect(code { _ = try backUp() } == .corruptEvent)
    }

    @Test func otherDirectoriesAreRefused() throws {
        #expect(code { _ = try fixture.restore() } == .notABackup)
        #expect(code { _ = try BackupList(fixture.root).list() } == .notABackup)
        #expect(
            code { _ = try Backup(ofStore: fixture.source.path, to: fixture.root).run() }
                == .alreadyExists)
        let deep = fixture.root + "/no/such"
        #expect(
            code { _ = try Backup(ofStore: fixture.source.path, to: deep).run() }
                == .invalidArgument)
        #expect(code { _ = try Backup(ofStore: fixture.root, to: fixture.backup) } == .notAStore)
    }

    @Test func aManifestThatIsDamagedOrNewerIsRefused() throws {
        var random = Seeded(20)
        try fixture.append(3, random: &random)
        try fixture.backUp()
        let path = URL(fileURLWithPath: "\(fixture.backup)/\(BackupManifest.name)")
        let sound = try Data(contentsOf: path)
        try Data("{".utf8).write(to: path)
        #expect(code { try fixture.backUp() } == .damagedBackup)
        try Data(#"{"format":2}"#.utf8).write(to: path)
        #expect(code { _ = try fixture.restore() } == .newerFormat)
        try FileManager.default.removeItem(at: path)
        #expect(try BackupFixture.everything(fixture.restore()).count == 3, "segments say the rest")
        #expect(try fixture.backUp().eventsCount == 3)
        #expect(try Data(contentsOf: path).count == sound.count)
    }
}
