import Hansard
import HansardRecords
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Both sides of every limit.
@Suite struct LimitTests {
    private let fixture: StoreFixture
    private let store: Store

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open(settings: .tested.with { $0.eventBytesMax = 10_000 })
    }

    private func refusal(_ change: (inout Event) throws -> Void) throws -> ErrorCode? {
        var changed = try event()
        try change(&changed)
        let result = code { try store.add(changed) }
        #expect(try store.read { try $0.event(withID: changed.id) != nil } == (result == nil))
        return result
    }

    @Test func sizes() throws {
        let around = PayloadTests.packed(try event(data: #"{"t":""}"#)).count + 2
        for (extra, expected) in [(0, nil), (1, ErrorCode.tooLarge)] {
            let text = String(repeating: "x", count: 10_000 - around + extra)
            let result = try refusal { $0.data = try Record([("t", .string(text))]) }
            #expect(result == expected, "\(extra)")
        }
    }

    /// Metadata counts as data does.
    @Test func bytesOfAnAppend() throws {
        let store = try StoreFixture().open(settings: .tested.with { $0.appendBytesMax = 1_000 })
        let note = try Record([("note", .string(String(repeating: "x", count: 600)))])
        var events = try [event(), event()]
        events[0].metadata = note
        _ = try store.appendBlocking(Append(events))
        events = try [event(), event()]
        (events[0].metadata, events[1].data) = (note, note)
        #expect(code { _ = try store.appendBlocking(Append(events)) } == .tooLarge)
        try store.close()
    }

    @Test func types() throws {
        #expect(try refusal { $0.type = EventType(String(repeating: "t", count: 64)) } == nil)
        #expect(
            try refusal { $0.type = EventType(String(repeating: "t", count: 65)) }
                == .invalidArgument)
        #expect(
            try refusal { $0.type = EventType(String(repeating: "é", count: 33)) }
                == .invalidArgument)
        #expect(try refusal { $0.type = EventType("") } == .invalidArgument)
    }

    @Test func schemaVersions() throws {
        for (version, expected) in [
            (1, nil), (65_535, nil), (0, ErrorCode.invalidArgument),
            (65_536, .invalidArgument),
            (-1, .invalidArgument),
        ] { #expect(try refusal { $0.schemaVersion = version } == expected, "\(version)") }
    }

    @Test func claims() throws {
        for (count, expected) in [(200, nil), (1_025, ErrorCode.invalidArgument)] {
            #expect(
                try refusal { $0.claims = try (0..<count).map { try Identifier("c\($0)") } }
                    == expected)
        }
        let wide = try StoreFixture().open()
        let claims = (0..<1_024).map { "c\($0)" }
        #expect(try wide.add(event(claims: claims)).event.claims.count == 1_024)
        #expect(code { try wide.add(event("c1023")) } == .idConflict)
    }

    @Test func categories() throws {
        let id = try Identifier("x")
        for (category, isGood) in [
            ("a", true), (String(repeating: "c", count: 32), true), ("", false),
            (String(repeating: "c", count: 33), false), ("a/b", false),
        ] {
            let result = code { _ = try StreamName(category: category, id: id) }
            #expect(result == (isGood ? nil : .invalidArgument))
        }
        #expect(code { _ = try StreamName(text: "session") } == .invalidArgument)
        #expect(code { _ = try StreamName(text: "session/") } == .invalidIdentifier)
        #expect(try StreamName(text: "session/a/b").id.text == "a/b")
    }

    /// The longest names there may be are stored, found and read back like any other.
    @Test func theLongestNames() throws {
        let id = String(repeating: "i", count: 255)
        let name = StreamName(
            knownCategory: String(repeating: "c", count: 32), id: try Identifier(id))
        let long = Event(
            id: try Identifier(id), type: EventType("t"), stream: name, lifecycle: .begins)
        try store.add(long)
        #expect(try store.read { try $0.stream(name)?.entity } == Position(1))
        try store.close()
        let again = try fixture.open()
        #expect(try again.read { try $0.stream(name)?.entity } == Position(1))
        #expect(try again.read { try $0.event(withID: Identifier(id))?.position } == Position(1))
    }

    @Test func anEmptyAppendIsRefused() throws {
        #expect(code { _ = try store.appendBlocking(Append([])) } == .invalidArgument)
        #expect(try store.appendBlocking([Append]()).isEmpty)
    }

    /// An append beyond every bound of a commit gets through alone.
    @Test func anAppendLargerThanTheQueueGoesThrough() throws {
        let small = try StoreFixture().open(
            settings: .tested.with {
                $0.queueEventsMax = 2
                $0.queueBytesMax = 10
                $0.groupEventsMax = 1
                $0.groupBytesMax = 1
            })
        let events = try (0..<20).map { try event("e\($0)") }
        #expect(try small.appendBlocking(Append(events)).positions.count == 20)
        #expect(try small.positions() == 20)
    }

    /// A log at its limit refuses, says why, and is still read.
    @Test func aLogAtItsLimitRefuses() throws {
        let full = try StoreFixture()
        try full.open().add(event("one"))
        let store = try full.open(settings: .tested.with { $0.logBytesMax = 1 })
        #expect(code { try store.add(event("two")) } == .full)
        #expect(try store.positions() == 1)
    }
}
