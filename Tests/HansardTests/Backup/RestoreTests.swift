import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Where a restore ends, where it may go, and what it leaves when it fails.
@Suite struct RestoreTests {
    private let fixture: BackupFixture

    init() throws { fixture = try BackupFixture() }

    @Test func endsThatAreNotThereAreRefused() throws {
        var random = Seeded(31)
        let events = try fixture.append(20, random: &random)
        try fixture.backUp()
        let beyond = #expect(throws: HansardError.self) {
            try fixture.restore(.position(Position(21)))
        }
        #expect(beyond?.code == .invalidArgument && beyond?.position == Position(20))
        let early = #expect(throws: HansardError.self) {
            try fixture.restore(.time(events[0].recordedAt.advanced(by: .microseconds(-1))))
        }
        #expect(early?.code == .invalidArgument)
        #expect(early?.advice == .useLaterTime && early?.path == fixture.backup)
        #expect(try FileSystem.names(in: fixture.root).sorted() == ["backup", "store"])
    }

    @Test func aMomentSaysWhetherTheClockWasSetBack() throws {
        let store = try fixture.source.open(units: [Ledger.unit], settings: fixture.settings)
        func add() throws -> RecordedEvent { try store.add(try event(data: #"{"amount":1}"#)) }
        _ = try add()
        fixture.clock.advance(3_600_000_000)
        let before = try add()
        fixture.clock.advance(-30_000_000)
        let clamped = try add()
        fixture.clock.advance(40_000_000)
        _ = try add()
        fixture.clock.advance(3_600_000_000)
        let late = try add()
        try store.close()
        try #require(clamped.recordedAt == before.recordedAt)
        try fixture.backUp()
        let near = try RestoreMoment.find(before.recordedAt, in: BackupDirectory(fixture.backup))
        #expect(near.position == clamped.position, "what was recorded at the moment is in")
        #expect(near.clampedCount == 1 && near.clockBehind == .seconds(30))
        let far = try RestoreMoment.find(
            late.recordedAt.advanced(by: .microseconds(5)), in: BackupDirectory(fixture.backup))
        #expect(far.position == late.position && far.nextAt == nil && far.clampedCount == 0)
        #expect(far.recordedAt == late.recordedAt)
    }

    @Test func aPlaceThatIsTakenIsRefused() throws {
        var random = Seeded(32)
        try fixture.append(3, random: &random)
        try fixture.backUp()
        let before = try BackupFixture.everything(fixture.source.path)
        #expect(code { try fixture.restore(into: fixture.source.path) } == .alreadyExists)
        #expect(code { try fixture.restore(into: fixture.backup) } == .alreadyExists)
        #expect(code { try fixture.restore(into: fixture.root + "/no/such") } == .invalidArgument)
        #expect(try BackupFixture.everything(fixture.source.path) == before)
        let empty = fixture.root + "/empty"
        try FileSystem.createDirectory(empty)
        try fixture.restore(into: empty)
        #expect(try BackupFixture.everything(empty) == before)
    }

    /// Neither a store nor another backup goes into a backup.
    @Test func aPlaceInsideABackupIsRefused() throws {
        var random = Seeded(36)
        try fixture.append(3, random: &random)
        try fixture.backUp()
        let full = try #require(
            try Backup(ofStore: fixture.source.path, to: fixture.backup).full(keep: 1).fullCopy)
        let copy = "\(fixture.backup)/full/\(full)"
        let files = try FileSystem.names(in: copy).sorted()
        for place in ["\(fixture.backup)/sub", "\(fixture.backup)/full/../sub", "\(copy)/sub"] {
            #expect(code { try fixture.restore(into: place) } == .invalidArgument, "\(place)")
            #expect(code { try fixture.restore(from: copy, into: place) } == .invalidArgument)
            #expect(!FileSystem.exists(place))
        }
        try fixture.append(2, random: &random)
        for place in [copy, "\(copy)/", "\(fixture.backup)/full/new"] {
            let refused = code { _ = try Backup(ofStore: fixture.source.path, to: place).run() }
            #expect(refused == .invalidArgument, "\(place)")
        }
        #expect(try FileSystem.names(in: copy).sorted() == files)
        #expect(
            try fixture.restore(from: copy, into: fixture.root + "/new").position == Position(3))
    }

    @Test func aCancelledRestoreLeavesNothing() throws {
        var random = Seeded(33)
        try fixture.append(50, random: &random)
        try fixture.backUp()
        for steps in 0..<9 {
            var left = steps
            let path = fixture.root + "/cancelled"
            let restore = Restore(
                from: fixture.backup, into: path, units: [Ledger.unit], settings: fixture.settings)
            let ended = code {
                _ = try restore.run(isCancelled: {
                    left -= 1
                    return left < 0
                })
            }
            #expect(ended == .cancelled)
            #expect(try FileSystem.names(in: fixture.root).sorted() == ["backup", "store"])
        }
    }

    /// A process that was killed leaves a directory that the next restore takes away.
    @Test func leftoversAreRemoved() throws {
        var random = Seeded(34)
        try fixture.append(4, random: &random)
        try fixture.backUp()
        let path = fixture.root + "/new"
        let left = path + UnfinishedStore.suffix
        try FileSystem.createDirectory(left)
        try Data().write(to: URL(fileURLWithPath: "\(left)/\(UnfinishedStore.lock)"))
        try FileSystem.createDirectory(left + "/log")
        try Data("half".utf8).write(to: URL(fileURLWithPath: left + "/log/data.mdb"))
        try fixture.restore(into: path)
        #expect(try BackupFixture.everything(path).count == 4)
        #expect(!FileSystem.exists(left))
    }

    @Test func oneRestoreToAPlaceAtATime() throws {
        try fixture.backUp()
        let path = fixture.root + "/new"
        try FileSystem.createDirectory(path + UnfinishedStore.suffix)
        guard let lock = try FileLock.tryLock(path + UnfinishedStore.suffix + "/restore.lock")
        else {
            Issue.record("somebody has the lock")
            return
        }
        #expect(code { try fixture.restore(into: path) } == .backupBusy)
        _ = consume lock
        try fixture.restore(into: path)
    }

    @Test func aUnitThatStopsEndsTheRestore() throws {
        var random = Seeded(35)
        try fixture.append(5, random: &random)
        try fixture.backUp()
        let path = fixture.root + "/stopped"
        let restore = Restore(
            from: fixture.backup, into: path, units: [Ledger.failing(at: 4)],
            settings: fixture.settings)
        #expect(code { _ = try restore.run() } == .unitStopped)
        #expect(try FileSystem.names(in: fixture.root).sorted() == ["backup", "store"])
    }
}
