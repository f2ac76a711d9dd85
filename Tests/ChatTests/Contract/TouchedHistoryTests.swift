import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// A record's history has what others did to it, and reading it costs what touched it.
@Suite(.serialized) struct TouchedHistoryTests {
    private let fixture: ContractFixture

    init() throws { fixture = try ContractFixture() }

    private func id(_ text: String) throws -> Identifier { try Identifier(text) }

    private func effects(_ kind: RecordKind, _ name: String) throws -> [HistoryEffect] {
        try fixture.read { try $0.changes(of: kind, id(name)).map(\.effect) }
    }

    /// Two sessions in which the same happens; in `s` to `m0`, `m9`, `c` and `k`.
    private func fill() throws {
        for session in ["s", "o"] {
            let suffix = session == "s" ? "" : "o"
            try fixture.session(session)
            for number in 0..<10 { try fixture.message("m\(number)\(suffix)", in: session) }
            try fixture.context("c\(suffix)", #""session_id":"\#(session)""#)
            try fixture.task("k\(suffix)", in: session)
            for kept in [9, 8, 7] {
                _ = try fixture.perform(.trimMessages(ofSession: id(session), keeping: kept))
            }
            _ = try fixture.perform(.redactMessage(id("m9\(suffix)")))
            _ = try fixture.perform(.showRedacted(id("m9\(suffix)")))
            _ = try fixture.perform(.updateSession(id(session), record(#"{"title":"u"}"#)))
        }
        _ = try fixture.perform(.showAllRedacted(reason: "audit"))
        for session in ["s", "o"] { _ = try fixture.perform(.deleteSession(id(session))) }
    }

    /// To show redacted text is an operator's act: without a name it is the program's.
    @Test func showingsWithoutANameAreTheProgramsOwn() throws {
        let named = try ChatFixture { $0.actor = "gateway" }
        try named.session("s")
        try named.message("m", in: "s")
        _ = try named.chat.performBlocking(.redactMessage(id("m")), as: Provenance(actor: "anna"))
        _ = try named.chat.performBlocking(.showRedacted(id("m")))
        _ = try named.chat.performBlocking(.showAllRedacted(), as: Provenance(actor: "ben"))
        let actors = try named.read { view in
            try (3...5).map { try view.event(at: Position($0))?.event.actor }
        }
        #expect(actors == ["anna", "gateway", "ben"])
    }

    @Test func othersEventsSayWhatTheyDid() throws {
        try fill()
        try fixture.everywhere { () throws in
            #expect(try effects(.message, "m0") == [.created, .hidden, .removed])
            #expect(try effects(.message, "m5") == [.created, .removed])
            #expect(try effects(.message, "m9") == [.created, .redacted, .shown, .shown, .removed])
            #expect(try effects(.context, "c") == [.created, .removed])
            #expect(try effects(.task, "k") == [.created, .removed])
            let session: [HistoryEffect] = [
                .created, .trimmed, .trimmed, .trimmed, .changed, .removed,
            ]
            #expect(try effects(.session, "s") == session)
            for (kind, name) in [
                (RecordKind.message, "m0"), (.message, "m9"), (.context, "c"), (.task, "k"),
            ] {
                let entries = try fixture.read { try $0.changes(of: kind, id(name)) }
                for entry in entries.dropFirst() where entry.effect != .redacted {
                    #expect(entry.changes.isEmpty, "\(kind) \(entry.effect)")
                }
            }
        }
    }

    /// A showing of everything is none of what was redacted after it looked.
    @Test func aShowingOfAllIsOfWhatWasRedactedBefore() throws {
        try fixture.session("s")
        for name in ["early", "late"] { try fixture.message(name, in: "s") }
        _ = try fixture.perform(.redactMessage(id("early")))
        let looked = try fixture.eventsCount
        _ = try fixture.perform(.redactMessage(id("late")))
        let showing = Event(
            type: EventType("redacted.shown"), stream: ChatEvents.redactions,
            data: try record(#"{"through":\#(looked)}"#))
        _ = try fixture.chat.store.appendBlocking(Append([showing]))
        try fixture.everywhere { () throws in
            #expect(try effects(.message, "early") == [.created, .redacted, .shown])
            #expect(try effects(.message, "late") == [.created, .redacted])
        }
        _ = try fixture.perform(.showAllRedacted())
        #expect(try effects(.message, "late") == [.created, .redacted, .shown])
    }

    /// A showing of a part of the log is one of the messages whose text stands there, edits too.
    @Test func aShowingOfAPartIsOfWhatStandsThere() throws {
        try fixture.session("s")
        for name in ["early", "late"] { try fixture.message(name, in: "s") }
        let edited = Position(UInt64(try fixture.eventsCount)).next
        _ = try fixture.perform(.editMessage(id("early"), record(#"{"role":"user"}"#)))
        for name in ["early", "late"] { _ = try fixture.perform(.redactMessage(id(name))) }
        let late = try fixture.read { try $0.history(.message, id("late"))[0].position }
        _ = try fixture.perform(.showAllRedacted(from: late, through: late))
        _ = try fixture.perform(.showAllRedacted(from: edited, through: edited))
        try fixture.everywhere { () throws in
            #expect(try effects(.message, "early") == [.created, .changed, .redacted, .shown])
            #expect(try effects(.message, "late") == [.created, .redacted, .shown])
        }
        let events = try fixture.read { try $0.history(.message, id("late")) }
        let data = try #require(events.last?.event.data)
        #expect(data.integer("from") == data.integer("through") && data.integer("from") != nil)
    }

    @Test func itEndsAtAMoment() throws {
        try fill()
        let positions = try fixture.read { try $0.history(.message, id("m9")).map(\.position) }
        for count in positions.indices {
            let found = try fixture.read {
                try $0.past(asOf: positions[count]).history(.message, id("m9")).map(\.position)
            }
            #expect(found == Array(positions[...count]))
        }
        let before = Position(positions[0].rawValue - 1)
        #expect(try fixture.read { try $0.past(asOf: before).history(.message, id("m9")).isEmpty })
        // What was redacted later is left out of the past too.
        let past = try fixture.read {
            try $0.past(asOf: positions[0]).changes(of: .message, id("m9")).map(\.event.event.data)
        }
        #expect(past.map { $0.contains("redacted") } == [true])
    }

    /// Only events that touched it, and the trims of its session, are read: with all others
    /// damaged it is answered all the same.
    @Test func itReadsNothingElse() throws {
        try fill()
        try fixture.flush()
        let kinds: [(RecordKind, String)] = [
            (.message, "m0"), (.message, "m9"), (.context, "c"), (.task, "k"), (.session, "s"),
        ]
        let wanted = try kinds.map { kind, name in
            try fixture.read { try $0.history(kind, id(name)).map(\.position) }
        }
        let read = Set(wanted.joined())
        let log = fixture.chat.store.log
        for position in 1...(try fixture.eventsCount) where !read.contains(Position(position)) {
            try log.environment.write {
                try $0.put([1, 2, 3].span, integerKey: position, in: log.events)
            }
        }
        for ((kind, name), positions) in zip(kinds, wanted) {
            let found = try fixture.read { try $0.history(kind, id(name)).map(\.position) }
            #expect(found == positions, "\(kind) \(name)")
        }
    }
}
