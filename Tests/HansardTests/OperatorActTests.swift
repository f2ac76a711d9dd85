import Foundation
import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// An operator's act on a store is an event, for any process that records it and after any crash.
@Suite struct OperatorActTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        try openAndClose()
    }

    private func acts(_ path: String? = nil) throws -> [OperatorAct] {
        try events(path).compactMap { OperatorAct($0.event) }
    }

    private func events(_ path: String? = nil) throws -> [RecordedEvent] {
        let log = try LogReader(path: path ?? fixture.path, settings: .tested)
        var events: [RecordedEvent] = []
        try log.forEachEvent(from: Position(1), through: try log.head()) { events.append($0) }
        return events
    }

    private func swap(
        _ generation: UInt64, _ previous: UInt64, _ cause: OperatorAct.IndexSwapCause,
        through: UInt64? = nil
    ) -> OperatorAct {
        .indexSwapped(
            generation: generation, previous: previous, cause: cause,
            through: through.map { Position($0) })
    }

    private func openAndClose() throws { try fixture.open(units: [Ledger.unit]).close() }

    @Test func generationsThatGoLiveAndGoAway() throws {
        let store = try fixture.open(units: [Ledger.unit])
        try store.add(event("one"))
        try store.close()
        let rebuilder = try Rebuilder(
            path: fixture.path, units: [Ledger.unit], cause: .compact, actor: "os-user:anna",
            settings: .tested)
        _ = try rebuilder.run()
        let generations = try IndexGenerations(path: fixture.path, settings: .tested)
        #expect(try generations.use(1, actor: "os-user:ben") == 2)
        #expect(try generations.use(1) == 1, "nothing was done")
        let bytes = try generations.drop(2, actor: "os-user:anna")
        #expect(
            try acts() == [
                swap(2, 1, .compact, through: 1), swap(1, 2, .use),
                .indexDropped(generation: 2, bytes: bytes),
            ])
        let recorded = try events().dropFirst()
        #expect(recorded.map(\.event.stream.text) == Array(repeating: "system/indexes", count: 3))
        #expect(recorded.map(\.event.actor) == ["os-user:anna", "os-user:ben", "os-user:anna"])
        #expect(recorded.map(\.revision) == [Revision(0), Revision(1), Revision(2)])
        #expect(recorded.allSatisfy { $0.event.data.string("at") != nil })
    }

    /// An act without an actor is the program's, as its settings say.
    @Test func actsWithoutANameAreTheProgramsOwn() throws {
        let settings = Store.Settings.tested.with { $0.actor = "notes-server" }
        let store = try fixture.open(units: [Ledger.unit], settings: settings)
        _ = try store.rotateKey()
        _ = try store.addDictionary(InitialDictionary.bytes)
        _ = try store.rotateKey(actor: "os-user:anna")
        try store.close()
        _ = try Rebuilder(path: fixture.path, units: [Ledger.unit], settings: settings).run()
        let generations = try IndexGenerations(path: fixture.path, settings: settings)
        #expect(try generations.use(1) == 2)
        _ = try generations.drop(2)
        let program = "notes-server"
        #expect(
            try events().map(\.event.actor)
                == [program, program, "os-user:anna", program, program, program])
    }

    /// The store of this process records it, in the background of its appends or by itself.
    @Test func theOpenStoreOfTheProcessRecords() throws {
        let store = try fixture.open(units: [Ledger.unit])
        try fixture.rebuild()
        #expect(try store.positions() == 1)
        try store.log.swapGeneration(from: 2, to: 1)
        let event = try store.add(event("next"))
        #expect(event.position == Position(3), "what waits comes before")
        try store.close()
        #expect(try acts() == [swap(2, 1, .rebuild, through: 0), swap(1, 2, .use)])
    }

    /// A process that ended between the swap and its event.
    @Test func whatWasNotRecordedIsByTheNextWriter() throws {
        try fixture.rebuild()
        let log = try Log(directory: fixture.path + "/log", settings: .tested)
        try log.swapGeneration(from: 2, to: 1)
        try log.swapGeneration(from: 1, to: 2)
        #expect(try acts().count == 1)
        do {
            let reading = try fixture.peer(settings: .tested.with { $0.isReadOnly = true })
            #expect(try reading.positions() == 1, "who only reads appends nothing")
            try reading.close()
        }
        try openAndClose()
        let all = [swap(2, 1, .rebuild, through: 0), swap(1, 2, .use), swap(2, 1, .use)]
        #expect(try acts() == all)
        try openAndClose()
        #expect(try acts() == all, "each once")
    }

    /// Noted before the directory goes; recorded only if it went.
    @Test func aDropThatWasInterrupted() throws {
        try fixture.rebuild()
        let log = try Log(directory: fixture.path + "/log", settings: .tested)
        let act = OperatorAct.indexDropped(generation: 1, bytes: 5)
        try log.note(PendingAct(act.event(by: "a", at: .microseconds(0)), when: .isGone(generation: 1)))
        try openAndClose()
        #expect(try acts().count == 1, "it is still there")
        let files = GenerationFiles(
            store: StoreFiles(directory: fixture.path, signing: CheckpointSigning()))
        try files.remove(1)
        try openAndClose()
        #expect(try acts().last == act && acts().count == 2)
        // What stands for the same again takes the place of what stood there.
        for bytes in [6, 7] {
            let again = OperatorAct.indexDropped(generation: 9, bytes: bytes)
            try log.note(PendingAct(again.event(by: "a", at: .microseconds(0)), when: .isGone(generation: 9)))
        }
        try openAndClose()
        #expect(try acts().last == .indexDropped(generation: 9, bytes: 7) && acts().count == 3)
    }

    @Test func aDropThatFailsIsNotRecorded() throws {
        try fixture.rebuild()
        let generations = try IndexGenerations(path: fixture.path, settings: .tested)
        // Something is in the way of the name it gets first.
        let blocker = fixture.path + "/index-1.dropped"
        try FileSystem.createDirectory(blocker)
        try FileSystem.writeNewFile(blocker + "/file", [1].span)
        #expect(code { _ = try generations.drop(1) } != nil)
        try FileSystem.removeTree(blocker)
        try openAndClose()
        #expect(try acts().count == 1)
        _ = try generations.drop(1)
        #expect(try acts().count == 2)
    }

    @Test func aRotationIsRecordedOnceItIsDone() throws {
        let store = try fixture.open()
        let (old, new) = try store.rotateKey(actor: "os-user:anna")
        try FileSystem.removeFile("\(fixture.path)/keys/signing.key")
        let lost = try store.rotateKey(isLost: true).new
        try store.close()
        let first = OperatorAct.keyRotated(key: "\(new)", previous: old.map { "\($0)" })
        let second = OperatorAct.keyRotated(key: "\(lost)", previous: nil)
        #expect(try acts() == [first, second])
        #expect(try events()[0].event.stream.text == "system/keys")
        #expect(try events()[0].event.actor == "os-user:anna")
        let files = CheckpointFiles(directory: fixture.path, logID: store.log.id)
        // PRIVATE+KEY+name+id+Base64, which may have a plus too.
        let key = try String(contentsOfFile: files.signingKey, encoding: .utf8)
        let secret = try #require(key.split(separator: "+", maxSplits: 4).last).dropLast()
        #expect(secret.count > 40)
        #expect(try events().allSatisfy { try !$0.event.data.json().contains(secret) })
    }

    /// Killed before the new key took over, and after.
    @Test func aRotationThatWasInterrupted() throws {
        let log = try Log(directory: fixture.path + "/log", settings: .tested)
        let files = CheckpointFiles(directory: fixture.path, logID: log.id)
        let next = try files.makeNextSigner().key
        try files.writePublicKeys(try files.trusted() + [next])
        let act = OperatorAct.keyRotated(key: "\(next)", previous: nil)
        try log.note(PendingAct(act.event(by: nil, at: .microseconds(0)), when: .signs(key: "\(next)")))
        try openAndClose()
        #expect(try acts() == [])
        try files.promoteNextKey()
        try openAndClose()
        #expect(try acts() == [act])
    }

    @Test func aDictionaryIsRecordedWhenItIsAdded() throws {
        let store = try fixture.open()
        let bytes = InitialDictionary.bytes
        try #require(try store.addDictionary(bytes, actor: "os-user:anna") == 2)
        try store.close()
        #expect(try acts() == [.dictionaryAdded(id: 2, bytes: bytes.count)])
        #expect(try events()[0].event.stream.text == "system/dictionaries")
    }

    /// A row that is damaged must not keep anyone from appending.
    @Test func anActThatCannotBeReadHoldsNothingUp() throws {
        let log = try Log(directory: fixture.path + "/log", settings: .tested)
        let rows: [[UInt8]] = [[], [9], [1], [2, 200], [0, 0xC1]]
        for (number, bytes) in rows.enumerated() {
            let key = Array(Layout.metaActPrefix.utf8) + FixedInteger.bytes(UInt64(number))
            try log.environment.write { try $0.put(bytes.span, for: key.span, in: log.meta) }
        }
        let store = try fixture.open(units: [Ledger.unit])
        #expect(try store.add(event("one")).position == Position(1))
        try store.close()
        try fixture.rebuild()
        #expect(try acts() == [swap(2, 1, .rebuild, through: 1)])
    }
}

