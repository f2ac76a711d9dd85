import Foundation
import Hansard
import HansardBindings
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// One store opened several times in this process, closed, left, and opened again.
@Suite struct SharingTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    @Test func openingTwiceGivesTheSameStore() throws {
        let store = try fixture.open()
        #expect(try fixture.open() === store)
        #expect(try Store.open(fixture.path + "/", units: []) === store)
    }

    @Test func aSymbolicLinkLeadsToTheSameStore() throws {
        let store = try fixture.open()
        let link = fixture.directory.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: fixture.path)
        #expect(try Store.open(link, units: []) === store)
    }

    @Test func aRelativePathLeadsToTheSameStore() throws {
        let store = try fixture.open()
        let here = FileManager.default.currentDirectoryPath
        let up = here.split(separator: "/").map { _ in ".." }.joined(separator: "/")
        #expect(try Store.open((up.isEmpty ? "." : up) + fixture.path, units: []) === store)
    }

    @Test func manyThreadsOpeningAtOnceGetTheSameStore() async throws {
        let path = fixture.path
        try await withThrowingTaskGroup(of: Store.self) { group in
            for _ in 0..<16 { group.addTask { try Store.open(path, units: []) } }
            var stores: [Store] = []
            for try await store in group { stores.append(store) }
            #expect(stores.allSatisfy { $0 === stores[0] })
        }
    }

    @Test func closingTwiceIsHarmless() throws {
        let store = try fixture.open()
        try store.add(event())
        #expect(!store.isClosed)
        try store.close()
        try store.close()
        #expect(store.isClosed)
    }

    @Test func aClosedStoreAnswersClosed() async throws {
        let store = try fixture.open()
        try store.close()
        #expect(code { try store.add(event()) } == .closed)
        #expect(code { _ = try store.positions() } == .closed)
        await #expect(throws: HansardError.self) { try await store.append(Append([event()])) }
        let prepared = try store.prepare(Append([event()]))
        #expect(await store.enqueue([prepared]).answers().map(\.code) == [.closed])
        #expect(store.appendBlocking(prepared: [prepared]).map(\.code) == [.closed])
    }

    /// The old object stays closed, the new one has everything.
    @Test func aStoreOpenedAgainIsANewOne() throws {
        let old = try fixture.open(units: [Ledger.unit])
        try old.add(event("one"))
        try old.close()
        let new = try fixture.open(units: [Ledger.unit])
        #expect(new !== old)
        #expect(try new.add(event("two")).position == Position(2))
        #expect(try new.ledger().count == 2)
        #expect(code { _ = try old.positions() } == .closed)
    }

    @Test func aStoreLetGoOfKeepsWhatItAnswered() throws {
        for round in 1...5 {
            let store = try fixture.open(units: [Ledger.unit])
            try store.add(event("e\(round)"))
            #expect(try store.ledger().count == round)
        }
    }

    /// Everything appended is in the index then: the next opening has nothing to fold.
    @Test func closingLeavesAnEmptyTail() throws {
        let store = try fixture.open(units: [Ledger.unit])
        for number in 1...10 { try store.add(event("e\(number)")) }
        #expect(
            try IndexReader(store.index).durablePositions.core == .zero,
            "nothing was flushed before")
        try store.close()
        #expect(
            try IndexReader(store.index).durablePositions.positions == [
                Position(10), Position(10), Position(10),
            ])
        #expect(store.fold.published.units.allSatisfy { $0.tail.eventsCount == 0 })
    }

    @Test func twoStoresKnowNothingOfEachOther() throws {
        let other = try StoreFixture()
        let (a, b) = (try fixture.open(units: [Ledger.unit]), try other.open(units: [Ledger.unit]))
        try a.add(event("same", in: "x", data: #"{"in":"a"}"#))
        try b.add(event("same", in: "x", data: #"{"in":"b"}"#))
        try a.close()
        #expect(try b.add(event("next", in: "x")).revision == Revision(1))
        #expect(try b.ledger().count == 2)
        #expect(try fixture.open(units: [Ledger.unit]).ledger().count == 1)
    }
}
