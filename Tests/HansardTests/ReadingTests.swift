import Hansard
import HansardRecords
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct ReadingTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    /// Whatever the size of the tail, what was answered is there.
    @Test(arguments: [1, 2, 7, 32_000]) func readsAreCurrent(flushEvents: Int) throws {
        let store = try fixture.open(
            units: [Ledger.unit], settings: .tested.with { $0.flushEventsMax = flushEvents })
        for number in 1...40 {
            let added = try store.add(
                event("e\(number)", in: "s\(number % 3)", claims: ["c\(number)"]))
            try store.read { view throws in
                #expect(view.position == added.position)
                #expect(try view.ledger().count == number)
                #expect(try view.event(withID: added.event.id)?.position == added.position)
                #expect(
                    try view.event(withID: Identifier("c\(number)"))?.position == added.position)
                #expect(try view.event(withID: Identifier("e1"))?.position == Position(1))
                #expect(try view.stream(added.event.stream)?.last == added.position)
            }
        }
    }

    @Test func whatIsNotThereIsNil() throws {
        let store = try fixture.open(units: [Ledger.unit])
        try store.read { view throws in
            #expect(view.position == .zero)
            #expect(try view.event(at: Position(1)) == nil)
            #expect(try view.ledger().isEmpty)
        }
        try store.add(event("one"))
        try store.read { view throws in
            #expect(try view.event(at: .zero) == nil)
            #expect(try view.event(at: Position(2)) == nil)
            #expect(try view.event(at: Position(.max)) == nil)
            #expect(try view.event(withID: Identifier("two")) == nil)
            #expect(try view.event(withID: Identifier("s1")) == nil, "streams are no ids")
            #expect(try view.stream(stream("one")) == nil, "ids are no streams")
            #expect(try view.stream(stream("s1", category: "agent")) == nil)
            #expect(code { _ = try view.table("no.such") } == .invalidArgument)
        }
    }

    @Test func rangesOfEventsEndAtTheView() throws {
        let store = try fixture.open()
        for number in 1...10 { try store.add(event("e\(number)")) }
        func positions(_ first: UInt64, _ last: UInt64) throws -> [UInt64] {
            var found: [UInt64] = []
            try store.read {
                try $0.forEachEvent(from: Position(first), through: Position(last)) {
                    found.append($0.position.rawValue)
                }
            }
            return found
        }
        #expect(try positions(0, 3) == [1, 2, 3])
        #expect(try positions(8, .max) == [8, 9, 10])
        #expect(try positions(5, 5) == [5])
        #expect(try positions(6, 5) == [])
        #expect(try positions(11, 20) == [])
    }

    /// A view shows one position, while appends and flushes go on.
    @Test(arguments: [1, 32_000]) func aViewStaysAsItWas(flushEvents: Int) throws {
        let store = try fixture.open(
            units: [Ledger.unit], settings: .tested.with { $0.flushEventsMax = flushEvents })
        for number in 1...5 { try store.add(event("e\(number)", in: "x")) }
        try store.read { view throws in
            let (rows, state) = (try view.ledger(), try view.stream(stream("x")))
            for number in 6...20 { try store.add(event("e\(number)", in: "x")) }
            #expect(view.position == Position(5))
            #expect(try view.ledger() == rows)
            #expect(try view.stream(stream("x")) == state)
            #expect(try view.event(at: Position(6)) == nil)
            #expect(try view.event(withID: Identifier("e6")) == nil)
            #expect(try view.event(withID: Identifier("e5"))?.position == Position(5))
        }
        #expect(try store.ledger().count == 20)
    }

    /// Each read sees whole appends: never one event of a pair.
    @Test func appendsAreSeenWhole() async throws {
        let store = try fixture.open(
            units: [Ledger.unit], settings: .tested.with { $0.flushEventsMax = 16 })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<25 {
                        let pair = Append([
                            try event("\(writer)-\(number)-a", in: "a"),
                            try event("\(writer)-\(number)-b", in: "b"),
                        ])
                        _ = try await store.append(pair)
                    }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    var last = Position.zero
                    while last.rawValue < 200 {
                        await Task.yield()
                        try store.read { view throws in
                            #expect(view.position >= last)
                            last = view.position
                            #expect(last.rawValue % 2 == 0)
                            let (a, b) = (
                                try view.stream(stream("a")), try view.stream(stream("b"))
                            )
                            #expect(a?.revision == b?.revision)
                            #expect(try view.ledger().count == Int(last.rawValue))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
