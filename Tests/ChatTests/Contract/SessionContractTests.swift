import Hansard
import HansardChat
import HansardRecords
import Testing

@Suite(.serialized) struct SessionContractTests {
    private let fixture: ContractFixture
    private let id: Identifier

    init() throws {
        fixture = try ContractFixture()
        id = try Identifier("s")
    }

    private func create(_ json: String) throws -> String {
        try fixture.perform(.createSession(record(json))).json
    }

    private func session() throws -> String? { try fixture.read { try $0.session(id)?.json } }

    private func listed(limit: Int = 100, skip: Int = 0) throws -> [String] {
        try fixture.read { try $0.sessions(limit: limit, skip: skip).items.map(\.id.text) }
    }

    @Test func missingFieldsAreFilled() throws {
        let answer = try fixture.perform(.createSession())
        let id = try #require(answer.fields.string("id"))
        let start = ContractFixture.start
        let expected =
            #"{"id":"\#(id)","title":"Chat Session \#(start)","session_type":"chat","#
            + #""session_metadata":{},"created_at":"\#(start)"}"#
        #expect(try answer.json == expected)
        try fixture.everywhere { () throws in
            let read = try fixture.read { try $0.session(Identifier(id))?.json }
            #expect(read == expected)
            #expect(try listed() == [id])
        }
    }

    @Test func whatWasGivenComesBack() throws {
        let given =
            #"{"session_metadata":{"b":{},"a":null},"id":"s","title":"","updated_at":null,"#
            + #""session_type":"other","created_at":"2025-01-01T00:00:00.123456789-05:00","#
            + #"\#(oddFieldsBack)}"#
        let answer = try create(given)
        #expect(try Array(answer.utf8) == Array(record(given).json().utf8))
        try fixture.everywhere { () throws in
            #expect(try session().map { Array($0.utf8) } == Array(answer.utf8))
            let listed = try fixture.read { try $0.sessions(limit: 1).items[0].session.json }
            #expect(Array(listed.utf8) == Array(answer.utf8))
        }
    }

