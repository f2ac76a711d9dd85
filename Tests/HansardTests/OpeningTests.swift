import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct OpeningTests {
    @Test func whatIsNoStoreIsNotOpened() throws {
        let directory = try TemporaryDirectory()
        let opening = { (path: String) in code { _ = try Store.open(path, units: []) } }
        #expect(opening(directory.path + "/nowhere") == .notAStore)
        #expect(opening(directory.path) == .notAStore)
        try FileSystem.createDirectory(directory.path + "/log")
        try FileSystem.writeNewFile(directory.path + "/log/data.mdb", Array("text".utf8).span)
        #expect(opening(directory.path) != nil)
    }

    @Test func anLMDBFileOfAnotherProgramIsNotOpened() throws {
        let directory = try TemporaryDirectory()
        try FileSystem.createDirectory(directory.path + "/log")
        let other = try Environment(directory: directory.path + "/log")
        _ = try other.openDatabase("mail", create: true)
        other.close()
        #expect(code { _ = try Store.open(directory.path, units: []) } == .notAStore)
    }

    /// A newer log may hold what this version would take for something else.
    @Test func aNewerFormatIsRefused() throws {
        let fixture = try StoreFixture()
        try Self.setMeta(of: fixture, Layout.metaFormat, to: Layout.formatVersion + 1)
        #expect(code { _ = try fixture.open() } == .newerFormat)
        try Self.setMeta(of: fixture, Layout.metaFormat, to: Layout.formatVersion)
        #expect(try fixture.open().positions() == 0)
        try Self.setMeta(of: fixture, Layout.metaFormat, to: 0)
        #expect(code { _ = try fixture.open() } == .notAStore)
    }

    private static func setMeta(
        of fixture: StoreFixture, _ name: String, to number: UInt64
    ) throws {
        let log = try Environment(directory: fixture.path + "/log")
        let meta = try #require(try log.openDatabase(Layout.meta, create: false))
        var row: [UInt8] = []
        Bytes.appendLittleEndian(number, to: &row)
        try log.write { try $0.put(row.span, for: Array(name.utf8).span, in: meta) }
        log.close()
    }

    @Test func anIndexThatIsMissingIsBuiltAnew() throws {
        let fixture = try StoreFixture()
        var store = try fixture.open(units: [Ledger.unit])
        for number in 1...50 { try store.add(event("e\(number)", in: "s\(number % 3)")) }
        let rows = try store.ledger()
        try store.close()
        for name in try FileSystem.names(in: fixture.path) where name.hasPrefix("index") {
            try FileSystem.removeTree("\(fixture.path)/\(name)")
        }
        store = try fixture.open(units: [Ledger.unit])
        #expect(try store.ledger() == rows)
        #expect(try store.add(event("e7", in: "s1")).position == Position(7), "still a repetition")
        #expect(try store.add(event("new", in: "s1")).revision == Revision(17))
    }

    /// Events that opening folded are written when the store closes, so that the next opening need
    /// not.
    @Test func whatOpeningFoldedIsWrittenOnClosing() throws {
        let fixture = try StoreFixture()
        var store = try fixture.open(units: [Ledger.unit])
        for number in 1...5 { try store.add(event("e\(number)")) }
        try store.close()
        try FileSystem.removeTree(fixture.path + "/index-1")
        store = try fixture.open(
            units: [Ledger.unit], settings: .tested.with { $0.openingFoldEventsMax = 5 })
        try store.close()
        let checkpoints = try IndexReader(store.index).durablePositions.positions
        #expect(checkpoints == [Position(5), Position(5), Position(5)])
    }

    @Test func anIndexOfAnotherLogIsRefused() throws {
        let (one, other) = (try StoreFixture(), try StoreFixture())
        try one.open().close()
        try other.open().close()
        try FileSystem.removeTree(other.path + "/index-1")
        try FileManager.default.copyItem(
            atPath: one.path + "/index-1", toPath: other.path + "/index-1")
        #expect(code { _ = try other.open() } == .corruptIndex)
        try FileSystem.removeTree(other.path + "/index-1")
        #expect(try other.open().positions() == 0)
    }

    /// An older copy of the log under a newer index would give positions away twice.
    @Test func aLogRolledBackIsRefused() throws {
        let fixture = try StoreFixture()
        var store: Store? = try fixture.open()
        try store?.add(event("one"))
        try store?.close()
        store = nil
        let log = fixture.path + "/log/data.mdb"
        let older = try Data(contentsOf: URL(fileURLWithPath: log))
        store = try fixture.open()
        try store?.add(event("two"))
        try store?.close()
        store = nil
        try older.write(to: URL(fileURLWithPath: log))
        #expect(code { _ = try fixture.open() } == .logRolledBack)
        func rebuild(accepting: Bool) throws {
            _ = try Rebuilder(
                path: fixture.path, units: [], acceptsRollback: accepting, settings: .tested
            ).run()
        }
        #expect(code { try rebuild(accepting: false) } == .logRolledBack, "by its index")
        try FileSystem.removeTree(fixture.path + "/index-1")
        #expect(code { try rebuild(accepting: false) } == .logRolledBack, "by what was signed")
        try rebuild(accepting: true)
        #expect(try fixture.open().positions() == 2, "the swap is an event")
    }

    @Test func aUnitOfAnotherVersionIsNotMixedUp() throws {
        let fixture = try StoreFixture()
        var store: Store? = try fixture.open(units: [Ledger.unit])
        try store?.add(event())
        try store?.close()
        store = nil
        let newer = ProjectionUnit(name: "ledger", version: 2, projections: [Ledger()])
        let refusing = Store.Settings.tested.with { $0.changedUnits = .refuse }
        #expect(code { _ = try fixture.open(units: [newer], settings: refusing) } == .corruptIndex)
    }

    /// A unit the index has never seen is folded from the first event; the others stay where they
    /// are.
    @Test func aNewUnitCatchesUp() throws {
        let fixture = try StoreFixture()
        var store: Store? = try fixture.open()
        for number in 1...20 { try store?.add(event("e\(number)")) }
        try store?.close()
        store = nil
        let opened = try fixture.open(units: [Ledger.unit])
        #expect(try opened.ledger().count == 20)
    }

    @Test func aStoreOpenedForReadingRefusesAppends() throws {
        let fixture = try StoreFixture()
        var store: Store? = try fixture.open(units: [Ledger.unit])
        try store?.add(event("one"))
        try store?.close()
        store = nil
        let reading = try fixture.open(
            units: [Ledger.unit], settings: .tested.with { $0.isReadOnly = true })
        #expect(try reading.ledger().count == 1)
        #expect(code { try reading.add(event()) } == .noPermission)
        try reading.close()
    }
}
