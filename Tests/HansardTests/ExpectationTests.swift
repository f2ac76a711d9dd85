import Hansard
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct ExpectationTests {
    private let fixture: StoreFixture
    private let store: Store

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.add(event(in: "living", .begins))
        try store.add(event(in: "living"))
        try store.add(event(in: "ended", .begins))
        try store.add(event(in: "ended", .ends))
        try store.add(event(in: "unborn"))
    }

    /// Streams: one whose thing lives, one whose thing ended, one that never began, one never
    /// written.
    static let cases: [(ExpectedRevision, met: [Bool])] = [
        (.any, [true, true, true, true]),
        (.noStream, [false, true, true, true]),
        (.streamExists, [true, false, false, false]),
        (.exactly(Revision(1)), [true, true, false, false]),
        (.exactly(Revision(0)), [false, false, true, false]),
        (.exactly(Revision(2)), [false, false, false, false]),
    ]

    @Test(arguments: cases.indices) func expectationsAreMetOrRefuse(number: Int) throws {
        let (expected, met) = Self.cases[number]
        for (name, isMet) in zip(["living", "ended", "unborn", "new"], met) {
            let result = code { try store.add(event(in: "elsewhere"), [stream(name): expected]) }
            #expect(result == (isMet ? nil : .wrongExpectedRevision), "\(expected) of \(name)")
        }
    }

    @Test func aRefusalNamesTheStreamAndItsEnd() throws {
        let error = try #require(
            #expect(throws: HansardError.self) {
                try store.add(event(in: "living"), [stream("living"): .exactly(Revision(0))])
            })
        #expect(error.stream == (try stream("living")))
        #expect(error.code == .wrongExpectedRevision && error.position == Position(2))
    }

    /// All or none, across streams, whichever expectation fails.
    @Test func oneUnmetExpectationRefusesTheWholeAppend() throws {
        let before = try store.history()
        let append = Append(
            [try event(in: "living"), try event(in: "new", .begins)],
            expecting: [try stream("living"): .streamExists, try stream("ended"): .streamExists])
        #expect(code { _ = try store.appendBlocking(append) } == .wrongExpectedRevision)
        #expect(try store.history() == before)
        #expect(try store.read { try $0.stream(stream("new")) } == nil)
    }

    /// Expectations speak of the head before the append, not of what its own events do.
    @Test func anAppendMayMakeWhatItExpectsToBeMissing() throws {
        let name = try stream("fresh")
        let append = Append(
            [try event(in: "fresh", .begins), try event(in: "fresh")], expecting: [name: .noStream])
        #expect(try store.appendBlocking(append).positions.count == 2)
    }

    /// One of many that expect the same revision gets it.
    @Test func ofManyRivalsOneWins() async throws {
        let name = try stream("living")
        let store = store
        let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let rival = try event("rival-\(number)", in: "living")
                    do {
                        _ = try await store.append(
                            [rival], to: name, expecting: .exactly(Revision(1)))
                        return true
                    } catch let error as HansardError {
                        #expect(error.code == .wrongExpectedRevision)
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
        #expect(try store.positions() == 6)
    }

    /// In one group of the writer the later append sees what the earlier did.
    @Test func appendsOfOneGroupSeeEachOther() throws {
        let name = try stream("fresh")
        let appends = try (0..<3).map { _ in
            Append([try event(in: "fresh", .begins)], expecting: [name: .noStream])
        }
        let answers = try store.appendBlocking(appends)
        #expect(answers.map(\.code) == [nil, .wrongExpectedRevision, .wrongExpectedRevision])
        #expect(try store.positions() == 6)
    }
}
