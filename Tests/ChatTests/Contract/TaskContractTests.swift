import Hansard
import HansardChat
import HansardRecords
import Testing

@Suite(.serialized) struct TaskContractTests {
    private let fixture: ContractFixture

    init() throws {
        fixture = try ContractFixture()
        try fixture.session("s")
        for id in ["a", "b", "c"] { try fixture.agent(id) }
    }

    private func create(_ json: String) throws -> ChatRecord {
        try fixture.perform(.createTask(record(json)))
    }

    private func update(_ id: String, _ json: String) throws -> ChatRecord? {
        try fixture.perform(.updateTask(Identifier(id), record(json)))
    }

    private func link(_ id: String, _ agents: String...) throws -> ChatRecord {
        let agents = try agents.map { try Identifier($0) }
        return try fixture.perform(.linkTask(Identifier(id), to: agents))
    }

    private func task(_ id: String) throws -> ChatRecord? {
        try fixture.read { try $0.task(Identifier(id)) }
    }

    private func linked(_ id: String) throws -> [String] {
        guard case .array(let cards)? = try task(id)?.fields.field("agents") else {
            return ["none"]
        }
        return cards.map { card in
            guard case .object(let fields) = card, fields.count >= 10,
                case .string(let id)? = fields.first(where: { $0.0 == "id" })?.1
            else { return "no card" }
            return id
        }
    }

    private func tasks(ofAgent id: String, _ status: String? = nil) throws -> [String] {
        try fixture.read { try $0.tasks(ofAgent: Identifier(id), status: status).ids }
    }

    private func tasks(all: Bool) throws -> [String] {
        try fixture.read { try $0.tasks(ofSession: Identifier("s"), includingCompleted: all).ids }
    }

