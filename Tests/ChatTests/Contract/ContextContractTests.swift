import Hansard
import HansardChat
import HansardRecords
import Testing

@Suite(.serialized) struct ContextContractTests {
    private let fixture: ContractFixture

    init() throws { fixture = try ContractFixture() }

    private func share(_ json: String) throws -> ChatRecord {
        try fixture.perform(.shareContext(record(json)))
    }

    private func context(_ id: String) throws -> String? {
        try fixture.read { try $0.context(Identifier(id))?.json }
    }

    private func update(_ id: String, _ json: String) throws -> ChatRecord? {
        try fixture.perform(.updateContext(Identifier(id), record(json)))
    }

    /// The answers of every list about session `s`, target `b` and source `a`, which must agree.
    private func listed(unexpiredAt time: String? = nil) throws -> [String] {
        let now = try time.map { try Instant($0) }
        return try fixture.read { view in
            let (a, b, s) = try (Identifier("a"), Identifier("b"), Identifier("s"))
            let ids = try view.contexts(ofSession: s, unexpiredAt: now).ids
            for session in [nil, s] {
                for source in [nil, a] {
                    let list = try view.contexts(
                        sharedWith: b, session: session, source: source, unexpiredAt: now)
                    #expect(list.ids == ids)
                }
            }
            if now == nil {
                #expect(try view.contexts(ofAgent: b).ids == ids)
                #expect(try view.contexts(ofAgent: a, as: .source).ids == ids)
            }
            return ids
        }
    }

