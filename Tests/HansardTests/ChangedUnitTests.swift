import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A store whose program has other projections than its index.
@Suite struct ChangedUnitTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private struct Names: Projection {
        let tables = ["names"]
        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
            if event.event.isAct { return }
            try tables.put([], for: Array("\(event.event.id)".utf8))
        }
    }

    private static let names = ProjectionUnit(name: "names", version: 1, projections: [Names()])

    private static func newer(gate: FoldGate? = nil, failsAt: UInt64? = nil) -> [ProjectionUnit] {
        let ledger = GatedLedger(ledger: Ledger(failsAt: failsAt), gate: gate)
        return [ProjectionUnit(name: "ledger", version: 2, projections: [ledger]), names]
    }

    private static let older = [Ledger.unit, names]

    private func names(_ store: Store) throws -> Int {
        try store.read { view in
            var count = 0
            try view.table("names").scan(KeyRange(prefix: [])) { _, _ in
                count += 1
                return true
            }
            return count
        }
    }

    private func add(_ numbers: ClosedRange<Int>, to store: Store) throws {
        let answers = try store.appendBlocking(
            numbers.map { Append([try event("e\($0)", in: "s\($0 % 7)")]) })
        #expect(answers.allSatisfy { $0.code == nil })
    }

    private func fill(_ count: Int) throws {
        let store = try fixture.peer(units: Self.older)
        try add(1...count, to: store)
        try store.close()
    }

    private func expectSound(_ store: Store) throws {
        var verifier = Verifier(store)
        let report = try verifier.run()
        #expect(report.problems.map(\.description) == [])
        #expect(report.unitsLeftOut == store.unitStatuses().map(\.unit))
    }

    @Test func allElseIsServedWhileAChangedUnitIsBuilt() throws {
        try fill(9_000)
        let old = try fixture.peer(units: Self.older)
        let gate = FoldGate(at: 5_000)
        let store = try fixture.peer(units: Self.newer(gate: gate))
        #expect(try names(store) == 9_000)
        try #require(try store.reaches { $0?.done == 4_096 })
        let error = try #require(#expect(throws: HansardError.self) { try store.ledger() })
        #expect(error.code == .rebuilding && error.position == Position(4_096))
        let progress = try #require(error.underlying as? UnitStatus)
        #expect((progress.unit, progress.version, progress.storedVersion) == ("ledger", 2, 1))
        #expect((progress.phase, progress.done, progress.total) == (.folding, 4_096, 9_000))
        #expect("\(error)".contains("4096 of 9000"))
        let unit = try #require(try store.statistics().units.first { $0.name == "ledger" })
        #expect(unit.rebuild?.done == 4_096 && unit.version == 2)

        try add(9_001...9_020, to: store)
        try add(9_021...9_040, to: old)
        #expect(try names(store) == 9_040)
        #expect(try old.ledger().count == 9_040, "an older program goes on")
        #expect(store.unitStatuses().map(\.unit) == ["ledger"])
        try expectSound(store)
        gate.open()
        try #require(try store.reaches { $0 == nil })
        #expect(try store.ledger() == old.ledger())
        #expect(store.index.generation == 2 && old.index.generation == 1)
        try add(9_041...9_050, to: old)
        #expect(try store.ledger() == old.ledger())
        #expect(try names(store) == 9_050)
        try expectSound(store)
        #expect(try store.statistics().units.allSatisfy { $0.rebuild == nil })
        try old.close()
        try store.close()
        let versions = try IndexGenerations(path: fixture.path).list().map { generation in
            generation.units?.first { $0.name == "ledger" }?.version
        }
        #expect(versions == [1, 2], "the old generation was never written with the new version")
    }

    /// Reported progress never goes back.
    @Test func progressGrows() throws {
        try fill(30_000)
        let store = try fixture.peer(units: Self.newer())
        var done: [Int] = []
        #expect(
            try store.reaches { rebuild in
                if let rebuild, rebuild.total > 0 { done.append(rebuild.done) }
                return rebuild == nil
            })
        #expect(done == done.sorted())
        #expect(try store.ledger().count == 30_000)
        try store.close()
    }

    /// The versions of a new index stand in it before its first flush.
    @Test func anIndexThatWasNeverFlushedIsNotTakenOver() throws {
        let old = try fixture.peer(units: Self.older)
        try add(1...20, to: old)
        let stored = try IndexGenerations(path: fixture.path).list().last?.units
        #expect(stored?.first { $0.name == "ledger" }?.version == 1)
        #expect(stored?.allSatisfy { $0.durablePosition == .zero } == true)
        let store = try fixture.peer(units: Self.newer())
        #expect(store.index.generation == 1 && store.unitStatuses().map(\.unit) == ["ledger"])
        try #require(try store.reaches { $0 == nil })
        try add(21...40, to: store)
        #expect(try old.ledger() == store.ledger())
        #expect(try old.ledger().count == 40 && names(store) == 40)
        try expectSound(store)
        try old.close()
        try store.close()
        let versions = try IndexGenerations(path: fixture.path).list().map { generation in
            generation.units?.first { $0.name == "ledger" }?.version
        }
        #expect(versions == [1, 2])
        let again = try fixture.peer(units: Self.newer())
        #expect(try again.ledger().count == 40)
        try again.close()
    }

    @Test func closingEndsIt() throws {
        try fill(9_000)
        for _ in 0..<2 {
            let gate = FoldGate(at: 100)
            let store = try fixture.peer(units: Self.newer(gate: gate))
            try #require(try store.reaches { $0?.phase == .folding })
            let closing = try DedicatedThread(name: "close") {
                do { try store.close() } catch { Issue.record(error) }
            }
            while !store.statuses.isClosed { Pause.milliseconds(1) }
            gate.open()
            closing.join()
            #expect(try fixture.indexDirectories() == ["index-1"])
        }
        let old = try fixture.peer(units: Self.older)
        #expect(try old.ledger().count == 9_000, "the generation in use is as it was")
        let again = try fixture.peer(units: Self.newer())
        try #require(try again.reaches { $0 == nil })
        #expect(try again.ledger() == old.ledger())
        try again.close()
        try old.close()
    }

    @Test func oneBuildsAndTheOthersWait() throws {
        try fill(5_000)
        let gate = FoldGate(at: 4_500)
        let one = try fixture.peer(units: Self.newer(gate: gate))
        defer { gate.open() }
        try #require(try one.reaches { $0?.done == 4_096 })
        let other = try fixture.peer(units: Self.newer())
        try #require(try other.reaches { $0?.phase == .waiting })
        #expect(try names(other) == 5_000)
        let error = try #require(#expect(throws: HansardError.self) { try other.ledger() })
        #expect(error.code == .rebuilding && error.position == Position(4_096))
        #expect("\(error)".contains("waiting for another process: 4096 of 5000 events"), "\(error)")
        gate.open()
        try #require(try one.reaches { $0 == nil })
        try #require(try other.reaches { $0 == nil })
        #expect(try one.ledger() == other.ledger())
        #expect((one.index.generation, other.index.generation) == (2, 2))
        try one.close()
        try other.close()
    }

    /// A killed builder's progress is not reported of the next holder of the lock, and progress
    /// that is not whole is not either.
    @Test func staleProgressIsNotTold() throws {
        let files = GenerationFiles(
            store: StoreFiles(directory: fixture.path, signing: CheckpointSigning()))
        let lock = "\(fixture.path)/\(Layout.generationsLock)"
        try files.locked {
            #expect(files.otherProgress == .unknown)
            files.tell(BuilderProgress(done: 7, total: 9))
            #expect(files.otherProgress == BuilderProgress(done: 7, total: 9))
            #expect(code { try files.locked {} } == .rebuildRunning)
            #expect(files.otherProgress == BuilderProgress(done: 7, total: 9))
        }
        try files.locked { #expect(files.otherProgress == .unknown, "the next holder begins anew") }
        try files.locked {
            files.tell(BuilderProgress(done: 8, total: 9))
            var bytes = try FileSystem.contents(of: lock, max: 100)
            bytes[0] ^= 1
            try FileSystem.overwrite(lock, with: bytes.span)
            #expect(files.otherProgress == .unknown, "half of one record and half of another")
        }
    }

    /// It goes live without that unit's answers, which the live one did not have either; and with a
    /// better fold of the same version the unit goes on.
    @Test func aChangedUnitThatStopsStopsAlone() throws {
        try fill(300)
        let store = try fixture.peer(units: Self.newer(failsAt: 270))
        try #require(try store.reaches { $0 == nil })
        let error = #expect(throws: HansardError.self) { try store.ledger() }
        #expect(error?.code == .unitStopped && error?.position == Position(270))
        try add(301...310, to: store)
        #expect(try names(store) == 310)
        #expect(try store.statistics().units[1].stop?.position == Position(270))
        try store.close()
        let mended = try fixture.peer(units: Self.newer())
        #expect(mended.index.generation == 2)
        #expect(try mended.ledger().count == 310)
        try expectSound(mended)
        try mended.close()
    }

    @Test func anOlderProgramDoesNotTakeTheIndexBack() throws {
        try fill(20)
        try fixture.rebuild(units: Self.newer())
        let error = #expect(throws: HansardError.self) { try fixture.peer(units: Self.older) }
        #expect(error?.code == .corruptIndex && error?.advice == .rebuildBesideOthers)
        #expect(try fixture.indexDirectories() == ["index-1", "index-2"])
    }

    /// A store that may not or shall not build says what to do, and moves over afterwards.
    @Test(arguments: [true, false]) func somebodyElseBuilds(isReadOnly: Bool) throws {
        try fill(20)
        // In one process all share the first one's files, and these can be written.
        let old = try fixture.peer(units: Self.older)
        let settings = Store.Settings.tested.with {
            $0.isReadOnly = isReadOnly
            $0.changedUnits = isReadOnly ? .build : .wait
        }
        let store = try fixture.peer(units: Self.newer(), settings: settings)
        #expect(try names(store) == 20)
        let error = try #require(#expect(throws: HansardError.self) { try store.ledger() })
        #expect(error.code == .rebuilding && error.advice == .openInBuilder)
        #expect(store.unitStatuses().map(\.phase) == [.absent])
        try fixture.rebuild(units: Self.newer())
        #expect(try store.reaches(generation: 2))
        #expect(try store.ledger() == old.ledger())
        #expect(store.unitStatuses().isEmpty)
        try store.close()
        try old.close()
    }

    /// Opening does not wait for a unit the index never had, when there is much to fold.
    @Test(arguments: [99, 100]) func aNewUnitIsBuiltBesideWhenTheLogIsLong(eventsMax: Int) throws {
        let before = try fixture.peer(units: [Self.names])
        try add(1...100, to: before)
        try before.close()
        let gate = FoldGate(at: 50)
        if eventsMax == 100 { gate.open() }
        let store = try fixture.peer(
            units: Self.newer(gate: gate),
            settings: .tested.with { $0.newUnitEventsMax = eventsMax })
        #expect(store.unitStatuses().map(\.storedVersion) == (eventsMax == 99 ? [nil] : []))
        #expect(try names(store) == 100)
        if eventsMax == 99 { #expect(code { _ = try store.ledger() } == .rebuilding) }
        gate.open()
        try #require(try store.reaches { $0 == nil })
        #expect(try store.ledger().count == 100)
        #expect(store.index.generation == (eventsMax == 99 ? 2 : 1))
        try store.close()
    }

    /// A reader of a store whose index lacks a table is not turned away.
    @Test func aNewUnitOfAReaderIsMissing() throws {
        let before = try fixture.peer(units: [Self.names])
        try add(1...10, to: before)
        try before.close()
        let store = try fixture.peer(
            units: Self.newer(), settings: .tested.with { $0.isReadOnly = true })
        #expect(try names(store) == 10)
        #expect(code { _ = try store.ledger() } == .rebuilding)
    }

    /// A unit that was removed is left where it is; when it is back it goes on.
    @Test func aRemovedUnitIsLeftAlone() throws {
        try fill(10)
        let without = try fixture.peer(units: [Self.names])
        try add(11...15, to: without)
        #expect(without.unitStatuses().isEmpty)
        try without.close()
        let with = try fixture.peer(units: Self.older)
        #expect(try with.ledger().count == 15)
        try with.close()
    }
}
