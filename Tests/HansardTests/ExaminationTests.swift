import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct ExaminationTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func examine(
        _ units: [ProjectionUnit] = [], settings: Store.Settings = .tested
    ) -> StoreExamination {
        StoreExamination(path: fixture.path, units: units, settings: settings)
    }

    private func fill(_ count: Int = 5, units: [ProjectionUnit] = []) throws {
        let store = try fixture.open(units: units)
        for _ in 0..<count { try store.add(event()) }
        try store.close()
    }

    private func bytes(of name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(fixture.path)/\(name)"))
    }

    @Test func aSoundStore() throws {
        try fill(units: [Ledger.unit])
        let before = (try bytes(of: "log/data.mdb"), try bytes(of: "index-1/data.mdb"))
        let found = examine([Ledger.unit])
        #expect(try found.log.get().head == Position(5))
        #expect(try found.log.get().headRecordedAt != nil)
        #expect(try found.log.get().clockBehindMax == .zero)
        #expect(
            try #require(found.statistics).get().units.map(\.name) == ["core", "ledger", "tree"])
        #expect(found.hasIndex && found.leftovers.isEmpty && found.laggingReaders.isEmpty)
        #expect(found.files.map(\.path).first == fixture.path)
        #expect(found.files.count == 7)
        #expect(
            found.files.allSatisfy { $0.isReadable && $0.isWritable && $0.ownerID == geteuid() })
        #expect(found.files.filter { $0.path.hasSuffix("data.mdb") }.map(\.mode) == [0o640, 0o640])
        #expect(try found.place.get().networkName == nil)
        #expect(try found.place.get().freeBytes > 0)
        #expect(try bytes(of: "log/data.mdb") == before.0)
        #expect(try bytes(of: "index-1/data.mdb") == before.1)
    }

    @Test func whatIsNotThere() throws {
        let found = StoreExamination(path: fixture.path + "/none", units: [], settings: .tested)
        #expect(found.files.isEmpty && !found.hasIndex && found.statistics == nil)
        #expect(code { _ = try found.log.get() } == .notAStore)
        #expect(try found.place.get().freeBytes > 0)
    }

    @Test func aDamagedLog() throws {
        try fill()
        try fixture.directory.rewrite("store/log/data.mdb") { $0.removeSubrange(5_000...) }
        let found = examine()
        #expect(code { _ = try found.log.get() } == .corruptEvent)
        #expect(found.statistics == nil)
        #expect(found.files.count == 7)
    }

    @Test func aDamagedIndex() throws {
        try fill()
        try fixture.directory.rewrite("store/index-1/data.mdb") { $0.removeSubrange(5_000...) }
        let found = examine()
        #expect(try found.log.get().head == Position(5))
        #expect(code { _ = try found.statistics?.get() } == .corruptIndex)
    }

    @Test func aStoreWithoutAnIndex() throws {
        try fill()
        try FileManager.default.removeItem(atPath: "\(fixture.path)/index-1")
        let found = examine()
        #expect(!found.hasIndex && found.statistics == nil)
        #expect(try found.log.get().head == Position(5))
        #expect(!FileManager.default.fileExists(atPath: "\(fixture.path)/index-1"))
    }

    @Test func aStoppedUnit() throws {
        try fill(units: [Ledger.failing(at: 3)])
        let stopped = try #require(examine([Ledger.failing(at: 3)]).statistics).get().units[1]
        #expect(stopped.stop?.position == Position(3))
        #expect(stopped.current == .zero)
    }

    @Test func leftovers() throws {
        try fill()
        let unfinished = fixture.path + ".new-1"
        for path in [unfinished, fixture.path + "/index-7", fixture.path + "/index-8.building"] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
        }
        #expect(
            examine().leftovers
                == [
                    .unfinishedStore(path: unfinished),
                    .unfinishedIndex(path: fixture.path + "/index-8.building"),
                    .otherIndex(number: 7),
                ])
    }

    @Test func clocksThatWentBackOrAreAhead() throws {
        let times: [Int64] = [5_000_000, 1_000_000]
        for time in times {
            let store = try fixture.open(settings: .tested.with { $0.clock = { .microseconds(time) } })
            try store.add(event())
            try store.close()
        }
        let found = examine([], settings: .tested.with { $0.clock = { .microseconds(2_000_000) } })
        #expect(try found.log.get().headRecordedAt == .microseconds(5_000_000))
        #expect(try found.log.get().clockBehindMax == .seconds(4))
        #expect(found.examinedAt == .microseconds(2_000_000))
    }

    @Test func aReaderThatKeepsAnOldSnapshot() throws {
        let store = try fixture.open()
        try store.add(event())
        let snapshot = try store.log.environment.beginRead()
        for _ in 0..<3 { try store.add(event()) }
        let reader = try #require(examine().laggingReaders.first)
        #expect(reader.environment == "log" && reader.commitsBehind == 3)
        #expect(reader.processID == ProcessIdentity.processID)
        #expect(snapshot.transactionID > 0)
    }
}