    @Test func missingFieldsAreFilled() throws {
        let answer = try share(#"{"source_agent_id":"a","target_agent_id":"b"}"#)
        let id = try #require(answer.fields.string("id"))
        let expected =
            #"{"source_agent_id":"a","target_agent_id":"b","id":"\#(id)","#
            + #""created_at":"\#(ContractFixture.start)"}"#
        #expect(try answer.json == expected)
        try fixture.everywhere { () throws in #expect(try context(id) == expected) }
    }

    @Test func whatWasGivenComesBack() throws {
        let given =
            #"{"content":{"b":1.0,"a":[null]},"id":"c/1","session_id":null,"source_agent_id":"a","#
            + #""target_agent_id":"b","context_type":"relevant","context_metadata":{},"#
            + #""expires_at":"2025-01-01T00:00:00.123456789+02:00","created_at":"2025-01-01 00:00:00","#
            + #"\#(oddFieldsBack)}"#
        let answer = try share(given)
        #expect(try Array(answer.json.utf8) == Array(record(given).json().utf8))
        try fixture.everywhere { () throws in
            #expect(try context("c/1").map { Array($0.utf8) } == (try Array(answer.json.utf8)))
            let list = try fixture.read { try $0.contexts(ofAgent: Identifier("b")) }
            #expect(list.map(\.fields) == [answer.fields])
        }
    }

    @Test func theSameAgainIsTheFirst() throws {
        let first = try share(#"{"id":"c","source_agent_id":"a","target_agent_id":"b","x":1}"#)
        try fixture.setClock("2026-02-01T00:00:00Z")
        for again in [
            #"{"x":1,"target_agent_id":"b","source_agent_id":"a","id":"c"}"#, try first.json,
        ] { #expect(try share(again).fields == first.fields) }
        #expect(try fixture.eventsCount == 1)
        for fields in [
            #""x":2"#, #""x":1.0"#, "", #""x":1,"y":null"#,
            #""x":1,"created_at":"2025-01-01T00:00:00Z""#,
        ] {
            #expect(
                try fixture.refusal { try fixture.context("c", fields) } == .idConflict, "\(fields)"
            )
        }
    }

    @Test func newestCreatedComesFirst() throws {
        for (id, time) in [
            ("c1", "2025-01-01T00:00:00Z"), ("c2", "2025-01-01T01:30:00+02:00"),
            ("c3", "2025-01-01T00:00:00.000000001Z"), ("c4", "2025-01-01 00:00:00"),
        ] { try fixture.context(id, #""session_id":"s","created_at":"\#(time)""#) }
        try fixture.everywhere { () throws in #expect(try listed() == ["c3", "c4", "c1", "c2"]) }
    }

    @Test func listsAreOfTheirSessionSourceAndTarget() throws {
        for session in ["s", "s/", "t"] {
            for (source, target) in [("a", "b"), ("b", "a"), ("a", "bb"), ("a", "a")] {
                _ = try share(
                    #"{"id":"\#(session) \#(source) \#(target)","session_id":"\#(session)","#
                        + #""source_agent_id":"\#(source)","target_agent_id":"\#(target)"}"#)
            }
        }
        try fixture.everywhere { () throws in
            try fixture.read { view throws in
                let (a, b, s) = try (Identifier("a"), Identifier("b"), Identifier("s"))
                #expect(try view.contexts(ofAgent: b).ids == ["t a b", "s/ a b", "s a b"])
                #expect(
                    try view.contexts(ofAgent: b, as: .source).ids == ["t b a", "s/ b a", "s b a"])
                #expect(
                    try view.contexts(ofSession: s).ids == ["s a a", "s a bb", "s b a", "s a b"])
                #expect(
                    try view.contexts(sharedWith: a, session: s).ids == ["s a a", "s b a"])
                #expect(
                    try view.contexts(sharedWith: a, session: s, source: b).ids == ["s b a"])
                #expect(
                    try view.contexts(sharedWith: a, source: b).ids == ["t b a", "s/ b a", "s b a"])
                #expect(try view.contexts(ofAgent: Identifier("none")).isEmpty)
            }
        }
    }

    // MARK: Sessions

    /// Things it names need not exist; a deletion hides what was shared before it.
    @Test func aContextLivesAndDiesWithItsSession() throws {
        try fixture.context("before", #""session_id":"s""#)
        #expect(try listed() == ["before"])
        try fixture.session("s")
        try fixture.context("first", #""session_id":"s""#)
        try fixture.everywhere { () throws in #expect(try listed() == ["first", "before"]) }
        _ = try fixture.perform(.deleteSession(Identifier("s")))
        try fixture.everywhere { () throws in
            #expect(try listed() == [])
            #expect(try context("before") == nil)
        }
        try fixture.context("between", #""session_id":"s""#)
        try fixture.everywhere { () throws in #expect(try listed() == ["between"]) }
        try fixture.session("s")
        try fixture.context("second", #""session_id":"s""#)
        try fixture.everywhere { () throws in
            #expect(try listed() == ["second", "between"])
            for id in ["before", "first"] { #expect(try context(id) == nil) }
        }
        _ = try fixture.perform(.deleteSession(Identifier("s")))
        try fixture.everywhere { () throws in #expect(try listed() == []) }
        for id in ["first", "between"] {
            #expect(try update(id, #"{"x":1}"#) == nil)
            #expect(try fixture.perform(.extendContext(Identifier(id), minutes: 1)) == nil)
        }
    }

    // MARK: Updates

    @Test func anUpdateMergesTopLevelFields() throws {
        try fixture.context("c", #""content":{"a":1},"context_metadata":{"k":1},"u":1"#)
        try fixture.setClock("2026-02-01T00:00:00Z")
        let answer = try update("c", #"{"content":{"b":2},"u":null,"n":[],"id":"c"}"#)?.json
        let expected =
            #"{"id":"c","source_agent_id":"a","target_agent_id":"b","content":{"b":2},"#
            + #""context_metadata":{"k":1},"u":null,"created_at":"\#(ContractFixture.start)","n":[]}"#
        #expect(answer == expected)
        try fixture.everywhere { () throws in #expect(try context("c") == expected) }
        #expect(try update("unknown", "{}") == nil)
    }

    @Test func aChangedAgentMovesTheContext() throws {
        try fixture.context("c", #""session_id":"s""#)
        _ = try update("c", #"{"target_agent_id":"x","source_agent_id":"y"}"#)
        try fixture.everywhere { () throws in
            try fixture.read { view throws in
                #expect(try view.contexts(ofAgent: Identifier("x")).ids == ["c"])
                #expect(try view.contexts(ofAgent: Identifier("y"), as: .source).ids == ["c"])
                #expect(try view.contexts(ofAgent: Identifier("b")).isEmpty)
                #expect(try view.contexts(ofAgent: Identifier("a"), as: .source).isEmpty)
                #expect(try view.contexts(ofSession: Identifier("s")).ids == ["c"])
            }
        }
    }

    @Test func anUpdateCanNotChangeWhichContextItIs() throws {
        try fixture.context("c", #""session_id":"s","created_at":"2025-01-01T00:00:00Z""#)
        try fixture.context("free", "")
        for changes in [
            #"{"id":"d"}"#, #"{"session_id":"t"}"#, #"{"session_id":null}"#,
            #"{"created_at":"2025-01-01T00:00:01Z"}"#, #"{"context_type":"all"}"#,
            #"{"expires_at":"never"}"#, #"{"content":[]}"#, #"{"context_metadata":1}"#,
            #"{"target_agent_id":""}"#, #"{"source_agent_id":1}"#,
            #"{"target_agent_id":null}"#, #"{"source_agent_id":null}"#,
        ] {
            let code = try fixture.refusal { _ = try update("c", changes) }
            #expect(code?.errorClass == .request, "\(changes)")
        }
        let given = try fixture.refusal { _ = try update("free", #"{"session_id":"s"}"#) }
        #expect(given?.errorClass == .request)
        let same = #"{"id":"c","session_id":"s","created_at":"2025-01-01T00:00:00Z","x":1}"#
        #expect(try update("c", same)?.fields.integer("x") == 1)
    }

    static let bad = [
        "{}", #"{"source_agent_id":"a"}"#, #"{"target_agent_id":"b"}"#,
        #"{"source_agent_id":null,"target_agent_id":"b"}"#,
        #"{"source_agent_id":"a","target_agent_id":""}"#,
        #"{"id":"","source_agent_id":"a","target_agent_id":"b"}"#,
        #"{"source_agent_id":"a","target_agent_id":"b","context_type":"some"}"#,
        #"{"source_agent_id":"a","target_agent_id":"b","content":[]}"#,
        #"{"source_agent_id":"a","target_agent_id":"b","context_metadata":"x"}"#,
        #"{"source_agent_id":"a","target_agent_id":"b","session_id":1}"#,
        #"{"source_agent_id":"a","target_agent_id":"b","expires_at":"2025-01-01"}"#,
        #"{"source_agent_id":"a","target_agent_id":"b","created_at":1}"#,
    ]

    @Test(arguments: bad) func aBadContextIsRefused(json: String) throws {
        #expect(try fixture.refusal { _ = try share(json) }?.errorClass == .request)
    }

    @Test func asynchronousCallersGetTheSame() async throws {
        let chat = fixture.chat
        let id = try Identifier("c")
        let shared = try await chat.perform(.shareContext(contextRecord("c")))
        #expect(try context("c") == (try shared.json))
        let updated = try await chat.perform(.updateContext(id, record(#"{"x":1}"#)))
        #expect(updated?.fields.integer("x") == 1)
        let extended = try await chat.perform(.extendContext(id, minutes: 1))
        #expect(extended?.fields.string("expires_at") == "2026-01-01T00:01:00.000000+00:00")
        try fixture.setClock("2026-01-01T00:01:00Z")
        #expect(try await chat.removeExpiredContexts() == 1)
        #expect(try context("c") == nil)
    }
}
