import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A watch while the store under it, or what it writes, is not what it was.
@Suite struct BackupWatchTests {
    private let fixture: BackupFixture

    init() throws { fixture = try BackupFixture() }

    /// The checkpoint of the events is damaged; the events are not.
    @Test func aDamagedCheckpointOfTheStoreStopsNoBackup() throws {
        var random = Seeded(92)
        try fixture.append(6, random: &random)
        try Data("torn".utf8).write(
            to: URL(fileURLWithPath: "\(fixture.source.path)/checkpoints/latest"))
        let report = try fixture.backUp()
        #expect(report.through == Position(6))
        #expect(report.warnings.first?.what.contains("checkpoints/latest") == true)
        let copy = try #require(
            try Backup(ofStore: fixture.source.path, to: fixture.backup).full(keep: 1).fullCopy)
        #expect(
            try BackupFixture.everything(fixture.restore(from: "\(fixture.backup)/full/\(copy)"))
                .count == 6)
    }

    /// A restored store is put in the place of the one that is watched.
    @Test func aLogThatIsReplacedEndsTheWatch() throws {
        var random = Seeded(91)
        try fixture.append(6, random: &random)
        try fixture.backUp()
        let other = try fixture.restore(.position(Position(3)))
        let source = fixture.source.path
        let backup = try Backup(ofStore: source, to: fixture.backup)
        var looks = 0
        let error = #expect(throws: HansardError.self) {
            _ = try backup.watch(isCancelled: {
                looks += 1
                if looks == 2 {
                    try? FileSystem.rename(source, to: source + "-old")
                    try? FileSystem.rename(other, to: source)
                }
                return looks > 20
            })
        }
        #expect(error?.code == .logReplaced)
        #expect(code { try fixture.backUp() } == .otherLog, "as a backup that is begun then")
    }
}
