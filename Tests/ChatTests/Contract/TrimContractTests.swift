import Hansard
import HansardChat
import HansardRecords
import Testing

@Suite(.serialized) struct TrimContractTests {
    private let fixture: ContractFixture
    private let id: Identifier

    init() throws {
        fixture = try ContractFixture()
        id = try Identifier("s")
        try fixture.session("s")
    }

    private func add(_ numbers: Range<Int>) throws {
        for number in numbers {
            try fixture.message(
                "m\(number)", in: "s", at: "2025-01-01T00:00:\(10 + number)Z", #""agent_id":"g""#)
        }
    }

    private func trim(_ kept: Int) throws -> Int {
        try fixture.perform(.trimMessages(ofSession: id, keeping: kept))
    }

    private func ofAgent() throws -> [String] {
        try fixture.read {
            try $0.messages(ofAgent: Identifier("g"), limit: 100, .forwards).items
                .compactMap { $0.fields.string("message_uuid") }
        }
    }

    @Test func theOldestBeyondTheLimitAreHidden() throws {
        try add(0..<6)
        #expect(try trim(10) == 0)
        #expect(try trim(6) == 0)
        #expect(try fixture.eventsCount == 7, "a trim that hides nothing is no event")
        #expect(try trim(4) == 2)
        #expect(try trim(4) == 0)
        try fixture.everywhere { () throws in
            #expect(try fixture.messages(of: "s") == ["m2", "m3", "m4", "m5"])
            #expect(try ofAgent() == ["m2", "m3", "m4", "m5"])
            for hidden in ["m0", "m1"] {
                #expect(try fixture.read { try $0.message(Identifier(hidden)) } == nil)
                let history = try fixture.read { try $0.historyTypes(.message, hidden) }
                #expect(history == ["message.created", "session.trimmed"])
            }
            let counts = try fixture.read { try $0.sessions(limit: 1).items.map(\.messagesCount) }
            #expect(counts == [4])
        }
        #expect(try trim(1) == 3)
        #expect(try trim(0) == 1)
        #expect(try trim(0) == 0)
        try fixture.everywhere { () throws in
            #expect(try fixture.messages(of: "s").isEmpty)
            #expect(try ofAgent().isEmpty)
        }
    }

    /// The first of equal times to arrive is the oldest.
    @Test func equalTimesAreTrimmedByArrival() throws {
        for name in ["b", "a", "c"] {
            try fixture.message(name, in: "s", at: "2025-01-01T00:00:00Z")
        }
        #expect(try trim(1) == 2)
        try fixture.everywhere { () throws in #expect(try fixture.messages(of: "s") == ["c"]) }
    }

    /// Whatever its `created_at`: older than all that is hidden, equal, between, or newer.
    @Test func whatArrivesLaterIsNotHidden() throws {
        try add(0..<6)
        #expect(try trim(2) == 4)
        let late = [("x", 0), ("y", 13), ("z", 14), ("w", 30), ("v", 13)]
        for (name, second) in late {
            try fixture.message(
                name, in: "s", at: "2025-01-01T00:00:\(second < 10 ? "0" : "")\(second)Z",
                #""agent_id":"g""#)
        }
        let expected = ["x", "y", "v", "m4", "z", "m5", "w"]
        try fixture.everywhere { () throws in
            #expect(try fixture.messages(of: "s") == expected)
            #expect(try ofAgent() == expected)
        }
        #expect(try trim(5) == 2)
        try fixture.everywhere { () throws in
            #expect(try fixture.messages(of: "s") == Array(expected[2...]))
        }
        try fixture.message("u", in: "s", at: "0001-01-01T00:00:00Z")
        #expect(try trim(3) == 3)
        try fixture.everywhere { () throws in
            #expect(try fixture.messages(of: "s") == ["z", "m5", "w"])
        }
        #expect(try trim(0) == 3)
        try fixture.message("last", in: "s", at: "2025-01-01T00:00:12Z")
        try fixture.everywhere { () throws in #expect(try fixture.messages(of: "s") == ["last"]) }
    }

    @Test func pagesGoAcrossWhatWasTrimmed() throws {
        try add(0..<8)
        _ = try trim(3)
        for number in 0..<4 {
            try fixture.message("late\(number)", in: "s", at: "2025-01-01T00:00:1\(number)Z")
        }
        let expected = ["late0", "late1", "late2", "late3", "m5", "m6", "m7"]
        try fixture.everywhere { () throws in
            for direction in [Direction.forwards, .backwards] {
                for limit in 1...8 {
                    var ids: [String] = []
                    var cursor: String?
                    repeat {
                        let page = try fixture.read {
                            try $0.messagePage(
                                ofSession: id, limit: limit, cursor: cursor, direction)
                        }
                        ids += page.items.compactMap { $0.fields.string("message_uuid") }
                        cursor = page.next?.text
                    } while cursor != nil
                    #expect(ids == (direction == .forwards ? expected : expected.reversed()))
                }
            }
        }
    }

    /// Hidden is not deleted: the same message again is the one there is.
    @Test func aHiddenMessageAgainIsTheFirst() throws {
        try add(0..<3)
        _ = try trim(0)
        let again = try fixture.perform(
            .createMessage(
                record(
                    #"{"message_uuid":"m1","session_id":"s","agent_id":"g","#
                        + #""created_at":"2025-01-01T00:00:11Z"}"#)))
        #expect(again.position == Position(3))
        #expect(try fixture.messages(of: "s").isEmpty)
        let code = try fixture.refusal { try fixture.message("m1", in: "s") }
        #expect(code == .idConflict)
        let edited = try fixture.perform(.editMessage(Identifier("m1"), record(#"{"x":1}"#)))
        #expect(edited == nil)
    }

    @Test func otherSessionsAreNotTrimmed() throws {
        for session in ["a", "s/", "ss"] {
            try fixture.session(session)
            try fixture.message("of \(session)", in: session, at: "2020-01-01T00:00:00Z")
        }
        try add(0..<3)
        _ = try trim(0)
        try fixture.everywhere { () throws in
            for session in ["a", "s/", "ss"] {
                #expect(try fixture.messages(of: session) == ["of \(session)"])
            }
        }
    }

    @Test func aRecreatedSessionIsNotTrimmed() throws {
        try add(0..<3)
        _ = try trim(0)
        _ = try fixture.perform(.deleteSession(id))
        try fixture.session("s")
        try fixture.message("new", in: "s", at: "2000-01-01T00:00:00Z")
        try fixture.everywhere { () throws in #expect(try fixture.messages(of: "s") == ["new"]) }
    }

    @Test func badArgumentsAreRefused() throws {
        try add(0..<2)
        for kept in [-1, .min] {
            #expect(try fixture.refusal { _ = try trim(kept) }?.errorClass == .request)
            let unknown = try fixture.refusal {
                let none = try Identifier("none")
                _ = try fixture.perform(.trimMessages(ofSession: none, keeping: kept))
            }
            #expect(unknown?.errorClass == .request)
        }
        #expect(try trim(.max) == 0)
        #expect(try fixture.perform(.trimMessages(ofSession: Identifier("none"), keeping: 0)) == 0)
        #expect(try fixture.messages(of: "s").count == 2)
    }

    /// However they meet, what all of them say they hid is what is hidden.
    @Test func trimsAtOnceCountEachMessageOnce() async throws {
        try add(0..<40)
        let chat = fixture.chat
        let id = id
        let hidden = try await withThrowingTaskGroup(of: Int.self) { group in
            for kept in [30, 25, 20, 20, 15, 10, 10, 5] {
                group.addTask {
                    try await chat.perform(.trimMessages(ofSession: id, keeping: kept))
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(hidden == 35)
        #expect(try fixture.messages(of: "s").count == 5)
    }
}
