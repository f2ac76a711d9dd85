import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// A store whose index has no tree yet: nothing is proved or signed with half of one.
@Suite struct TreeRebuildTests {
    private static let count = 9_000
    private let fixture: StoreFixture
    private let gate = FoldGate(at: 5_000)

    /// A store with a checkpoint of all its events, and a live index without the tree.
    init() throws {
        fixture = try StoreFixture()
        let store = try fixture.peer()
        _ = try store.appendBlocking(Append((0..<Self.count).map { _ in try event() }))
        _ = try store.checkpoint()
        try store.close()
        let settings = Store.Settings.tested.with { $0.keepsTree = false }
        _ = try Rebuilder(path: fixture.path, units: [Ledger.unit], keep: 0, settings: settings)
            .run()
    }

    /// Opens it, with a tree to be built behind the gate of a ledger that is built too: what is
    /// served `verify` folds as well.
    private func open(_ change: (inout Store.Settings) -> Void = { _ in }) throws -> Store {
        let ledger = GatedLedger(ledger: Ledger(), gate: gate)
        let settings = Store.Settings.tested.with {
            $0.newUnitEventsMax = 100
            change(&$0)
        }
        return try fixture.peer(
            units: [ProjectionUnit(name: "ledger", version: 2, projections: [ledger])],
            settings: settings)
    }

    @Test func proofsSayHowFarTheTreeIs() throws {
        let store = try open()
        defer { gate.open() }
        try #require(try store.reaches { $0?.done == 4_096 })
        let attempts: [(String, () throws -> Void)] = [
            ("what is signed", { _ = try store.inclusionProof(of: Position(7)) }),
            ("what is not signed", { _ = try store.inclusionProof(of: Position(9_001)) }),
            ("growth", { _ = try store.consistencyProof(from: 7) }),
            ("growth between", { _ = try store.consistencyProof(from: 7, to: 8_000) }),
            ("a checkpoint", { _ = try store.checkpoint() }),
            ("a rotation", { _ = try store.rotateKey() }),
        ]
        for (what, attempt) in attempts {
            let error = #expect(throws: HansardError.self, "\(what)") { try attempt() }
            #expect(error?.code == .rebuilding, "\(what)")
            #expect(error?.position == Position(4_096), "\(what)")
            let progress = error?.underlying as? UnitStatus
            #expect(progress?.unit == "tree" && progress?.phase == .folding, "\(what)")
            #expect(progress?.total ?? 0 > Self.count, "\(what): the swap is an event too")
            #expect(
                error.map { "\($0)" }?.contains("reading the log: 4096 of 900") == true, "\(what)")
        }
        #expect(try store.positions() > Self.count, "all else is served")
        #expect(try store.latestCheckpoint()?.checkpoint.size == 9_000, "what was signed stays")
        gate.open()
        try #require(try store.reaches { $0 == nil })
        let proof = try store.inclusionProof(of: Position(7))
        try proof.check(keys: try store.signingKeys())
        #expect(try store.checkpoint().checkpoint.size > 9_000)
        #expect(try store.ledger().count == Self.count)
        try store.close()
    }

    @Test func verifyLeavesTheTreeOutAndComparesWhatWasSigned() throws {
        let store = try open()
        defer { gate.open() }
        try #require(try store.reaches { $0?.done == 4_096 })
        var verifier = Verifier(store)
        let report = try verifier.run()
        #expect(report.isSound && report.isIndexCompared, "\(report.problems)")
        #expect(report.unitsLeftOut == ["ledger", "tree"])
        #expect(report.checkpointSizes == [9_000])
        gate.open()
        try #require(try store.reaches { $0 == nil })
        var again = Verifier(store)
        #expect(try again.run().unitsLeftOut == [])
        try store.close()
    }

    /// A store that only reads, and has nobody build, gets advice.
    @Test func whoDoesNotBuildIsToldWhoDoes() throws {
        let store = try open { $0.changedUnits = .wait }
        let error = #expect(throws: HansardError.self) { try store.inclusionProof(of: Position(7)) }
        #expect(error?.code == .rebuilding)
        #expect(error?.advice == .openInBuilder)
        try store.close()
    }

    /// Nothing is said to have been compared that was not.
    @Test func anInterruptedOrDamagedVerificationComparedNothing() throws {
        let store = try fixture.peer(settings: .tested.with { $0.keepsTree = false })
        var verifier = Verifier(store)
        verifier.isCancelled = { true }
        let error = #expect(throws: HansardError.self) { try verifier.run() }
        #expect(error?.code == .cancelled)
        #expect(error?.what.contains("the index was not compared") == true)
        try store.log.environment.write {
            try $0.put([1, 2, 3].span, integerKey: 70, in: store.log.events)
        }
        verifier.isCancelled = { false }
        let report = try verifier.run()
        #expect(!report.isIndexCompared && report.rowsCount == 0)
        #expect(report.problems.map(\.position) == [Position(70)])
        #expect(try !LogReader(store).check().isIndexCompared)
        try store.close()
    }
}
