import Hansard
import HansardRecords
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// The same id again: for ever the same event, or a conflict.
@Suite struct RepetitionTests {
    private let fixture: StoreFixture
    private let store: Store

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.add(event("other"))
        try store.add(
            event(
                "one", in: "s1", .begins, claims: ["c1", "c2"], data: #"{"a":1,"b":{"x":1,"y":2}}"#)
        )
    }

    private func repetition() throws -> Event {
        try event(
            "one", in: "s1", .begins, claims: ["c2", "c1"], data: #"{"b":{"y":2,"x":1},"a":1}"#)
    }

    private func expectRepeated(_ store: Store, _ event: Event) throws {
        let before = try store.positions()
        let appended = try store.appendBlocking(Append([event]))
        #expect(appended == Appended(positions: [Position(2)], wasRepeated: true))
        #expect(try store.positions() == before)
    }

    @Test func aRepetitionAnswersWithTheFirstPosition() throws {
        try expectRepeated(store, repetition())
    }

    @Test func aRepetitionIsKnownAfterOpeningAgain() throws {
        try store.close()
        try expectRepeated(try fixture.open(), repetition())
    }

    @Test func aRepetitionIsKnownFromTheIndex() throws {
        try store.indexWriter.flush()
        #expect(store.fold.published.core.eventsCount == 0)
        try expectRepeated(store, repetition())
        #expect(code { try store.add(event("one")) } == .idConflict)
    }

    /// A retry whose first attempt went through must not fail because of what that did.
    @Test func aRepetitionNeedsNoExpectation() throws {
        let name = try stream("s1")
        for expected in [ExpectedRevision.noStream, .exactly(Revision(7))] {
            let appended = try store.appendBlocking(
                Append([repetition()], expecting: [name: expected]))
            #expect(appended.wasRepeated)
        }
    }

    /// Within one commit, before anything of it is in a table.
    @Test func aRepetitionInTheSameGroupIsKnown() throws {
        let fresh = try event("fresh")
        let answers = try store.appendBlocking([Append([fresh]), Append([fresh])])
        #expect(try answers.map { try $0.get().wasRepeated } == [false, true])
        #expect(try answers.map { try $0.get().first.rawValue } == [3, 3])
    }

    static let changes: [@Sendable (inout Event) throws -> Void] = [
        { $0.type = EventType("other") }, { $0.stream = try stream("s2") },
        { $0.schemaVersion = 2 }, { $0.lifecycle = .ends }, { $0.actor = "a" },
        { $0.onBehalfOf = "b" }, { $0.correlationID = try Identifier("c") },
        { $0.causationID = try Identifier("d") }, { $0.claims = [] },
        { $0.claims = [try Identifier("c1"), try Identifier("c3")] },
        { $0.data = try Record(json: #"{"a":1,"b":{"x":1,"y":3}}"#) },
        { $0.data = try Record(json: #"{"a":1}"#) },
        { $0.data = try Record(json: #"{"a":1.0,"b":{"x":1,"y":2}}"#) },
        { $0.metadata = try Record(json: #"{"m":1}"#) },
    ]

    @Test(arguments: changes.indices) func otherContentIsAConflict(number: Int) throws {
        var changed = try repetition()
        try Self.changes[number](&changed)
        let error = try #require(
            #expect(throws: HansardError.self) { try store.appendBlocking(Append([changed])) })
        #expect(error.code == .idConflict)
        #expect(error.position == Position(2))
        #expect(try store.positions() == 2)
    }

    @Test func claimedIdsAreTaken() throws {
        #expect(code { try store.add(event("c1")) } == .idConflict)
        #expect(code { try store.add(event("new", claims: ["c2"])) } == .idConflict)
        #expect(code { try store.add(event("new", claims: ["other"])) } == .idConflict)
        #expect(try store.add(event("new", claims: ["c3"])).position == Position(3))
        try store.close()
        #expect(code { try fixture.open().add(event("c3")) } == .idConflict)
    }

    /// Fields the store filled in are no part of the caller's content, on either side.
    @Test func filledFieldsAreNotCompared() throws {
        var first = try event("filled", data: #"{"a":1,"created_at":"now"}"#)
        first.filledFields = ["created_at"]
        try store.add(first)
        for retry in [#"{"a":1}"#, #"{"created_at":"later","a":1}"#] {
            #expect(try store.add(event("filled", data: retry)).position == Position(3))
        }
        #expect(code { try store.add(event("filled", data: #"{"a":2}"#)) } == .idConflict)
        try store.add(event("plain", data: #"{"a":1}"#))
        var retry = try event("plain", data: #"{"a":1,"created_at":"now"}"#)
        retry.filledFields = ["created_at"]
        #expect(try store.add(retry).position == Position(4))
    }

    @Test func severalEventsAreRepeatedWholeInAnyOrder() throws {
        let (x, y) = (try event("x"), try event("y"))
        _ = try store.appendBlocking(Append([x, y]))
        #expect(try store.appendBlocking(Append([y, x])).positions.map(\.rawValue) == [4, 3])
        #expect(try store.appendBlocking(Append([y])).wasRepeated)
    }

    @Test func halfARepetitionIsRefused() throws {
        let half = Append([try repetition(), try event("new")])
        #expect(code { _ = try store.appendBlocking(half) } == .idConflict)
        #expect(try store.read { try $0.event(withID: Identifier("new")) } == nil)
    }

    @Test func anIdTwiceInOneAppendIsRefused() throws {
        let pairs = [
            [try event("a"), try event("a")], [try event("a"), try event("b", claims: ["a"])],
            [try event("a", claims: ["b"]), try event("c", claims: ["b"])],
            [try event("a", claims: ["b", "b"])],
        ]
        for events in pairs {
            #expect(code { _ = try store.appendBlocking(Append(events)) } == .invalidArgument)
        }
        #expect(try store.positions() == 2)
        #expect(try store.add(event("self", claims: ["self"])).position == Position(3))
    }

    /// Ids are their bytes: no case, no Unicode equivalence.
    @Test func idsThatOnlyLookAlikeAreOthers() throws {
        try store.add(event("caf\u{E9}"))
        #expect(try store.add(event("cafe\u{301}")).position == Position(4))
        let uuid = "0b9c1f6e-8a55-4f3e-9d6f-3f0f8b1a2c3d"
        try store.add(event(uuid))
        #expect(try store.add(event(uuid.uppercased())).position == Position(6))
    }
}