/// The event of a restore, behind what was restored.
@Suite struct RestoreActTests {
    private let fixture: BackupFixture

    init() throws { fixture = try BackupFixture() }

    @Test func aRestoreIsTheNextEventOfTheNewLog() throws {
        var random = Seeded(91)
        let events = try fixture.append(9, random: &random)
        try fixture.backUp()
        fixture.clock.advance(5_000_000)
        let path = fixture.root + "/new"
        let restore = Restore(
            from: fixture.backup, into: path, units: [Ledger.unit], actor: "os-user:anna",
            settings: fixture.settings)
        let report = try restore.run(to: .position(Position(6)))
        #expect(report.position == Position(6))
        let store = try Store.open(path, units: [Ledger.unit], settings: fixture.settings)
        defer { try? store.close() }
        let last = try #require(try store.read { try $0.event(at: $0.position) })
        #expect(last.position == Position(7) && last.event.actor == "os-user:anna")
        #expect(last.event.stream.text == "system/restores")
        #expect(last.recordedAt == fixture.clock.read() && events[8].recordedAt < last.recordedAt)
        let parent = try #require(report.ancestry.last)
        #expect(
            OperatorAct(last.event)
                == .logRestored(
                    logID: report.logID, from: parent.logID, position: Position(6),
                    backupThrough: Position(9)))
        #expect(try store.latestCheckpoint()?.checkpoint.size == 7, "it is signed at once")
    }
}
