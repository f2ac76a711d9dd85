import Hansard
import HansardRecords
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

@Suite struct QueryTests {
    private let fixture: ChatFixture

    init() throws { fixture = try ChatFixture() }

    private func sessions(limit: Int, _ direction: Direction) throws -> [String] {
        var ids: [String] = []
        var cursor: PageCursor?
        for _ in 0..<100 {
            let page = try fixture.read { try $0.sessions(limit: limit, after: cursor, direction) }
            #expect(page.items.count <= limit)
            ids += page.items.map(\.id.text)
            cursor = page.next
            if cursor == nil { break }
        }
        return ids
    }

    /// Also with equal times, at every size of a page, from the tail and from the index.
    @Test func sessionsArePagedBothWays() throws {
        for (id, time) in [("a", "02"), ("b", "01"), ("c", "02"), ("d", "02"), ("e", "03")] {
            try fixture.session(id, at: "2025-01-\(time)T00:00:00Z")
        }
        for _ in 0..<2 {
            for limit in 1...6 {
                #expect(try sessions(limit: limit, .forwards) == ["b", "a", "c", "d", "e"])
                #expect(try sessions(limit: limit, .backwards) == ["e", "d", "c", "a", "b"])
            }
            try fixture.chat.store.indexWriter.flush()
        }
    }

    @Test func messagesArePagedBothWaysBySession() throws {
        try fixture.session("s")
        try fixture.session("other")
        for (id, time) in [("a", "02"), ("b", "01"), ("c", "02"), ("d", "02"), ("e", "03")] {
            try fixture.message(id, in: "s", at: "2025-01-\(time)T00:00:00Z")
            try fixture.message("other-\(id)", in: "other", at: "2025-01-\(time)T00:00:00Z")
        }
        for limit in 1...6 {
            #expect(try messages("s", limit: limit, .forwards) == ["b", "a", "c", "d", "e"])
            #expect(try messages("s", limit: limit, .backwards) == ["e", "d", "c", "a", "b"])
        }
        #expect(try messages("s", limit: 2, .forwards, adding: true).count > 5)
    }

    /// To the end, though for each page a message arrives, some behind the cursor: each once.
    private func messages(
        _ session: String, limit: Int, _ direction: Direction, adding: Bool = false
    ) throws -> [String] {
        var ids: [String] = []
        var cursor: PageCursor?
        for number in 0..<100 {
            let page = try #require(
                try fixture.read {
                    try $0.messages(
                        ofSession: Identifier(session), limit: limit, after: cursor, direction)
                })
            ids += page.items.compactMap { $0.fields.string("message_uuid") }
            cursor = page.next
            if cursor == nil { break }
            if adding && number < 5 {
                try fixture.message(
                    "late-\(number)", in: session, at: "2025-01-0\(number + 1)T12:00:00Z")
            }
        }
        #expect(cursor == nil)
        #expect(Set(ids).count == ids.count)
        return ids
    }

    @Test func aPageIsBounded() throws {
        try fixture.session("s")
        try fixture.message("m", in: "s")
        for limit in [-1, 10_001, .max] {
            #expect(
                code { _ = try fixture.read { try $0.sessions(limit: limit) } } == .invalidArgument)
            #expect(
                code {
                    _ = try fixture.read {
                        try $0.messages(ofSession: Identifier("s"), limit: limit)
                    }
                } == .invalidArgument)
        }
    }

    @Test func aSessionIsReadBackWithItsId() throws {
        try fixture.session("s", title: "Title")
        let session = try #require(try fixture.read { try $0.session(Identifier("s")) })
        #expect(session.fields.string("title") == "Title")
        #expect(session.fields.string("id") == "s")
        #expect(session.position == Position(1))
    }

    @Test func aMessageIsReadBackWithItsPosition() throws {
        try fixture.session("s")
        try fixture.message("m", in: "s")
        let message = try #require(try fixture.read { try $0.message(Identifier("m")) })
        #expect(message.fields.integer("id") == 2)
        #expect(
            message.fields.removing("id") == (try Lines.record("m", "s", "2025-01-01T00:00:00Z")))
        let own = try Lines.record("m2", "s", "2025-01-01T00:00:00Z").setting("id", to: "mine")
        _ = try fixture.chat.store.appendBlocking(ChatEvents.messageCreated(own))
        #expect(try fixture.read { try $0.message(Identifier("m2"))?.fields } == own)
    }

    @Test func whatIsNotThereIsNil() throws {
        try fixture.session("s")
        try fixture.read { view throws in
            let none = try Identifier("none")
            #expect(try view.session(none) == nil)
            #expect(try view.message(none) == nil)
            #expect(try view.message(Identifier("s")) == nil)
            #expect(try view.agent(none) == nil)
            #expect(try view.messages(ofSession: none, limit: 5) == nil)
            #expect(try view.messagesCount(ofSession: none) == 0)
            #expect(try view.messages(ofSession: Identifier("s"), limit: 5)?.items.isEmpty == true)
            #expect(try view.messagesCount(ofSession: Identifier("s")) == 0)
        }
        #expect(code { try fixture.message("m", in: "none") } == .wrongExpectedRevision)
    }

    @Test func messagesAreCounted() throws {
        try fixture.session("a")
        try fixture.session("b")
        for number in 1...12 {
            try fixture.message("m\(number)", in: number % 3 == 0 ? "a" : "b")
            try fixture.message("m\(number)", in: number % 3 == 0 ? "a" : "b")
            if number == 6 { try fixture.chat.store.indexWriter.flush() }
        }
        #expect(try fixture.read { try $0.messagesCount(ofSession: Identifier("a")) } == 4)
        #expect(try fixture.read { try $0.messagesCount(ofSession: Identifier("b")) } == 8)
        let summaries = try fixture.read { try $0.sessions(limit: 5).items }
        #expect(summaries.map(\.messagesCount) == [8, 4])
    }

    @Test func anAgentsCardsAreKeptInOrder() throws {
        let id = try Identifier("agent")
        for (number, name) in ["A", "B", "C"].enumerated() {
            let card = try Record([("name", .string(name)), ("created_at", "2025-01-01T00:00:00Z")])
            let replaced = number == 0 ? nil : Revision(UInt64(number - 1))
            _ = try fixture.chat.store.appendBlocking(
                ChatEvents.agentRegistered(id, card, replacing: replaced))
        }
        let history = try fixture.read { try $0.agentHistory(id) }
        #expect(history.map { $0.card.string("name") } == ["A", "B", "C"])
        #expect(history.map(\.revision.rawValue) == [0, 1, 2])
        #expect(try fixture.read { try $0.agent(id)?.fields.string("name") } == "C")
    }
}
