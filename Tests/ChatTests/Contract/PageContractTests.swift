import Hansard
import HansardChat
import HansardRecords
import HansardTesting
import Testing

@Suite(.serialized) struct PageContractTests {
    private let fixture: ContractFixture
    private let id: Identifier

    /// By `created_at`, then arrival: a, then b, c and d of one instant, then e and f.
    init() throws {
        fixture = try ContractFixture()
        id = try Identifier("s")
        try fixture.session("s")
        try fixture.session("t")
        for (name, time) in [
            ("f", "06"), ("b", "02"), ("a", "01"), ("c", "02"), ("e", "05"), ("d", "02"),
        ] {
            try fixture.message(name, in: "s", at: "2025-01-01T00:00:\(time)Z")
            try fixture.message("t-\(name)", in: "t", at: "2025-01-01T00:00:\(time)Z")
        }
    }

    private let order = ["a", "b", "c", "d", "e", "f"]

    private func page(
        _ direction: Direction, limit: Int = 100, skip: Int = 0, cursor: String? = nil
    ) throws -> (ids: [String], page: MessagePage) {
        let page = try fixture.read {
            try $0.messagePage(
                ofSession: id, limit: limit, skip: skip, cursor: cursor, direction)
        }
        #expect(page.total == 6)
        return (page.items.map { $0.fields.string("message_uuid") ?? "" }, page)
    }

    private func ordered(_ direction: Direction) -> [String] {
        direction == .forwards ? order : order.reversed()
    }

    @Test(arguments: [Direction.forwards, .backwards])
    func limitAndSkipCutTheList(direction: Direction) throws {
        try fixture.everywhere { () throws in
            for skip in 0...7 {
                for limit in 0...7 {
                    let expected = Array(ordered(direction).dropFirst(skip).prefix(limit))
                    #expect(try page(direction, limit: limit, skip: skip).ids == expected)
                }
            }
        }
    }

    /// By the cursor of the page, by the id of its last message, and by both with a skip.
    @Test(arguments: [Direction.forwards, .backwards], 1...7)
    func pagesJoinWithoutGap(direction: Direction, limit: Int) throws {
        try fixture.everywhere { () throws in
            for usesID in [true, false] {
                var ids: [String] = []
                var cursor: String?
                repeat {
                    let (found, page) = try page(direction, limit: limit, cursor: cursor)
                    ids += found
                    #expect((page.next == nil) == (ids.count == 6))
                    cursor = page.next == nil ? nil : usesID ? found.last : page.next?.text
                } while cursor != nil
                #expect(ids == ordered(direction))
            }
        }
    }