    @Test func aTaskComesBackWithEveryField() throws {
        let answer = try create(#"{"session_id":"s","id":"k","title":null,\#(oddFieldsBack)}"#)
        let expected =
            #"{"session_id":"s","id":"k","title":null,\#(oddFieldsBack),"#
            + #""created_at":"\#(ContractFixture.start)","description":null,"status":null,"#
            + #""priority":null,"config":null,"context":null,"result":null,"updated_at":null,"#
            + #""started_at":null,"completed_at":null,"agents":[]}"#
        #expect(try answer.fields.value() == (try record(expected).value()))
        try fixture.everywhere { () throws in #expect(try task("k")?.fields == answer.fields) }
    }

    @Test func everyFieldGivenComesBack() throws {
        let given =
            #"{"id":"k/1","session_id":"s","title":"T","description":"D","status":"pending","#
            + #""priority":"critical","config":{"a":1.0},"context":{"b":null},"result":[1,"x"],"#
            + #""created_at":"2025-01-01 00:00:00","updated_at":null,"#
            + #""started_at":"2025-01-01T00:00:00.1+01:00","completed_at":null,"agents":"#
        let answer = try create(given + #"[{"id":"b"},{"id":"a","name":"other"}]}"#)
        let cards = try fixture.read { view in
            try ["b", "a"].compactMap { try view.agent(Identifier($0))?.json }
        }
        #expect(try answer.json == given + "[" + cards.joined(separator: ",") + "]}")
        try fixture.everywhere { () throws in #expect(try task("k/1")?.json == (try answer.json)) }
        let made = try create(#"{"session_id":"s"}"#)
        #expect(made.fields.string("id")?.utf8.count == 36)
    }

    /// The cards are those of now, not those of when they were linked.
    @Test func agentsAreTheirPresentCards() throws {
        try fixture.task("k", in: "s", #""agents":[{"id":"a"}]"#)
        _ = try fixture.perform(.updateAgent(Identifier("a"), record(#"{"name":"new"}"#)))
        try fixture.everywhere { () throws in
            let card = try fixture.read { try $0.agent(Identifier("a"))?.fields.value() }
            #expect(try task("k")?.fields.field("agents") == .array([try #require(card)]))
        }
    }

    @Test func theSameAgainIsTheFirst() throws {
        let given = #"{"id":"k","session_id":"s","title":"T","agents":[{"id":"a"}]}"#
        let first = try create(given)
        try fixture.setClock("2026-02-01T00:00:00Z")
        #expect(try create(given).fields == first.fields)
        #expect(
            try create(#"{"agents":[{"id":"a"}],"title":"T","session_id":"s","id":"k"}"#).fields
                == first.fields)
        for other in [
            #"{"id":"k","session_id":"s","title":"U","agents":[{"id":"a"}]}"#,
            #"{"id":"k","session_id":"s","title":"T"}"#,
            #"{"id":"k","session_id":"s","title":"T","agents":[{"id":"a"}],"x":null}"#,
            #"{"id":"k","session_id":"s","title":"T","agents":[{"id":"a"}],"session_position":1}"#,
            given.dropLast() + #","created_at":"2025-01-01T00:00:00Z"}"#,
        ] { #expect(try fixture.refusal { _ = try create(other) } == .idConflict, "\(other)") }
    }

    @Test func whatItNamesMustExist() throws {
        for (json, expected) in [
            (#"{"id":"k","session_id":"t"}"#, ErrorCode.notFound),
            (#"{"id":"k","session_id":"s","agents":[{"id":"a"},{"id":"x"}]}"#, .notFound),
            (#"{"id":"k","session_id":"s","agents":[{"id":"A"}]}"#, .notFound),
        ] {
            #expect(try fixture.refusal { _ = try create(json) } == expected, "\(json)")
            #expect(try task("k") == nil)
        }
        try fixture.task("k", in: "s", #""agents":[{"id":"a"}]"#)
        let replaced = try fixture.refusal { _ = try update("k", #"{"agents":[{"id":"x"}]}"#) }
        #expect(replaced == .notFound)
        #expect(try fixture.refusal { _ = try link("k", "b", "x") } == .notFound)
        #expect(try fixture.refusal { _ = try link("none", "a") } == .notFound)
        #expect(try linked("k") == ["a"])
        #expect(try tasks(ofAgent: "b") == [])
    }

    @Test func linksAreReplacedAndAdded() throws {
        try fixture.task("k", in: "s", #""agents":[{"id":"a"},{"id":"a"}]"#)
        #expect(try linked("k") == ["a"])
        _ = try link("k", "b", "a", "b")
        _ = try link("k", "b")
        _ = try link("k")
        #expect(try fixture.read { try $0.historyTypes(.task, "k").count } == 2)
        try fixture.everywhere { () throws in
            #expect(try linked("k") == ["a", "b"])
            #expect(try ["a", "b", "c"].map { try tasks(ofAgent: $0) } == [["k"], ["k"], []])
        }
        _ = try update("k", #"{"agents":[{"id":"c"},{"id":"b"}]}"#)
        try fixture.everywhere { () throws in
            #expect(try linked("k") == ["c", "b"])
            #expect(try ["a", "b", "c"].map { try tasks(ofAgent: $0) } == [[], ["k"], ["k"]])
        }
        _ = try update("k", #"{"title":"x"}"#)
        #expect(try linked("k") == ["c", "b"])
        _ = try update("k", #"{"agents":[]}"#)
        try fixture.everywhere { () throws in
            #expect(try linked("k") == [])
            #expect(try ["a", "b", "c"].map { try tasks(ofAgent: $0) } == [[], [], []])
        }
    }

    @Test func anUpdateMergesTopLevelFields() throws {
        try fixture.task("k", in: "s", #""config":{"a":1},"u":1,"status":"pending""#)
        try fixture.setClock("2026-02-01T00:00:00Z")
        let answer = try #require(
            try update("k", #"{"config":{"b":2.0},"u":null,"status":"in_progress","result":"r"}"#))
        let fields = answer.fields
        #expect(fields.field("config") == ["b": 2.0])
        #expect(fields.isNull("u"))
        #expect(fields.string("result") == "r")
        #expect(fields.string("updated_at") == "2026-02-01T00:00:00.000000+00:00")
        #expect(fields.string("created_at") == ContractFixture.start)
        try fixture.everywhere { () throws in #expect(try task("k")?.fields == fields) }
        #expect(try update("none", #"{"title":"x"}"#) == nil)
    }

    @Test func anUpdateCanNotChangeWhichTaskItIs() throws {
        try fixture.task("k", in: "s")
        for changes in [
            #"{"id":"l"}"#, #"{"session_id":"t"}"#, #"{"session_id":null}"#,
            #"{"created_at":"2025-01-01T00:00:00Z"}"#, #"{"status":"done"}"#,
            #"{"priority":"urgent"}"#, #"{"config":[]}"#, #"{"context":1}"#, #"{"agents":{}}"#,
            #"{"agents":[1]}"#, #"{"agents":[{"name":"a"}]}"#, #"{"agents":[{"id":""}]}"#,
            #"{"started_at":"x"}"#, #"{"completed_at":1}"#, #"{"title":[]}"#, #"{"description":1}"#,
        ] {
            let code = try fixture.refusal { _ = try update("k", changes) }
            #expect(code?.errorClass == .request, "\(changes)")
        }
        let same = #"{"id":"k","session_id":"s","created_at":"\#(ContractFixture.start)","x":1}"#
        #expect(try update("k", same)?.fields.integer("x") == 1)
    }

    @Test func statusDecidesTheLists() throws {
        let statuses = ["pending", "in_progress", "completed", "failed", "cancelled", nil]
        for (number, status) in statuses.enumerated() {
            let field = status.map { #""status":"\#($0)","# } ?? ""
            try fixture.task("k\(number)", in: "s", field + #""agents":[{"id":"a"}]"#)
        }
        try fixture.everywhere { () throws in
            #expect(try tasks(all: true) == ["k5", "k4", "k3", "k2", "k1", "k0"])
            #expect(try tasks(all: false) == ["k5", "k3", "k1", "k0"])
            #expect(try tasks(ofAgent: "a") == ["k5", "k4", "k3", "k2", "k1", "k0"])
            for (number, status) in statuses.enumerated() where status != nil {
                #expect(try tasks(ofAgent: "a", status) == ["k\(number)"])
                #expect(
                    try fixture.read { try $0.tasks(status: status, limit: 9).ids } == [
                        "k\(number)"
                    ])
            }
        }
        _ = try update("k0", #"{"status":"completed"}"#)
        _ = try update("k4", #"{"status":"pending"}"#)
        _ = try update("k2", #"{"status":null}"#)
        try fixture.everywhere { () throws in
            #expect(try tasks(all: false) == ["k5", "k4", "k3", "k2", "k1"])
            #expect(try tasks(ofAgent: "a", "completed") == ["k0"])
            #expect(try tasks(ofAgent: "a", "pending") == ["k4"])
        }
        #expect(code { _ = try tasks(ofAgent: "a", "done") }?.errorClass == .request)
    }

    @Test func newestCreatedComesFirst() throws {
        for (id, time) in [
            ("k1", "2025-01-01T00:00:00Z"), ("k2", "2025-01-01T01:30:00+02:00"),
            ("k3", "2025-01-01T00:00:00.000000001"), ("k4", "2025-01-01 00:00:00"),
        ] { try fixture.task(id, in: "s", #""created_at":"\#(time)","agents":["a"]"#) }
        try fixture.everywhere { () throws in
            let expected = ["k3", "k4", "k1", "k2"]
            #expect(try tasks(all: true) == expected)
            #expect(try tasks(ofAgent: "a") == expected)
            #expect(try fixture.read { try $0.tasks(limit: 2).ids } == ["k3", "k4"])
        }
    }

    @Test func listsAreOfTheirSessionAndAgent() throws {
        for session in ["s/", "ss", "t"] { try fixture.session(session) }
        for agent in ["a/", "aa"] { try fixture.agent(agent) }
        for (session, agent) in [("s/", "a/"), ("ss", "aa"), ("t", "a"), ("s", "b")] {
            try fixture.task("\(session) \(agent)", in: session, #""agents":[{"id":"\#(agent)"}]"#)
        }
        try fixture.everywhere { () throws in
            #expect(try tasks(all: true) == ["s b"])
            #expect(try tasks(ofAgent: "a") == ["t a"])
            #expect(try tasks(ofAgent: "a/") == ["s/ a/"])
            #expect(try tasks(ofAgent: "none") == [])
            let none = try fixture.read { try $0.tasks(ofSession: Identifier("none")) }
            #expect(none.isEmpty)
        }
    }

    @Test func tasksOfADeletedSessionAreNone() throws {
        try fixture.task("k", in: "s", #""agents":[{"id":"a"}]"#)
        _ = try fixture.perform(.deleteSession(Identifier("s")))
        try fixture.session("s")
        try fixture.task("l", in: "s", #""agents":[{"id":"a"}]"#)
        try fixture.everywhere { () throws in
            #expect(try task("k") == nil)
            #expect(try tasks(ofAgent: "a") == ["l"])
            #expect(try tasks(all: true) == ["l"])
        }
        #expect(try update("k", "{}") == nil)
        #expect(try fixture.refusal { _ = try link("k", "b") } == .notFound)
    }

    static let bad = [
        "{}", #"{"session_id":null}"#, #"{"session_id":""}"#, #"{"session_id":"s","id":1}"#,
        #"{"session_id":"s","status":"open"}"#, #"{"session_id":"s","priority":1}"#,
        #"{"session_id":"s","agents":"a"}"#, #"{"session_id":"s","agents":[null]}"#,
        #"{"session_id":"s","agents":[{"id":null}]}"#, #"{"session_id":"s","config":[]}"#,
        #"{"session_id":"s","context":[]}"#, #"{"session_id":"s","created_at":"x"}"#,
        #"{"session_id":"s","started_at":"2025-01-01"}"#, #"{"session_id":"s","title":1}"#,
        #"{"session_id":"s","completed_at":0}"#, #"{"session_id":"s","description":[]}"#,
    ]

    @Test(arguments: bad) func aBadTaskIsRefused(json: String) throws {
        #expect(try fixture.refusal { _ = try create(json) }?.errorClass == .request)
    }

    @Test func asynchronousCallersGetTheSame() async throws {
        let chat = fixture.chat
        let id = try Identifier("k")
        _ = try await chat.perform(.createTask(record(#"{"id":"k","session_id":"s"}"#)))
        _ = try await chat.perform(.updateTask(id, record(#"{"status":"failed"}"#)))
        let linked = try await chat.perform(.linkTask(id, to: [Identifier("a")]))
        #expect(try task("k")?.fields == linked.fields)
        #expect(try tasks(ofAgent: "a", "failed") == ["k"])
    }

    @Test func linksAtOnceAreAllKept() async throws {
        try fixture.task("k", in: "s")
        for number in 0..<12 { try fixture.agent("g\(number)") }
        let chat = fixture.chat
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                group.addTask {
                    let agents = [try Identifier("g\(number)")]
                    _ = try await chat.perform(.linkTask(Identifier("k"), to: agents))
                }
            }
            try await group.waitForAll()
        }
        #expect(try Set(linked("k")) == Set((0..<12).map { "g\($0)" }))
    }
}
