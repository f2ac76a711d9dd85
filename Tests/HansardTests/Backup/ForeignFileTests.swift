import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Files of somebody else's where a backup or a restore is made: nobody asked for them to go.
@Suite struct ForeignFileTests {
    private let fixture: BackupFixture

    init() throws {
        fixture = try BackupFixture()
        var random = Seeded(71)
        try fixture.append(4, random: &random)
    }

    private func write(_ name: String) throws {
        try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(fixture.root)/\(name)"))
    }

    private func isThere(_ name: String) -> Bool { FileSystem.exists("\(fixture.root)/\(name)") }

    /// A name that ends as an unfinished file of a backup does makes it none.
    @Test func aDirectoryOfOtherUnfinishedFilesIsRefused() throws {
        try FileSystem.createDirectory(fixture.backup)
        try write("backup/thesis.new")
        try write("backup/film.mkv.part")
        #expect(code { try fixture.backUp() } == .alreadyExists)
        #expect(isThere("backup/thesis.new") && isThere("backup/film.mkv.part"))
    }

    @Test func whatIsNoBackupsStaysInOne() throws {
        try fixture.backUp()
        try write("backup/notes.new")
        for name in ["backup.json.part", "000000000005.open.part", "dictionary-2-1f.part"] {
            try write("backup/\(name)")
        }
        try fixture.backUp()
        #expect(isThere("backup/notes.new"))
        #expect(try !FileSystem.names(in: fixture.backup).contains { $0.hasSuffix(".part") })
    }

    /// Only what a backup named is counted as a copy, and removed as one.
    @Test func onlyCopiesAreCountedAsCopies() throws {
        let backup = try Backup(
            ofStore: fixture.source.path, to: fixture.backup,
            settings: BackupFixture.small(fixture.clock))
        let copy = try #require(try backup.full(keep: 1).fullCopy)
        try fixture.backUp()
        try FileSystem.createDirectory(fixture.backup + "/full/00-before-the-move")
        try write("backup/full/readme.txt")
        #expect(try BackupPrune(fixture.backup).run(keep: 1) == [])
        #expect(isThere("backup/full/\(copy)"))
        #expect(isThere("backup/full/00-before-the-move"))
        #expect(try BackupList(fixture.backup).verify().isSound)
        let parts = try BackupList(fixture.backup).list().parts
        #expect(parts.filter { $0.kind == .fullCopy }.map(\.name) == ["full/\(copy)"])
    }

    /// No event has such a position, so no file of a backup such a name.
    @Test func namesBeyondEveryPositionAreNoFilesOfABackup() throws {
        try fixture.backUp()
        let beyond = "18446744073709551615"
        try write("backup/\(beyond).open")
        try write("backup/checkpoints/\(beyond).checkpoint")
        var random = Seeded(72)
        try fixture.append(3, random: &random)
        try fixture.backUp()
        let parts = try BackupList(fixture.backup).list().parts
        #expect(!parts.contains { $0.name.contains(beyond) })
        #expect(parts.contains { $0.kind == .checkpoint && $0.last == Position(7) })
        #expect(try BackupList(fixture.backup).verify().soundThrough == Position(7))
        #expect(try fixture.restore().hasSuffix("1"))
    }

    /// A directory that only has the name of a killed restore's.
    @Test func onlyWhatARestoreLeftIsRemoved() throws {
        try fixture.backUp()
        try FileSystem.createDirectory(fixture.root + "/new.restoring")
        try write("new.restoring/kept")
        #expect(code { try fixture.restore(into: fixture.root + "/new") } == .alreadyExists)
        #expect(isThere("new.restoring/kept"))
    }

    /// As somebody else can put one where everybody may write.
    @Test func aLinkInTheRestoresPlaceIsNotFollowed() throws {
        try fixture.backUp()
        try FileSystem.createDirectory(fixture.root + "/home")
        try write("home/kept")
        try write("home/restore.lock")
        try FileManager.default.createSymbolicLink(
            atPath: fixture.root + "/new.restoring", withDestinationPath: fixture.root + "/home")
        #expect(code { try fixture.restore(into: fixture.root + "/new") } == .alreadyExists)
        #expect(isThere("home/kept"))
    }

    /// Nor is one among what a killed restore left.
    @Test func aLinkAmongLeftoversIsNotFollowed() throws {
        try fixture.backUp()
        try FileSystem.createDirectory(fixture.root + "/home")
        try write("home/kept")
        try FileSystem.createDirectory(fixture.root + "/new.restoring")
        try write("new.restoring/restore.lock")
        try FileManager.default.createSymbolicLink(
            atPath: fixture.root + "/new.restoring/log",
            withDestinationPath: fixture.root + "/home")
        try fixture.restore(into: fixture.root + "/new")
        #expect(isThere("home/kept"))
    }

    /// A backup of full copies alone is one for everybody who looks at it.
    @Test func fullCopiesAloneAreNamed() throws {
        let backup = try Backup(ofStore: fixture.source.path, to: fixture.backup)
        let copy = try #require(try backup.full(keep: 1).fullCopy)
        let error = #expect(throws: HansardError.self) { try fixture.restore() }
        #expect(error?.code == .notABackup)
        #expect(error?.advice == .useBackup(path: "\(fixture.backup)/full/\(copy)"))
    }
}
