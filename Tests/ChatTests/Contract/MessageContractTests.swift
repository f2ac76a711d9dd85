import Hansard
import HansardRecords
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

@Suite(.serialized) struct MessageContractTests {
    private let fixture: ContractFixture

    init() throws {
        fixture = try ContractFixture()
        try fixture.session("s")
    }

    private func create(_ json: String) throws -> String {
        try fixture.perform(.createMessage(record(json))).json
    }

    private func message(_ id: String) throws -> String? {
        try fixture.read { try $0.message(Identifier(id))?.json }
    }

    @Test func missingFieldsAreFilled() throws {
        let answer = try fixture.perform(.createMessage(record(#"{"session_id":"s"}"#)))
        let uuid = try #require(answer.fields.string("message_uuid"))
        #expect(uuid.utf8.count == 36)
        let expected =
            #"{"session_id":"s","message_uuid":"\#(uuid)","created_at":"#
            + #""\#(ContractFixture.start)","id":2}"#
        #expect(try answer.json == expected)
        try fixture.everywhere { () throws in
            #expect(try message(uuid) == expected)
            #expect(try fixture.messages(of: "s") == [uuid])
        }
    }

    @Test func everyFieldComesBackAsItCame() throws {
        let given =
            #"{"updated_at":null,"message_uuid":"m","session_id":"s","type":"text","role":null,"#
            + #""agent_id":"a/b","parts":[{"type":"text","content":"a\u0000b","metadata":{"x":1.0}},"#
            + #"{"type":"t","content":null}],"message_metadata":{"k":{"n":null}},"in_reply_to":"none","#
            + #""context_refs":[1,"c"],"capabilities_used":[],"#
            + #""created_at":"2025-01-01 10:00:00.123456789",\#(oddFieldsBack)"#
        let answer = try create(given + "}")
        #expect(try Array(answer.utf8) == Array(record(given + #","id":2}"#).json().utf8))
        try fixture.everywhere { () throws in
            #expect(try message("m").map { Array($0.utf8) } == Array(answer.utf8))
            #expect(try fixture.messages(of: "s") == ["m"])
        }
    }

    @Test(arguments: oddTexts) func textComesBackToTheByte(text: String) throws {
        let given = try Record([
            ("message_uuid", "m"), ("session_id", "s"), ("created_at", "2025-01-01T00:00:00Z"),
            ("parts", [["type": "text", "content": .string(text)]]), ("in_reply_to", .string(text)),
            ("x" + text, .string(text)),
        ])
        _ = try fixture.perform(.createMessage(given))
        try fixture.everywhere { () throws in
            let fields = try #require(try fixture.read { try $0.message(Identifier("m"))?.fields })
            #expect(try fields.removing("id").value() == (try given.value()))
        }
    }

    @Test func nullAndAbsentAreTwoThings() throws {
        let optional = [
            "type", "role", "agent_id", "parts", "message_metadata", "in_reply_to", "context_refs",
            "capabilities_used", "updated_at", "unknown",
        ]
        for (number, name) in optional.enumerated() {
            try fixture.message("m\(number)", in: "s", #""\#(name)":null"#)
        }
        try fixture.everywhere { () throws in
            for (number, name) in optional.enumerated() {
                let fields = try fixture.read { try $0.message(Identifier("m\(number)"))?.fields }
                let names = Set(fields?.fieldNames ?? [])
                #expect(fields?.isNull(name) == true)
                #expect(names == ["message_uuid", "session_id", name, "created_at", "id"])
            }
        }
    }

    /// The position, unless it brought an id of its own.
    @Test func aMessageHasAnId() throws {
        for (number, own) in ["7", #""x""#, "1.0", "[]", "null"].enumerated() {
            try fixture.message("m\(number)", in: "s", #""id":\#(own)"#)
        }
        try fixture.everywhere { () throws in
            for (number, id) in ["7", #""x""#, "1.0", "[]", "6"].enumerated() {
                let json = try #require(try message("m\(number)"))
                #expect(json.contains(#","id":\#(id)"#), "\(json)")
            }
        }
    }

    @Test func theSameAgainIsTheFirst() throws {
        let given = #"{"message_uuid":"m","session_id":"s","parts":[{"a":1,"b":null}]}"#
        let first = try create(given)
        try fixture.setClock("2026-02-01T00:00:00Z")
        try fixture.everywhere { () throws in
            #expect(try create(given) == first)
            let other = #"{"parts":[{"b":null,"a":1}],"session_id":"s","message_uuid":"m"}"#
            #expect(try create(other) == first)
            let times = [#""\#(ContractFixture.start)""#, "null"]
            for time in times {
                #expect(try create(given.dropLast() + #","created_at":\#(time)}"#) == first)
            }
        }
        #expect(try fixture.eventsCount == 2)
    }

    /// A retry may come by way of another request, and from someone else.
    @Test func whoSendsItAgainMakesNoDifference() async throws {
        let given = try record(#"{"message_uuid":"m","session_id":"s","n":1}"#)
        let first = try fixture.chat.performBlocking(
            .createMessage(given), as: Provenance(actor: "alice", correlationID: Identifier("1")))
        try fixture.setClock("2026-02-01T00:00:00Z")
        for actor in [nil, "alice", "bob"] {
            let provenance = Provenance(actor: actor, correlationID: .random())
            let again = try fixture.chat.performBlocking(.createMessage(given), as: provenance)
            #expect(again.fields == first.fields)
            let other = try await fixture.chat.perform(.createMessage(given), as: provenance)
            #expect(other.fields == first.fields)
            let code = try fixture.refusal {
                _ = try fixture.chat.performBlocking(
                    .createMessage(given.setting("n", to: 2)), as: provenance)
            }
            #expect(code == .idConflict)
        }
        #expect(try fixture.eventsCount == 2)
    }

    /// As it was answered, but for the `id` the store added.
    @Test func theAnswerAgainIsTheFirst() throws {
        let first = try fixture.perform(.createMessage(record(#"{"session_id":"s","x":1}"#)))
        try fixture.setClock("2026-02-01T00:00:00Z")
        let again = try fixture.perform(.createMessage(first.fields.removing("id")))
        #expect(again.position == first.position)
        #expect(again.fields == first.fields)
    }

    @Test func otherContentIsAnError() throws {
        let given = #"{"message_uuid":"m","session_id":"s","n":1"#
        _ = try create(given + "}")
        try fixture.session("t")
        for other in [
            #"{"message_uuid":"m","session_id":"s","n":1.0}"#,
            #"{"message_uuid":"m","session_id":"s","n":2}"#,
            #"{"message_uuid":"m","session_id":"s"}"#,
            #"{"message_uuid":"m","session_id":"t","n":1}"#,
            given + #","type":null}"#, given + #","created_at":"2025-01-01T00:00:00Z"}"#,
        ] {
            #expect(try fixture.refusal { _ = try create(other) } == .idConflict, "\(other)")
        }
    }

    @Test func theSessionMustExist() throws {
        for session in ["t", "S", "s/", "s\\u0000"] {
            let code = try fixture.refusal { _ = try create(#"{"session_id":"\#(session)"}"#) }
            #expect(code == .notFound)
        }
        try fixture.session("t")
        _ = try create(#"{"session_id":"t"}"#)
        _ = try fixture.perform(.deleteSession(Identifier("t")))
        let code = try fixture.refusal { _ = try create(#"{"session_id":"t"}"#) }
        #expect(code == .notFound)
    }

    /// A message's id may be the id of anything of another kind.
    @Test func kindsShareNoIds() throws {
        try fixture.agent("x")
        try fixture.session("x")
        try fixture.context("x", #""session_id":"x""#)
        try fixture.task("x", in: "x")
        try fixture.message("x", in: "x")
        try fixture.everywhere { () throws in
            try fixture.read { view throws in
                let id = try Identifier("x")
                #expect(try view.message(id)?.fields.string("message_uuid") == "x")
                #expect(try view.agent(id)?.fields.string("name") == "x")
                #expect(try view.session(id)?.fields.string("title") == "t")
                #expect(try view.context(id)?.fields.string("source_agent_id") == "a")
                #expect(try view.task(id)?.fields.string("title") == "t")
            }
        }
    }

    @Test func idsAreToldApartByTheirBytes() throws {
        let short = oddIDs.filter { $0.utf8.count < 120 }
        var appends: [Append] = []
        for id in oddIDs {
            _ = try fixture.perform(.createSession(Record([("id", .string(id)), ("title", "t")])))
            for other in short where short.contains(id) {
                let message = try Record([
                    ("message_uuid", .string(other + "|" + id)), ("session_id", .string(id)),
                    ("agent_id", .string(other)), ("created_at", "2025-01-01T00:00:00Z"),
                ])
                appends.append(try ChatEvents.messageCreated(message))
            }
        }
        for answer in try fixture.chat.store.appendBlocking(appends) { _ = try answer.get() }
        try fixture.everywhere { () throws in
            for id in oddIDs {
                try fixture.read { view throws in
                    let identifier = try Identifier(id)
                    let wanted = short.contains(id) ? short.count : 0
                    #expect(try view.messagesCount(ofSession: identifier) == wanted)
                    let page = try view.messages(ofSession: identifier, limit: 100)
                    #expect(page?.items.count == wanted)
                    let ofAgent = try view.messages(ofAgent: identifier, limit: 100).items
                    #expect(ofAgent.count == wanted)
                    #expect(ofAgent.allSatisfy { $0.fields.field("agent_id") == .string(id) })
                }
            }
        }
    }

    @Test func anUnknownMessageIsNone() throws {
        try fixture.message("ab", in: "s")
        for id in ["a", "abc", "AB", "s"] { #expect(try message(id) == nil) }
    }

    static let bad = [
        "{}", #"{"session_id":null}"#, #"{"session_id":""}"#, #"{"session_id":7}"#,
        #"{"session_id":"s","message_uuid":""}"#, #"{"session_id":"s","message_uuid":1}"#,
        #"{"session_id":"s","message_uuid":"\#(String(repeating: "x", count: 256))"}"#,
        #"{"session_id":"s","type":1}"#, #"{"session_id":"s","role":[]}"#,
        #"{"session_id":"s","agent_id":""}"#, #"{"session_id":"s","parts":{}}"#,
        #"{"session_id":"s","message_metadata":[]}"#, #"{"session_id":"s","in_reply_to":1}"#,
        #"{"session_id":"s","context_refs":"x"}"#, #"{"session_id":"s","capabilities_used":1}"#,
        #"{"session_id":"s","updated_at":"x"}"#,
    ]

    @Test(arguments: bad) func aBadMessageIsRefused(json: String) throws {
        #expect(try fixture.refusal { _ = try create(json) }?.errorClass == .request)
    }

    static let badTimes = [
        "2025-01-01", "2025-W01-1T00:00:00", "2025-001T00:00:00", "1735689600", "",
        "2025-01-01T24:00:00Z", "2025-02-29T00:00:00Z", "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z", "2025-01-01T00:00:00.1234567891Z", "2025-01-01T00:00:00,5Z",
        "2025-01-01T00:00Z", "2025-01-01T00:00:00+24:00", " 2025-01-01T00:00:00Z",
        "2025-01-01T00:00:00Z ", "2025-01-01T00:00:60Z", "20250101T000000Z",
        "2025-01-01T00:00:00.Z", "2025-01-01T00:00:00 UTC",
    ]

    @Test(arguments: badTimes) func aBadTimeIsRefused(time: String) throws {
        let code = try fixture.refusal { try fixture.message("m", in: "s", at: time) }
        #expect(code?.errorClass == .request)
    }

    /// Each form is kept, and the instant alone decides the order.
    @Test func everyFormOfTimeOrdersByItsInstant() throws {
        let times = [
            "0001-01-01T00:00:00Z", "2025-01-01T00:59:59.999999999+01:00", "2025-01-01 00:00:00",
            "2025-01-01T00:00:00Z", "2024-12-31T23:00:00-01:00", "2025-01-01T00:00:00.000000000",
            "2025-01-01t00:00:00.000000001z", "2025-01-01T00:00:00.000001Z",
            "2025-01-01T01:00:00.000001001+01:00", "2025-01-01T00:00:00.1Z",
            "2025-01-01T00:00:00.10000001Z", "2025-01-01T00:00:00.9+00:00", "9999-12-31T23:59:59Z",
        ]
        // Those of one instant arrive in the order above, the rest mixed between them.
        let equal = Set([2, 3, 4, 5])
        for index in times.indices.reversed() where !equal.contains(index) {
            try fixture.message("m\(index)", in: "s", at: times[index])
        }
        for index in times.indices where equal.contains(index) {
            try fixture.message("m\(index)", in: "s", at: times[index])
        }
        try fixture.everywhere { () throws in
            #expect(try fixture.messages(of: "s") == times.indices.map { "m\($0)" })
            for (index, time) in times.enumerated() {
                let fields = try fixture.read { try $0.message(Identifier("m\(index)"))?.fields }
                #expect(fields?.string("created_at") == time)
            }
        }
    }

    @Test(arguments: [
        "18446744073709551616", "-9223372036854775809", "NaN", "Infinity", "-Infinity", "1e400",
        #""\ud800""#, #""\udc00x""#, #"{"a":1,"a":2}"#,
    ]) func whatNoRecordCanHoldIsRefused(value: String) {
        #expect(throws: RecordError.self) {
            _ = try record(#"{"session_id":"s","x":\#(value)}"#)
        }
    }

    @Test func asynchronousCallersGetTheSame() async throws {
        let chat = fixture.chat
        let given = try record(#"{"message_uuid":"m","session_id":"s"}"#)
        let first = try await chat.perform(.createMessage(given))
        let again = try await chat.perform(.createMessage(given))
        #expect(first.fields == again.fields)
        #expect(try message("m") == (try first.json))
        await #expect(throws: HansardError.self) {
            _ = try await chat.perform(.createMessage(record(#"{"session_id":"none"}"#)))
        }
    }

    /// Visible to every read that begins after it returned, from whichever thread.
    @Test func whatWasAnsweredIsSeen() async throws {
        let chat = fixture.chat
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let id = try Identifier("m\(number / 2)")
                    let message = try record(
                        #"{"message_uuid":"\#(id)","session_id":"s","n":\#(number / 2)}"#)
                    let answer = try await chat.perform(.createMessage(message))
                    try chat.read { view throws in
                        #expect(try view.message(id)?.fields == answer.fields)
                        let page = try view.messages(ofSession: Identifier("s"), limit: 100)
                        #expect(page?.items.contains { $0.fields == answer.fields } == true)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try fixture.messages(of: "s").count == 20)
    }
}