    @Test func theCursorBeforeLeadsBack() throws {
        for direction in [Direction.forwards, .backwards] {
            let other: Direction = direction == .forwards ? .backwards : .forwards
            let first = try page(direction, limit: 2)
            #expect(first.page.previous == nil)
            let second = try page(direction, limit: 2, cursor: first.page.next?.text)
            let back = try page(other, limit: 2, cursor: try #require(second.page.previous?.text))
            #expect(back.ids == first.ids.reversed())
            let skipped = try page(direction, limit: 2, skip: 1)
            let before = try page(other, cursor: try #require(skipped.page.previous?.text))
            #expect(before.ids == [ordered(direction)[0]])
        }
    }

    @Test func skipCountsFromTheCursor() throws {
        #expect(try page(.forwards, limit: 2, skip: 1, cursor: "b").ids == ["d", "e"])
        #expect(try page(.backwards, limit: 9, skip: 1, cursor: "d").ids == ["b", "a"])
        #expect(
            try page(.forwards, limit: 1, skip: 1, cursor: "2025-01-01T00:00:02Z").ids == ["f"])
    }

    /// All messages of that instant are behind it, however it is written.
    @Test func aTimeIsACursorBehindItsInstant() throws {
        for time in [
            "2025-01-01T00:00:02Z", "2025-01-01 00:00:02", "2025-01-01T01:00:02.000000000+01:00",
        ] {
            #expect(try page(.forwards, cursor: time).ids == ["e", "f"], "\(time)")
            #expect(try page(.backwards, cursor: time).ids == ["a"], "\(time)")
        }
        let between = "2025-01-01T00:00:02.000000001Z"
        #expect(try page(.forwards, cursor: between).ids == ["e", "f"])
        #expect(try page(.backwards, cursor: between).ids == ["d", "c", "b", "a"])
        #expect(try page(.forwards, cursor: "9999-12-31T23:59:59Z").ids == [])
        #expect(try page(.backwards, cursor: "0001-01-01T00:00:00Z").ids == [])
    }

    @Test func aTrimmedMessageIsACursorStill() throws {
        _ = try fixture.perform(.trimMessages(ofSession: id, keeping: 2))
        try fixture.everywhere { () throws in
            for (cursor, next, before) in [
                ("a", ["e", "f"], []), ("d", ["e", "f"], []), ("e", ["f"], []),
                ("f", [], ["e"]),
            ] {
                for (direction, expected) in [(Direction.forwards, next), (.backwards, before)] {
                    let page = try fixture.read {
                        try $0.messagePage(ofSession: id, limit: 9, cursor: cursor, direction)
                    }
                    #expect(page.items.map { $0.fields.string("message_uuid") } == expected)
                    #expect(page.total == 2)
                }
            }
        }
    }

    /// A cursor of a page first, then an id of this session, then a time.
    @Test func cursorsAreTriedInOrder() throws {
        let next = try #require(try page(.forwards, limit: 1).page.next?.text)
        try fixture.message("2025-01-01T00:00:02Z", in: "s", at: "2025-01-01T00:00:05Z")
        _ = try fixture.perform(
            .createMessage(
                record(#"{"message_uuid":"\#(next)","session_id":"s"}"#)))
        let afterID = try fixture.read {
            try $0.messagePage(ofSession: id, limit: 9, cursor: "2025-01-01T00:00:02Z", .forwards)
        }
        #expect(afterID.items.map { $0.fields.string("message_uuid") } == ["f", next])
        let afterPage = try fixture.read {
            try $0.messagePage(ofSession: id, limit: 1, cursor: next, .forwards)
        }
        #expect(afterPage.items.map { $0.fields.string("message_uuid") } == ["b"])
    }

    @Test func anythingElseIsRefused() throws {
        let other = try fixture.read {
            try $0.messages(ofSession: Identifier("t"), limit: 1)?.next?.text
        }
        let sessions = try fixture.read { try $0.sessions(limit: 1).next?.text }
        for cursor in ["", "x", "t-a", "2025-01-01", "7", "s", other, sessions, "cursor-00"] {
            let cursor = try #require(cursor)
            let code = code { _ = try page(.forwards, cursor: cursor) }
            #expect(code?.errorClass == .request, "\(cursor)")
        }
        for (limit, skip) in [(-1, 0), (10_001, 0), (1, -1)] {
            #expect(
                code { _ = try page(.forwards, limit: limit, skip: skip) }?.errorClass == .request)
        }
    }

    @Test func anUnknownSessionIsEmpty() throws {
        for cursor in [nil, "x", "a"] {
            let page = try fixture.read {
                try $0.messagePage(ofSession: Identifier("none"), limit: 9, cursor: cursor)
            }
            #expect(page.items.isEmpty && page.total == 0 && page.next == nil)
        }
    }

    /// The old module skipped the last entry of the index.
    @Test func aSessionOfOneMessageHasOne() throws {
        try fixture.session("one")
        try fixture.message("only", in: "one")
        try fixture.everywhere { () throws in #expect(try fixture.messages(of: "one") == ["only"]) }
    }

    @Test func messagesOfAnAgentArePaged() throws {
        for number in 0..<7 {
            try fixture.message(
                "g\(number)", in: number % 2 == 0 ? "s" : "t", at: "2025-01-01T00:00:00Z",
                #""agent_id":"g""#)
        }
        try fixture.everywhere { () throws in
            for direction in [Direction.forwards, .backwards] {
                for limit in 1...8 {
                    var ids: [String] = []
                    var cursor: PageCursor?
                    repeat {
                        let page = try fixture.read {
                            try $0.messages(
                                ofAgent: Identifier("g"), limit: limit, after: cursor, direction)
                        }
                        ids += page.items.compactMap { $0.fields.string("message_uuid") }
                        cursor = page.next
                    } while cursor != nil
                    let all = (0..<7).map { "g\($0)" }
                    #expect(ids == (direction == .forwards ? all : all.reversed()))
                }
            }
        }
    }
}
