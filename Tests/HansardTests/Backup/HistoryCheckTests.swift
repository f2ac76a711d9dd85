import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A backup takes nothing of a log that is not what was signed.
@Suite struct HistoryCheckTests {
    private let fixture: BackupFixture
    private var random = Seeded(85)

    init() throws {
        fixture = try BackupFixture()
        try fixture.append(20, random: &random)
        try fixture.backUp()
    }

    private var manifest: BackupManifest {
        get throws { try #require(try BackupDirectory(fixture.backup).manifest()) }
    }

    private var checkpoints: [Position] {
        get throws { try BackupCheckpoints(BackupDirectory(fixture.backup)).sizes() }
    }

    private func full() throws {
        let settings = BackupFixture.small(fixture.clock)
        _ = try Backup(ofStore: fixture.source.path, to: fixture.backup, settings: settings)
            .full(keep: 1)
    }

    /// Signs four more events, puts the log back to before them, and appends others until it is
    /// longer than what was signed. Appends go on in such a store, and nothing is signed.
    private func fork() throws {
        let data = URL(fileURLWithPath: fixture.source.path + "/log/data.mdb")
        let older = try Data(contentsOf: data)
        var (random, others) = (random, Seeded(86))
        try fixture.append(4, random: &random)
        try older.write(to: data)
        try FileSystem.removeTree(fixture.source.path + "/index-1")
        try fixture.append(9, random: &others)
    }

    /// The log goes on where the backup ends: only what was signed tells.
    @Test func aLogPutBackToWhereTheBackupEndsIsRefusedWhenItGrew() throws {
        let before = try (manifest, checkpoints)
        try fork()
        #expect(code { try fixture.backUp() } == .logForked)
        #expect(code { try full() } == .logForked)
        #expect(try manifest == before.0 && checkpoints == before.1, "nothing was written")
        #expect(try FileSystem.names(in: fixture.backup + "/full").isEmpty)
        #expect(try BackupList(fixture.backup).verify().isSound)
        #expect(try BackupFixture.everything(fixture.restore()).count == 20)
    }

    /// Its files until then are in nobody's way.
    @Test func aFirstBackupOfSuchALogLeavesNothing() throws {
        try FileSystem.removeTree(fixture.backup)
        let source = fixture.source.path
        try FileManager.default.copyItem(atPath: source, toPath: source + "-sound")
        try fork()
        #expect(code { try fixture.backUp(segment: 1_500) } == .logForked)
        let backup = BackupDirectory(fixture.backup)
        #expect(try backup.names().isEmpty && backup.manifest() == nil)
        let sound = BackupFixture.small(fixture.clock)
        _ = try Backup(ofStore: source + "-sound", to: fixture.backup, settings: sound).run()
        #expect(try manifest.tree.size == 20 && checkpoints == [Position(20)])
    }

    /// A comparison counts for events that the backup holds alone: an interrupted one must not
    /// make the next believe that another log's events were compared.
    @Test func whatWasComparedAndNotWrittenIsComparedAgain() throws {
        var random = random
        let data = URL(fileURLWithPath: fixture.source.path + "/log/data.mdb")
        let older = try Data(contentsOf: data)
        try fixture.append(30, random: &random)
        let backup = try Backup(
            ofStore: fixture.source.path, to: fixture.backup,
            settings: BackupFixture.small(fixture.clock))
        var isWriting = false
        let cancelled = code {
            _ = try backup.run(isCancelled: { isWriting }) { isWriting = !$0.isComparing }
        }
        #expect(cancelled == .cancelled)
        let reached = try manifest.through
        #expect(Position(20) < reached && reached < Position(50))
        #expect(try manifest.tree.size == 20)
        // Up to what was written the log is the same.
        let longer = try Data(contentsOf: data)
        try older.write(to: data)
        try FileSystem.removeTree(fixture.source.path + "/index-1")
        #expect(code { try fixture.backUp() } == .logRolledBack)
        try longer.write(to: data)
        try fixture.backUp()
        #expect(try manifest.tree.size == 50 && checkpoints.last == Position(50))
    }

    /// Files of older versions have no tree, and a wrong one raises no alarm.
    @Test(arguments: [CompactRange(), wrongTree])
    func aTreeThatIsMissingOrWrongIsMadeAnew(tree: CompactRange) throws {
        var (random, damaged) = (random, try manifest)
        let sound = damaged.tree
        #expect(sound.size == 20)
        damaged.tree = tree
        try damaged.write(in: fixture.backup)
        try fixture.append(1, random: &random)
        try fixture.backUp()
        #expect(try manifest.tree.size == 21)
        #expect(try manifest.tree.subtrees.prefix(2) == sound.subtrees[...])
        #expect(try BackupList(fixture.backup).verify().isSound)
    }

    private static let wrongTree = CompactRange(
        size: 20, subtrees: [.emptyRoot, .leaf([1].span)])

    /// The backup has it sound, and that it is the same shows in what was signed.
    @Test func anEventThatIsDamagedAfterItWasBackedUpIsComparedStill() throws {
        var (random, older) = (random, try manifest)
        older.tree = CompactRange()
        try older.write(in: fixture.backup)
        try fixture.damageEvent(7)
        try fixture.append(3, random: &random)
        try fixture.backUp(segment: 1 << 20)
        #expect(try manifest.tree.size == 23 && checkpoints.last == Position(23))
        #expect(try BackupList(fixture.backup).verify().isSound)
    }

    /// More events than one thread reads at a time, compared before they are written and meanwhile.
    @Test func manyEventsAreComparedOnSeveralThreads() throws {
        var random = random
        let store = try fixture.source.open(units: [Ledger.unit], settings: fixture.settings)
        let appends = try (0..<12_000).map { number in
            Append([try event(in: "many", data: #"{"amount":\#(number)}"#)])
        }
        _ = try store.appendBlocking(appends)
        try store.close()
        try fixture.append(1, random: &random)
        let size = try #require(try CheckpointFiles.latestSize(of: fixture.source.path))
        #expect(size > 12_000)
        try fixture.backUp(segment: 1 << 22)
        let tree = try manifest.tree
        #expect(tree.size == size)
        #expect(try BackupList(fixture.backup).verify().isSound)
        try FileSystem.removeTree(fixture.backup)
        try fixture.backUp(segment: 1 << 22)
        #expect(try manifest.tree == tree)
    }

    /// The whole directory was put back and grew, and was signed again: the external copy tells.
    @Test(arguments: [false, true]) func theCheckpointElsewhereIsComparedToo(isFirst: Bool) throws {
        let (source, older) = (fixture.source.path, fixture.root + "/older")
        let elsewhere = fixture.root + "/elsewhere"
        try FileSystem.createDirectory(elsewhere)
        try FileManager.default.copyItem(atPath: source, toPath: older)
        let kept = fixture.settings.with { $0.checkpointDirectory = elsewhere }
        let store = try Store.open(source, units: [Ledger.unit], settings: kept)
        _ = try store.add(event("lost"))
        try store.close()
        let rolledBack = try Store.open(older, units: [Ledger.unit], settings: fixture.settings)
        for number in 0..<3 { _ = try rolledBack.add(event("other\(number)")) }
        try rolledBack.close()
        if isFirst { try FileSystem.removeTree(fixture.backup) }
        var settings = BackupFixture.small(fixture.clock)
        settings.checkpointDirectory = elsewhere
        #expect(
            code { _ = try Backup(ofStore: older, to: fixture.backup, settings: settings).run() }
                == .logForked)
        #expect(try BackupDirectory(fixture.backup).manifest()?.through ?? .zero < Position(21))
        #expect(
            try Backup(ofStore: source, to: fixture.backup, settings: settings).run()
                .through == Position(21))
    }

    /// An interrupted first backup may hold what was not compared yet, and the refusal says so.
    @Test func aRefusalSaysThatWhatIsThereWasNeverCompared() throws {
        try FileSystem.removeTree(fixture.backup)
        try fork()
        let backup = try Backup(
            ofStore: fixture.source.path, to: fixture.backup,
            settings: BackupFixture.small(fixture.clock))
        #expect(code { _ = try backup.run(isCancelled: { true }) } == .cancelled)
        let failure = #expect(throws: HansardError.self) { try fixture.backUp() }
        #expect(failure?.code == .logForked)
        #expect(failure?.advice == .moveAway(path: fixture.backup))
    }

    /// A checkpoint is signed some time after its events were backed up, and nothing may follow.
    @Test func aWatchTakesACheckpointThatComesAfterItsEvents() throws {
        var random = random
        let latest = URL(fileURLWithPath: fixture.source.path + "/checkpoints/latest")
        let before = try Data(contentsOf: latest)
        try fixture.append(5, random: &random)
        let after = try Data(contentsOf: latest)
        try before.write(to: latest)
        let backup = try Backup(ofStore: fixture.source.path, to: fixture.backup)
        var looks = 0
        _ = try backup.watch(isCancelled: {
            looks += 1
            return looks > 40 || (try? checkpoints.last) == Position(25)
        }) { progress in
            if progress.done == Position(25) { try? after.write(to: latest) }
        }
        #expect(try checkpoints.last == Position(25) && manifest.tree.size == 25)
    }
}

extension CheckpointFiles {
    /// The number of events the latest checkpoint of a store covers.
    fileprivate static func latestSize(of store: String) throws -> UInt64? {
        try SignedCheckpoint(
            String(contentsOfFile: store + "/checkpoints/latest", encoding: .utf8)
        ).checkpoint.size
    }
}
