import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A backup's contents, and what a restore makes of it.
@Suite struct BackupTests {
    private let fixture: BackupFixture

    init() throws { fixture = try BackupFixture() }

    /// Backups at random moments of a random history; restores to random events and moments.
    @Test func aRestoreEqualsAStoreThatHadOnlyThoseEvents() throws {
        let seed = Int.random(in: 0...Int.max)
        var random = Seeded(seed)
        var events: [RecordedEvent] = []
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            events += try fixture.append(Int.random(in: 1...60, using: &random), random: &random)
            if Bool.random(using: &random) { fixture.clock.advance(90_000_000_000) }
            let report = try fixture.backUp()
            try #require(report.through == Position(UInt64(events.count)), "seed \(seed)")
        }
        let all = try BackupFixture.everything(fixture.source.path)
        try #require(all.count == events.count)
        for _ in 0..<6 {
            let last = Int.random(in: 1...events.count, using: &random)
            let byPosition = try fixture.restore(.position(Position(UInt64(last))))
            #expect(
                try BackupFixture.everything(byPosition) == Array(all.prefix(last)), "seed \(seed)")
            let moment = events[last - 1].recordedAt
            let expected = events.lastIndex { $0.recordedAt <= moment }.map { $0 + 1 } ?? 0
            let path =
                fixture.root + "/moment-\(last)-\(Int.random(in: 0...Int.max, using: &random))"
            let report = try fixture.restore(.time(moment), into: path)
            #expect(report.position == Position(UInt64(expected)), "seed \(seed)")
            #expect(report.moment?.recordedAt == moment, "seed \(seed)")
            #expect(
                report.moment?.nextAt
                    == (expected < events.count ? events[expected].recordedAt : nil),
                "seed \(seed)")
            #expect(
                try BackupFixture.everything(path) == Array(all.prefix(expected)), "seed \(seed)")
        }
        let check = try BackupList(fixture.backup).verify()
        #expect(check.isSound && check.eventsCount == events.count, "seed \(seed)")
    }

    @Test func onlyWhatIsNewIsWritten() throws {
        var random = Seeded(1)
        try fixture.append(200, random: &random)
        let first = try fixture.backUp(segment: 1 << 20)
        let before = try fixture.segments().map {
            try FileSystem.size(of: "\(fixture.backup)/\($0.text)")
        }
        let nothing = try fixture.backUp(segment: 1 << 20)
        #expect(nothing.eventsCount == 0 && nothing.bytesCount == 0)
        try fixture.append(3, random: &random)
        let second = try fixture.backUp(segment: 1 << 20)
        #expect(second.eventsCount == 3)
        #expect(second.bytesCount < first.bytesCount / 20)
        let after = try fixture.segments().map {
            try FileSystem.size(of: "\(fixture.backup)/\($0.text)")
        }
        #expect(after.reduce(0, +) - before.reduce(0, +) == second.bytesCount)
    }

    @Test func segmentsAreSealedWhenLargeOrOld() throws {
        var random = Seeded(2)
        try fixture.append(100, random: &random)
        try fixture.backUp(segment: 4_000)
        let names = try fixture.segments()
        #expect(names.count > 2)
        for name in names where name.last != nil {
            let size = try FileSystem.size(of: "\(fixture.backup)/\(name.text)")
            #expect(size > 4_000 && size < 6_500, "\(name.text) has \(size) bytes")
        }
        try fixture.append(1, random: &random)
        try fixture.backUp(segment: 1 << 20)
        #expect(try fixture.segments().last?.last == nil, "the last is open")
        fixture.clock.advance(86_400_000_000)
        try fixture.append(1, random: &random)
        try fixture.backUp(segment: 1 << 20)
        fixture.clock.advance(1)
        #expect(try fixture.segments().filter { $0.last == nil }.count <= 1)
        #expect(try fixture.segments().count > names.count, "the open one was sealed after a day")
    }

    @Test func anEmptyLogIsBackedUpAndRestored() throws {
        let report = try fixture.backUp()
        #expect(report.through == .zero)
        let path = try fixture.restore()
        #expect(try BackupFixture.everything(path) == [])
        #expect(code { _ = try fixture.restore(.time(.microseconds(0))) } == .invalidArgument)
        #expect(try BackupList(fixture.backup).list().parts.isEmpty)
    }

    @Test func aRestoredLogRemembersItsAncestors() throws {
        var random = Seeded(3)
        try fixture.append(10, random: &random)
        try fixture.backUp()
        let child = try fixture.restore(.position(Position(7)))
        let childBackup = fixture.root + "/child-backup"
        _ = try Backup(ofStore: child, to: childBackup).run()
        let grandchild = fixture.root + "/grandchild"
        let report = try fixture.restore(
            .position(Position(5)), from: childBackup, into: grandchild)
        let ids = try [fixture.source.path, child, grandchild].map {
            try LogReader(path: $0).log.id
        }
        #expect(Set(ids).count == 3)
        #expect(report.logID == ids[2])
        #expect(report.ancestry.map(\.logID) == Array(ids.prefix(2)))
        #expect(report.ancestry.map(\.position) == [Position(7), Position(5)])
        #expect(try LogReader(path: grandchild).log.ancestry == report.ancestry)
    }

    /// A restored store goes on where it was cut: revisions, ids and streams are known to it.
    @Test func aRestoredStoreGoesOn() throws {
        var random = Seeded(4)
        let events = try fixture.append(30, random: &random)
        try fixture.backUp()
        let path = try fixture.restore(.position(Position(20)))
        let store = try Store.open(path, units: [Ledger.unit], settings: fixture.settings)
        let again = try store.appendBlocking(Append([events[4].event]))
        #expect(again.wasRepeated && again.first == Position(5))
        let new = try store.add(events[20].event)
        #expect(new.position == Position(22), "the restore itself is event 21")
        #expect(new.revision == events[20].revision)
        try store.close()
    }

    @Test func dictionariesOfTheLogGoWithIt() throws {
        var random = Seeded(5)
        try fixture.append(300, random: &random)
        let store = try fixture.source.open(units: [Ledger.unit], settings: fixture.settings)
        let dictionary = try store.trainDictionary(bytesMax: 4_096).dictionary
        let id = try store.addDictionary(dictionary)
        try store.close()
        try fixture.backUp()
        let path = try fixture.restore()
        let restored = try LogReader(path: path)
        let counts = try restored.dictionaries(countingEvents: true)
        #expect(counts.count == id)
        #expect(counts.last?.bytesCount == dictionary.count && counts.last?.eventsCount == 302)
    }

    @Test func fullCopiesStandAloneAndTheOldestGo() throws {
        var random = Seeded(6)
        var names: [String] = []
        for _ in 0..<4 {
            try fixture.append(5, random: &random)
            fixture.clock.advance(2_000_000)
            let backup = try Backup(
                ofStore: fixture.source.path, to: fixture.backup,
                settings: BackupFixture.small(fixture.clock))
            names.append(try #require(try backup.full(keep: 2).fullCopy))
        }
        try fixture.backUp()
        let copies = try BackupList(fixture.backup).list().parts.filter {
            $0.kind == .fullCopy
        }
        #expect(copies.map(\.name) == names.suffix(2).map { "full/\($0)" })
        #expect(copies.map(\.last) == [Position(15), Position(20)])
        let path = try fixture.restore(.end, from: "\(fixture.backup)/full/\(names[3])")
        #expect(
            try BackupFixture.everything(path) == BackupFixture.everything(fixture.source.path))
        #expect(try BackupList(fixture.backup).verify().isSound)
        let segments = try fixture.segments()
        #expect(try BackupPrune(fixture.backup).run(keep: 1).count == 1)
        #expect(
            code { _ = try BackupPrune(fixture.backup).run(keep: 0) } == .invalidArgument)
        #expect(try fixture.segments() == segments, "no link of the chain goes")
        #expect(try BackupList(fixture.backup).verify().isSound)
    }

    @Test func oneBackupAtATime() throws {
        try fixture.backUp()
        guard let lock = try FileLock.tryLock("\(fixture.backup)/\(BackupDirectory.lock)") else {
            Issue.record("somebody has the lock")
            return
        }
        #expect(code { try fixture.backUp() } == .backupBusy)
        #expect(code { _ = try BackupPrune(fixture.backup).run(keep: 1) } == .backupBusy)
        _ = consume lock
        try fixture.backUp()
    }

    /// Another thread appends while this one watches.
    @Test func aWatchFollows() throws {
        var random = Seeded(7)
        try fixture.append(3, random: &random)
        let store = try fixture.source.open(units: [Ledger.unit], settings: fixture.settings)
        let seen = ConditionLock(Position.zero)
        let thread = try DedicatedThread(name: "appender") {
            for target in 4...8 {
                seen.wait(until: { $0 >= Position(UInt64(target - 1)) }, then: { _ in })
                _ = try? store.add(try event(data: #"{"amount":1}"#))
            }
        }
        let backup = try Backup(ofStore: fixture.source.path, to: fixture.backup)
        let report = try backup.watch(isCancelled: { seen.withLock { $0 } >= Position(8) }) {
            progress in
            seen.withLock { $0 = progress.done }
            seen.broadcast()
        }
        thread.join()
        try store.close()
        #expect(report.through == Position(8))
        #expect(try BackupFixture.everything(fixture.restore()).count == 8)
    }

    /// Segments of a backup every minute take less room once sealed, and say the same.
    @Test func smallBlocksBecomeFullOnes() throws {
        var random = Seeded(8)
        var settings = Backup.Settings()
        settings.clock = fixture.clock.read
        settings.blockBytes = 20_000
        let backup = try Backup(
            ofStore: fixture.source.path, to: fixture.backup, settings: settings)
        for _ in 0..<20 {
            try fixture.append(3, random: &random)
            _ = try backup.run()
        }
        let open = try FileSystem.size(of: "\(fixture.backup)/\(try fixture.segments()[0].text)")
        fixture.clock.advance(86_500_000_000)
        let report = try backup.run()
        #expect(report.eventsCount == 0)
        let names = try fixture.segments()
        #expect(names.map(\.text) == ["000000000001-000000000060.segment"])
        #expect(try FileSystem.size(of: "\(fixture.backup)/\(names[0].text)") < open)
        #expect(try SegmentReader(names[0], in: fixture.backup).seal?.blocksCount ?? 0 < 5)
        #expect(try BackupList(fixture.backup).verify().soundThrough == Position(60))
        #expect(
            try BackupFixture.everything(fixture.restore())
                == BackupFixture.everything(fixture.source.path))
        try fixture.append(2, random: &random)
        #expect(try backup.run().eventsCount == 2, "the chain goes on from it")
        #expect(try BackupList(fixture.backup).verify().soundThrough == Position(62))
    }
}
