import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// The files a rebuild leaves in the store's directory, however it ends.
@Suite struct RebuildTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func fill(_ count: Int, units: [ProjectionUnit] = [Ledger.unit]) throws -> [String] {
        let store = try fixture.open(units: units)
        let answers = try store.appendBlocking(
            (1...count).map { Append([try event("e\($0)", in: "s\($0 % 7)")]) })
        #expect(answers.allSatisfy { $0.code == nil })
        let rows = units.isEmpty ? [] : try store.ledger()
        try store.close()
        return rows
    }

    @Test func theNewGenerationIsTheOldOne() throws {
        let rows = try fill(9_000)
        var phases: Set<RebuildProgress.Phase> = []
        var done: [Int] = []
        let report = try fixture.rebuild(progress: { progress in
            phases.insert(progress.phase)
            done.append(progress.done)
            #expect(progress.total == 9_000)
        })
        #expect((report.previous, report.generation, report.eventsCount) == (1, 2, 9_000))
        #expect(phases == [.folding, .finishing])
        #expect(done == done.sorted() && done.count > 3, "it is told on the way")
        let store = try fixture.open(units: [Ledger.unit])
        #expect(store.index.generation == 2)
        #expect(try store.ledger() == rows)
        var verifier = Verifier(store)
        #expect(try verifier.run().problems.map(\.description) == [])
        #expect(try store.add(event("e3", in: "s3")).position == Position(3), "a repetition")
        try store.close()
    }

    @Test func anEmptyStoreIsRebuilt() throws {
        #expect(try fixture.rebuild().eventsCount == 0)
        #expect(try fixture.open(units: [Ledger.unit]).ledger() == [])
    }

    /// Neither a readable index is needed nor one of the same units.
    @Test(arguments: [false, true]) func aDamagedIndexIsReplaced(isMissing: Bool) throws {
        let rows = try fill(20)
        if isMissing {
            try FileSystem.removeTree(fixture.path + "/index-1")
        } else {
            try fixture.directory.rewrite("store/index-1/data.mdb") { bytes in
                for index in bytes.indices { bytes[index] = 0x55 }
            }
        }
        #expect(try fixture.rebuild().generation == 2)
        #expect(try fixture.open(units: [Ledger.unit]).ledger() == rows)
    }

    /// An older program's index is named as what it is, with what to do; and that helps.
    @Test func anotherVersionAsksForARebuild() throws {
        let rows = try fill(20)
        let newer = ProjectionUnit(name: "ledger", version: 2, projections: [Ledger()])
        let refusing = Store.Settings.tested.with { $0.changedUnits = .refuse }
        let error = #expect(throws: HansardError.self) {
            try fixture.open(units: [newer], settings: refusing)
        }
        #expect(error?.code == .corruptIndex)
        #expect(error?.advice == .rebuildBesideOthers)
        try fixture.rebuild(units: [newer])
        #expect(try fixture.open(units: [newer]).ledger() == rows)
    }

    @Test func cancellingLeavesNothing() throws {
        let rows = try fill(9_000)
        var asked = 0
        for limit in 1...6 {
            asked = 0
            let cancelled = code {
                try fixture.rebuild(isCancelled: {
                    asked += 1
                    return asked >= limit
                })
            }
            #expect(cancelled == .cancelled, "asked \(asked) times")
            #expect(try fixture.indexDirectories() == ["index-1"])
        }
        let store = try fixture.open(units: [Ledger.unit])
        #expect(store.index.generation == 1)
        #expect(try store.ledger() == rows)
        #expect(try fixture.rebuild().generation == 2)
    }

    /// The last flush is interrupted between its tables, not only before and after it.
    @Test func theLastFlushIsInterrupted() throws {
        let rows = try fill(300)
        var (asked, finishing) = (0, Int.max)
        let cancelled = code {
            try fixture.rebuild(
                isCancelled: {
                    asked += 1
                    return asked - 3 > finishing
                },
                progress: { if $0.phase == .finishing { finishing = min(finishing, asked) } })
        }
        #expect(cancelled == .cancelled, "asked \(asked) times, \(finishing) of them before")
        #expect(try fixture.indexDirectories() == ["index-1"])
        #expect(try fixture.open(units: [Ledger.unit]).ledger() == rows)
    }

    /// A half-built generation, one half removed, and names that are none of ours.
    @Test func leftoversAreRemoved() throws {
        let rows = try fill(20)
        for name in ["index-2.building", "index-7.building", "index-9.dropped"] {
            try FileSystem.createDirectory("\(fixture.path)/\(name)")
            try FileSystem.writeNewFile(
                "\(fixture.path)/\(name)/data.mdb", [UInt8](repeating: 7, count: 9_000).span)
        }
        let others = ["index-1.backup", "index-x.building", "index-02", "index-0"]
        for name in others { try FileSystem.createDirectory("\(fixture.path)/\(name)") }
        #expect(try fixture.rebuild().generation == 2)
        #expect(try fixture.indexDirectories() == (others + ["index-1", "index-2"]).sorted())
        #expect(try fixture.open(units: [Ledger.unit]).ledger() == rows)
    }

    /// A kill between the rename and the swap leaves a whole generation that is not live.
    @Test func aGenerationThatNeverWentLiveIsPassedOver() throws {
        let rows = try fill(20)
        try fixture.rebuild()
        let log = try Log(directory: fixture.path + "/log", settings: .tested)
        try log.swapGeneration(from: 2, to: 1)
        #expect(try fixture.rebuild(keep: 0).generation == 3)
        #expect(try fixture.indexDirectories() == ["index-3"])
        #expect(try fixture.open(units: [Ledger.unit]).ledger() == rows)
    }

    /// The generation that was live until now is the way back, also from a newer one.
    @Test func theGenerationBeforeIsKept() throws {
        let rows = try fill(20)
        try fixture.rebuild()
        _ = try IndexGenerations(path: fixture.path, settings: .tested).use(1)
        #expect(try fixture.rebuild(keep: 1).removed == [2])
        #expect(try fixture.indexDirectories() == ["index-1", "index-3"])
        #expect(try fixture.open(units: [Ledger.unit]).ledger() == rows)
    }

    /// The new one is live by then, and it would be wrong to say that nothing was changed.
    @Test func whatCantBeRemovedIsTold() throws {
        let rows = try fill(20)
        let inTheWay = fixture.path + "/index-1.dropped"
        let report = try fixture.rebuild(
            keep: 0,
            progress: { progress in
                guard progress.phase == .finishing, !FileSystem.exists(inTheWay) else { return }
                do {
                    try FileSystem.createDirectory(inTheWay)
                    try FileSystem.writeNewFile(inTheWay + "/data.mdb", [7].span)
                } catch { Issue.record(error) }
            })
        #expect(report.generation == 2 && report.removed == [])
        #expect(report.removalFailure.map { "\($0)" }?.contains("index-1.dropped") == true)
        #expect(try fixture.open(units: [Ledger.unit]).ledger() == rows)
    }

    /// Another user's, say. It keeps its number.
    @Test func whatIsLeftAndCantBeRemovedIsNotInTheWay() throws {
        let rows = try fill(20)
        try FileSystem.writeNewFile(fixture.path + "/index-2.dropped", [7].span)
        let report = try fixture.rebuild()
        #expect(report.generation == 3 && report.removalFailure != nil)
        #expect(try fixture.open(units: [Ledger.unit]).ledger() == rows)
    }

    /// Chunks decoded ahead are bounded by all that is in memory of an event.
    @Test func aChunkIsBoundedByMetadataToo() throws {
        let store = try fixture.open()
        let text = String(repeating: "m", count: 1 << 20)
        let metadata = try Record(json: #"{"m":"\#(text)"}"#)
        for number in 1...20 {
            var event = try event("e\(number)")
            event.metadata = metadata
            try store.add(event)
        }
        var counts: [Int] = []
        try DecodedEvents.forEachChunk(
            of: store.log, from: Position(1), through: Position(20), hasLeaves: false
        ) { counts.append($0.count) }
        #expect(counts.reduce(0, +) == 20)
        #expect(counts.allSatisfy { $0 <= 9 }, "\(counts)")
        var scan = EventScan(store, matching: .all)
        var pages: [Int] = []
        while !scan.isAtEnd { pages.append(try scan.next { event, _ in event }.count) }
        #expect(pages.allSatisfy { $0 <= 5 }, "\(pages)")
    }

    @Test func aSwapIsRefusedWhenAnotherCameFirst() throws {
        _ = try fill(20)
        let path = fixture.path
        var isSwapped = false
        let refused = code {
            try fixture.rebuild(progress: { progress in
                guard progress.phase == .finishing, !isSwapped else { return }
                isSwapped = true
                do {
                    let log = try Log(directory: path + "/log", settings: .tested)
                    try log.swapGeneration(from: 1, to: 9)
                    try log.swapGeneration(from: 9, to: 5)
                } catch { Issue.record(error) }
            })
        }
        #expect(refused == .generationChanged)
        #expect(try fixture.indexDirectories() == ["index-1"])
    }

    @Test func twoRebuildsAtOnceAreRefused() throws {
        _ = try fill(20)
        let fixture = fixture
        var inner: [ErrorCode?] = []
        try fixture.rebuild(progress: { _ in
            inner.append(code { try fixture.rebuild() })
            inner.append(code { _ = try IndexGenerations(path: fixture.path).drop(1) })
        })
        #expect(inner.count >= 2 && inner.allSatisfy { $0 == .rebuildRunning })
        #expect(try fixture.rebuild().generation == 3)
    }

    /// A generation without one of its units would be worse than the one there is.
    @Test func aUnitThatStopsEndsTheRebuild() throws {
        let rows = try fill(20)
        let refused = #expect(throws: HansardError.self) {
            try fixture.rebuild(units: [Ledger.failing(at: 7)])
        }
        #expect(refused?.code == .unitStopped && refused?.position == Position(7))
        #expect(try fixture.indexDirectories() == ["index-1"])
        #expect(try fixture.open(units: [Ledger.unit]).ledger() == rows)
    }

    @Test func aDamagedEventEndsTheRebuild() throws {
        _ = try fill(20)
        let log = try Log(directory: fixture.path + "/log", settings: .tested)
        try log.environment.write { transaction in
            var stored = try #require(try transaction.get(9, from: log.events))
            stored[40] ^= 1
            try transaction.put(stored.span, integerKey: 9, in: log.events)
        }
        let refused = #expect(throws: HansardError.self) { try fixture.rebuild() }
        #expect(refused?.code == .corruptEvent && refused?.position == Position(9))
        #expect(try fixture.indexDirectories() == ["index-1"])
    }

    @Test func theDirectoryOfNoStoreIsRefused() throws {
        let directory = try TemporaryDirectory()
        #expect(code { _ = try Rebuilder(path: directory.path, units: []) } == .notAStore)
        #expect(
            code { _ = try Rebuilder(path: fixture.path, units: [], keep: -1) } == .invalidArgument)
    }
}