    @Test func theSameTitleAgainIsARetry() throws {
        let first = try create(#"{"id":"s","title":"T"}"#)
        try fixture.setClock("2026-02-01T00:00:00Z")
        for again in [
            #"{"id":"s","title":"T"}"#, #"{"title":"T","id":"s","created_at":null}"#, first,
            #"{"id":"s"}"#,
        ] { #expect(try create(again) == first, "\(again)") }
        #expect(try fixture.eventsCount == 1)
        for other in [
            #"{"id":"s","title":"U"}"#, #"{"id":"s","title":"T","x":1}"#,
            #"{"id":"s","title":"T","session_type":"y"}"#,
            #"{"id":"s","title":"T","created_at":"2020-01-01T00:00:00Z"}"#,
        ] {
            #expect(try fixture.refusal { _ = try create(other) } == .idConflict, "\(other)")
        }
    }

    /// A title the store made is a title like any other.
    @Test func anotherTitleThanTheFilledOneIsAnError() throws {
        let first = try create(#"{"id":"s"}"#)
        try fixture.setClock("2026-02-01T00:00:00Z")
        #expect(try create(#"{"id":"s"}"#) == first)
        #expect(try fixture.refusal { _ = try create(#"{"id":"s","title":"U"}"#) } == .idConflict)
    }

    @Test func newestCreatedComesFirst() throws {
        let times = [
            "a": "2025-01-01T00:00:00Z", "b": "2025-01-01T01:00:00+02:00",
            "c": "2025-01-01 00:00:00.000000001", "d": "2025-01-01T00:00:00Z",
            "e": "0001-01-01T00:00:00+14:00", "f": "9999-12-31T23:59:59-12:00",
        ]
        for id in ["a", "b", "c", "d", "e", "f"] {
            try fixture.session(id, #""created_at":"\#(times[id] ?? "")""#)
        }
        let expected = ["f", "c", "d", "a", "b", "e"]
        try fixture.everywhere { () throws in
            #expect(try listed() == expected)
            for skip in 0...7 {
                for limit in 0...7 {
                    #expect(
                        try listed(limit: limit, skip: skip)
                            == Array(expected.dropFirst(skip).prefix(limit)))
                }
            }
        }
        for (limit, skip) in [(-1, 0), (1, -1), (10_001, 0)] {
            #expect(code { _ = try listed(limit: limit, skip: skip) }?.errorClass == .request)
        }
    }

    @Test func anUpdateMergesAndSetsUpdatedAt() throws {
        _ = try create(#"{"id":"s","title":"T","session_metadata":{"a":1},"k":1,"n":2}"#)
        try fixture.setClock("2026-02-01T00:00:00Z")
        let changes = try record(#"{"session_metadata":{"b":1.0},"k":null,"new":[]}"#)
        let answer = try fixture.perform(.updateSession(id, changes))?.json
        let expected =
            #"{"id":"s","title":"T","session_metadata":{"b":1.0},"k":null,"n":2,"#
            + #""session_type":"chat","created_at":"\#(ContractFixture.start)","#
            + #""new":[],"updated_at":"2026-02-01T00:00:00.000000+00:00"}"#
        #expect(answer == expected)
        try fixture.everywhere { () throws in
            #expect(try session() == expected)
            #expect(
                try fixture.read { try $0.sessions(limit: 1).items[0].session.json } == expected)
        }
        let unknown = try fixture.perform(.updateSession(Identifier("t"), changes))
        #expect(unknown == nil)
    }

    /// Two fields whose names only look the same are two fields.
    @Test func fieldsAreToldApartByTheirBytes() throws {
        _ = try create("{\"id\":\"s\",\"é\":0}")
        for (changes, values) in [
            ("{\"e\u{301}\":1}", [0, 1]), ("{\"é\":2}", [2, 1]),
            ("{\"e\u{301}\":3,\"é\":4}", [4, 3]),
        ] {
            _ = try fixture.perform(.updateSession(id, record(changes)))
            try fixture.everywhere { () throws in
                let fields = try #require(try fixture.read { try $0.session(id)?.fields })
                #expect(
                    [fields.integer("é"), fields.integer("e\u{301}")] == values.map(Int64.init))
            }
        }
    }

    @Test func anUpdateCanNotChangeWhichSessionItIs() throws {
        _ = try create(#"{"id":"s","title":"T","created_at":"2025-01-01T00:00:00"}"#)
        for changes in [
            #"{"id":"t"}"#, #"{"id":null}"#, #"{"created_at":"2025-01-01T00:00:00.000000001Z"}"#,
            #"{"created_at":null}"#, #"{"title":7}"#, #"{"session_metadata":[]}"#,
            #"{"session_type":{}}"#, #"{"updated_at":"today"}"#,
        ] {
            let code = try fixture.refusal {
                _ = try fixture.perform(.updateSession(id, record(changes)))
            }
            #expect(code?.errorClass == .request, "\(changes)")
        }
        let same = #"{"id":"s","created_at":"2025-01-01T00:00:00Z","title":"U"}"#
        let updated = try fixture.perform(.updateSession(id, record(same)))
        #expect(updated?.fields.string("created_at") == "2025-01-01T00:00:00")
        #expect(updated?.fields.string("title") == "U")
    }

    /// A retry of the creation after an update is a retry still.
    @Test func aRetryAfterAnUpdateAnswersTheSession() throws {
        _ = try create(#"{"id":"s","title":"T"}"#)
        let updated = try fixture.perform(.updateSession(id, record(#"{"title":"U"}"#)))
        #expect(try create(#"{"id":"s","title":"T"}"#) == (try updated?.json))
        #expect(try fixture.refusal { _ = try create(#"{"id":"s","title":"U"}"#) } == .idConflict)
    }

    @Test func aDeletedSessionIsInNoView() throws {
        try fixture.session("s")
        try fixture.session("t")
        for session in ["s", "t"] {
            try fixture.message("m\(session)", in: session, #""agent_id":"g""#)
            try fixture.context("c\(session)", #""session_id":"\#(session)""#)
            try fixture.task("k\(session)", in: session)
        }
        #expect(try fixture.perform(.deleteSession(id)))
        #expect(try !fixture.perform(.deleteSession(id)))
        #expect(try !fixture.perform(.deleteSession(Identifier("unknown"))))
        try fixture.everywhere { () throws in
            #expect(try session() == nil)
            #expect(try listed() == ["t"])
            #expect(try fixture.messages(of: "s").isEmpty)
            #expect(try fixture.messages(of: "t") == ["mt"])
            try fixture.read { view throws in
                #expect(try view.message(Identifier("ms")) == nil)
                #expect(try view.context(Identifier("cs")) == nil)
                #expect(try view.task(Identifier("ks")) == nil)
                #expect(try view.messages(ofAgent: Identifier("g"), limit: 9).items.count == 1)
                #expect(try view.contexts(ofAgent: Identifier("a"), as: .source).ids == ["ct"])
                #expect(try view.contexts(ofAgent: Identifier("b")).ids == ["ct"])
                #expect(try view.contexts(ofSession: id).isEmpty)
                #expect(try view.contexts(sharedWith: Identifier("b"), session: id).isEmpty)
                #expect(try view.tasks(ofSession: id, includingCompleted: true).isEmpty)
                #expect(try view.tasks(limit: 9).ids == ["kt"])
                #expect(
                    try view.historyTypes(.session, "s") == ["session.created", "session.deleted"])
                for (kind, name, first) in [
                    (RecordKind.message, "ms", "message.created"),
                    (.context, "cs", "context.shared"),
                    (.task, "ks", "task.created"),
                ] {
                    #expect(try view.historyTypes(kind, name) == [first, "session.deleted"])
                }
            }
        }
        let none = try fixture.perform(.updateSession(id, record(#"{"title":"x"}"#)))
        #expect(none == nil)
    }

    /// The ids of what a session held are gone for ever, whatever they are used for again.
    @Test func theIdsOfADeletedSessionAreGone() throws {
        try fixture.session("s")
        try fixture.message("m", in: "s")
        try fixture.context("c", #""session_id":"s""#)
        try fixture.task("k", in: "s")
        _ = try fixture.perform(.deleteSession(id))
        func refusals() throws {
            for fields in [#""type":"user""#, #""type":"other""#] {
                #expect(try fixture.refusal { try fixture.message("m", in: "s", fields) } == .gone)
                let code = try fixture.refusal {
                    try fixture.context("c", #""session_id":"s",\#(fields)"#)
                }
                #expect(code == .gone)
            }
            for title in ["t", "other"] {
                let code = try fixture.refusal {
                    try fixture.task("k", in: "s", #""title":"\#(title)""#)
                }
                #expect(code == .gone)
            }
        }
        try refusals()
        try fixture.session("s")
        try refusals()
        try fixture.reopen()
        try refusals()
    }

    @Test func aSessionCreatedAgainIsEmpty() throws {
        for round in 0..<3 {
            try fixture.session("s", #""title":"t\#(round)""#)
            #expect(try fixture.messages(of: "s").isEmpty)
            try fixture.read { view throws in
                #expect(try view.contexts(ofSession: id).isEmpty)
                #expect(try view.tasks(ofSession: id, includingCompleted: true).isEmpty)
            }
            try fixture.message("m\(round)", in: "s")
            try fixture.context("c\(round)", #""session_id":"s""#)
            try fixture.task("k\(round)", in: "s")
            try fixture.everywhere { () throws in
                #expect(try fixture.messages(of: "s") == ["m\(round)"])
                #expect(try fixture.read { try $0.contexts(ofSession: id).ids } == ["c\(round)"])
                #expect(try fixture.read { try $0.tasks(ofSession: id).ids } == ["k\(round)"])
                #expect(try listed() == ["s"])
            }
            _ = try fixture.perform(.deleteSession(id))
        }
        #expect(try fixture.read { try $0.historyTypes(.session, "s").count } == 6)
    }

    static let bad = [
        #"{"id":7}"#, #"{"id":""}"#, #"{"title":7}"#, #"{"session_type":[]}"#,
        #"{"session_metadata":"x"}"#, #"{"created_at":"2025-W01-1T00:00:00Z"}"#,
        #"{"updated_at":false}"#, #"{"id":"\#(String(repeating: "é", count: 128))"}"#,
    ]

    @Test(arguments: bad) func aBadSessionIsRefused(json: String) throws {
        #expect(try fixture.refusal { _ = try create(json) }?.errorClass == .request)
    }

    @Test func asynchronousCallersGetTheSame() async throws {
        let chat = fixture.chat
        let made = try await chat.perform(.createSession(record(#"{"id":"s","title":"T"}"#)))
        #expect(try chat.read { try $0.session(id)?.json } == (try made.json))
        let updated = try await chat.perform(.updateSession(id, record(#"{"title":"U"}"#)))
        #expect(updated?.fields.string("title") == "U")
        #expect(try await chat.perform(.trimMessages(ofSession: id, keeping: 0)) == 0)
        #expect(try await chat.perform(.deleteSession(id)))
        #expect(try await !chat.perform(.deleteSession(id)))
    }
}
