import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A backup and its full copies hold one history: that of no older or forked copy of the log.
@Suite struct OtherHistoryTests {
    private let fixture: BackupFixture
    private var random = Seeded(83)
    /// The store as it was after 20 events.
    private var older: String { fixture.root + "/older" }

    init() throws {
        fixture = try BackupFixture()
        try fixture.append(20, random: &random)
        try FileManager.default.copyItem(atPath: fixture.source.path, toPath: older)
        try fixture.append(9, random: &random)
        try fixture.backUp()
    }

    private func full(of store: String, keep: Int = 1) throws -> String {
        let backup = try Backup(
            ofStore: store, to: fixture.backup, settings: BackupFixture.small(fixture.clock))
        return try #require(try backup.full(keep: keep).fullCopy)
    }

    /// Appends to the older store until it is longer than the newer one.
    private func fork() throws {
        let store = try Store.open(older, units: [Ledger.unit], settings: fixture.settings)
        defer { try? store.close() }
        for number in 0..<20 { _ = try store.add(event("other\(number)")) }
    }

    @Test func aFullCopyOfARolledBackLogIsRefused() throws {
        let copy = try full(of: fixture.source.path)
        #expect(code { _ = try full(of: older) } == .logRolledBack)
        #expect(try FullCopies(BackupDirectory(fixture.backup)).names() == [copy])
    }

    @Test func aFullCopyOfAForkIsRefused() throws {
        let copy = try full(of: fixture.source.path)
        try fork()
        #expect(code { _ = try full(of: older) } == .otherLog)
        #expect(try FullCopies(BackupDirectory(fixture.backup)).names() == [copy])
        #expect(try FileSystem.names(in: fixture.backup + "/full") == [copy], "nothing is left")
    }

    /// Where there are no segments, the copies themselves tell.
    @Test func aFullCopyOfAForkIsRefusedBesideFullCopiesAlone() throws {
        try FileSystem.removeTree(fixture.backup)
        let copy = try full(of: fixture.source.path)
        try fork()
        #expect(code { _ = try full(of: older) } == .otherLog)
        #expect(try FullCopies(BackupDirectory(fixture.backup)).names() == [copy])
    }

    @Test func damagedSegmentsAreInNoFullCopysWay() throws {
        for name in try fixture.segments().prefix(2) {
            try FileSystem.removeFile("\(fixture.backup)/\(name.text)")
        }
        let copy = try full(of: fixture.source.path)
        let check = try BackupList(fixture.backup).verify()
        #expect(!check.isSound && check.soundCopy?.path.hasSuffix(copy) == true)
    }

    /// One that came there some other way is found, and never recommended.
    @Test func aForksCopyIsNotTakenForOneOfTheBackup() throws {
        try fork()
        let elsewhere = fixture.root + "/elsewhere"
        let backup = try Backup(
            ofStore: older, to: elsewhere, settings: BackupFixture.small(fixture.clock))
        let copy = try #require(try backup.full(keep: 1).fullCopy)
        try FileSystem.createDirectory(fixture.backup + "/full")
        try FileManager.default.moveItem(
            atPath: "\(elsewhere)/full/\(copy)", toPath: "\(fixture.backup)/full/\(copy)")
        let check = try BackupList(fixture.backup).verify()
        #expect(check.problems.contains { $0.code == .otherLog }, "\(check.problems)")
        let last = try #require(try fixture.segments().last)
        try FileSystem.removeFile("\(fixture.backup)/\(last.text)")
        #expect(try BackupList(fixture.backup).verify().soundCopy == nil)
        let failure = #expect(throws: HansardError.self) { try fixture.restore() }
        #expect(failure?.what.contains(copy) == false, "\(failure?.what ?? "")")
    }

    /// The last segments are lost, and the log is older or another: nothing is lowered or replaced.
    @Test func whatAManifestCountsMustBeTheLogs() throws {
        let last = try #require(try fixture.segments().last)
        try FileSystem.removeFile("\(fixture.backup)/\(last.text)")
        let manifest = try BackupDirectory(fixture.backup).manifest()
        func backUp(_ store: String) throws {
            let settings = BackupFixture.small(fixture.clock)
            _ = try Backup(ofStore: store, to: fixture.backup, settings: settings).run()
        }
        #expect(code { try backUp(older) } == .logRolledBack)
        try fork()
        #expect(code { try backUp(older) } == .otherLog)
        #expect(try BackupDirectory(fixture.backup).manifest() == manifest)
        try backUp(fixture.source.path)
        #expect(try BackupList(fixture.backup).verify().isSound)
    }

    /// The log was put back to where the backup ends: only what was signed tells.
    @Test func aLogBehindWhatWasSignedIsRefused() throws {
        let data = fixture.source.path + "/log/data.mdb"
        let here = try Data(contentsOf: URL(fileURLWithPath: data))
        var random = Seeded(84)
        try fixture.append(4, random: &random)
        try here.write(to: URL(fileURLWithPath: data))
        try FileSystem.removeTree(fixture.source.path + "/index-1")
        let manifest = try BackupDirectory(fixture.backup).manifest()
        #expect(code { try fixture.backUp() } == .logRolledBack)
        #expect(code { _ = try full(of: fixture.source.path) } == .logRolledBack)
        #expect(try BackupDirectory(fixture.backup).manifest() == manifest)
        #expect(try BackupList(fixture.backup).verify().isSound)
    }

    @Test func digestsAreTheSameHoweverTheHistoryIsCut() throws {
        try FileSystem.removeTree(fixture.backup)
        let whole = fixture.root + "/whole"
        _ = try Backup(ofStore: fixture.source.path, to: whole).run()
        try fixture.backUp(segment: 1_500)
        let cut = BackupHistory(BackupDirectory(fixture.backup))
        for number in 1...29 {
            let position = Position(UInt64(number))
            let digest = try cut.digest(through: position)
            #expect(digest != nil)
            #expect(
                try BackupHistory(BackupDirectory(whole)).digest(through: position) == digest)
        }
        #expect(try cut.digest(through: Position(30)) == nil)
    }

    @Test func aGapIsListed() throws {
        try FileSystem.removeTree(fixture.backup)
        try fixture.backUp(segment: 1_500)
        let names = try fixture.segments()
        try #require(names.count > 3)
        try FileSystem.removeFile("\(fixture.backup)/\(names[1].text)")
        try FileSystem.removeFile("\(fixture.backup)/\(try #require(names.last).text)")
        let missing = try BackupList(fixture.backup).list().parts.filter {
            $0.kind == .missing
        }
        #expect(missing.map(\.first) == [names[1].first, names.last?.first])
        #expect(missing.map(\.last) == [names[1].last, Position(29)])
        let failure = #expect(throws: HansardError.self) { try fixture.backUp() }
        #expect(
            failure?.advice
                == .restoreOrBackUpAgain(
                    upTo: Position(names[1].first.rawValue - 1), directory: fixture.backup,
                    isMissing: true))
    }
}
