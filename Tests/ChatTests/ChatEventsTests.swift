import Hansard
import HansardChat
import HansardRecords
import Testing

/// The conditions on a record of the chat domain before it is recorded.
@Suite struct ChatEventsTests {
    static let good: [String: Value] = [
        "message_uuid": "m1", "session_id": "s1", "type": "text", "role": "user", "agent_id": "a1",
        "parts": [], "message_metadata": [:], "in_reply_to": "m0", "context_refs": [],
        "capabilities_used": [], "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
    ]

    static func record(_ change: (inout [String: Value]) -> Void) throws -> Record {
        var fields = good
        change(&fields)
        return try Record(fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    private func refusal(_ change: (inout [String: Value]) -> Void) throws -> ErrorCode? {
        try error(change)?.code
    }

    private func error(_ change: (inout [String: Value]) -> Void) throws -> HansardError? {
        let record = try Self.record(change)
        do {
            _ = try ChatEvents.messageCreated(record)
            return nil
        } catch {
            return error
        }
    }

    @Test func aMessageTakesItsIdAndExpectsItsSession() throws {
        let append = try ChatEvents.messageCreated(Self.record { _ in })
        let event = try #require(append.events.first)
        #expect(event.id == (try Identifier("m1")))
        #expect(event.stream.text == "session/s1")
        #expect(append.expecting == [event.stream: .streamExists])
        #expect(event.data == (try Self.record { _ in }))
    }

    @Test(arguments: ["message_uuid", "session_id", "created_at"])
    func requiredFieldsMayBeNeitherMissingNorNull(name: String) throws {
        #expect(try refusal { $0[name] = nil } == .invalidArgument)
        #expect(try refusal { $0[name] = .null } == .invalidArgument)
    }

    /// The text for people says which field it is.
    @Test(arguments: Array(good.keys)) func theTextNamesTheField(name: String) throws {
        #expect(try error { $0[name] = 7 }?.what.contains("'\(name)'") == true)
        if name.hasSuffix("_at") {
            #expect(try error { $0[name] = "soon" }?.what.contains("'\(name)'") == true)
        }
    }

    @Test func otherFieldsMayBeMissingOrNull() throws {
        for name in Self.good.keys
        where !["message_uuid", "session_id", "created_at"].contains(name) {
            #expect(try refusal { $0[name] = nil } == nil, "\(name)")
            #expect(try refusal { $0[name] = .null } == nil, "\(name)")
        }
        #expect(try refusal { $0["unknown"] = .double(1.5) } == nil)
    }

    @Test func everyFieldIsOfItsKind() throws {
        let kinds: [Value] = [.bool(true), 7, 1.5, "text", [1], ["a": 1]]
        let fitting: [String: Set<Int>] = [
            "message_uuid": [3], "session_id": [3], "agent_id": [3], "type": [3], "role": [3],
            "in_reply_to": [3], "parts": [4], "context_refs": [4], "capabilities_used": [4],
            "message_metadata": [5], "created_at": [], "updated_at": [],
        ]
        for (name, fits) in fitting {
            for (number, value) in kinds.enumerated() {
                let refusal = try refusal { $0[name] = value }
                #expect((refusal == nil) == fits.contains(number), "\(name): \(value)")
                // Text in the wrong place is a time that is none, or no list and no object.
                let isNoTime = number == 3 && name.hasSuffix("_at")
                if refusal != nil {
                    #expect(refusal == (isNoTime ? .invalidTime : .wrongType), "\(name): \(value)")
                }
            }
        }
    }

    /// Text that is packed in a shorter form is text all the same.
    @Test func textThatLooksLikeAnIdOrATimeIsText() throws {
        for text in [
            "0b9c1f6e-8a55-4f3e-9d6f-3f0f8b1a2c3d", "2025-03-03T07:00:20.189781Z",
            "2025-03-03T07:00:20.189781+00:00", "2025-03-03T07:00:20.189781", "", "\u{0}",
        ] { #expect(try refusal { $0["in_reply_to"] = .string(text) } == nil, "\(text)") }
    }

    @Test func idsHaveOneTo255Bytes() throws {
        for name in ["message_uuid", "session_id", "agent_id"] {
            let long = String(repeating: "é", count: 128)
            #expect(try refusal { $0[name] = "" } == .invalidIdentifier)
            #expect(try refusal { $0[name] = .string(long) } == .invalidIdentifier)
            #expect(try refusal { $0[name] = .string(String(repeating: "x", count: 255)) } == nil)
            #expect(try refusal { $0[name] = "a/b \u{0} c" } == nil, "any text is an id")
        }
    }

    @Test func timesAreTimes() throws {
        for text in ["", "yesterday", "2025-13-01T00:00:00Z", "2025-01-01", "2025-02-30T00:00:00Z"]
        {
            let error = try error { $0["created_at"] = .string(text) }
            #expect(error?.code == .invalidTime, "\(text)")
            #expect(error?.advice == .correct(.writeAsTime))
        }
        #expect(try refusal { $0["created_at"] = "2025-03-03T07:00:20.189781+02:00" } == nil)
    }

    @Test func sessionsAndAgentsSayWhatTheyExpect() throws {
        let id = try Identifier("x")
        let record = try Record([("created_at", "2025-01-01T00:00:00Z")])
        let session = try ChatEvents.sessionCreated(id, record)
        #expect(session.expecting.values.map { $0 } == [.noStream])
        #expect(session.events[0].lifecycle == .begins)
        let first = try ChatEvents.agentRegistered(id, record, replacing: nil)
        #expect(first.expecting.values.map { $0 } == [.noStream])
        #expect(first.events[0].lifecycle == .begins)
        let next = try ChatEvents.agentRegistered(id, record, replacing: Revision(4))
        #expect(next.expecting.values.map { $0 } == [.exactly(Revision(4))])
        #expect(next.events[0].lifecycle == .continues)
        #expect(code { _ = try ChatEvents.sessionCreated(id, .empty) } == .invalidArgument)
        #expect(
            code { _ = try ChatEvents.agentRegistered(id, .empty, replacing: nil) }
                == .invalidArgument)
        let odd = try Record([("created_at", "2025-01-01T00:00:00Z"), ("is_active", 1)])
        #expect(
            code { _ = try ChatEvents.agentRegistered(id, odd, replacing: nil) } == .wrongType)
    }
}
