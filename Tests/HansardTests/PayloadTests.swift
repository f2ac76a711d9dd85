import Hansard
import HansardBindings
import HansardRecords
import Testing

@testable import HansardEngine
@testable import HansardOperations

@Suite struct PayloadTests {
    static func full() throws -> Event {
        Event(
            id: try Identifier("11111111-2222-4333-8444-555555555555"),
            type: EventType("message.created"),
            stream: try StreamName(text: "session/café/1"), schemaVersion: 65_535, lifecycle: .ends,
            actor: "token:gateway", onBehalfOf: "Ünal\u{0}", correlationID: try Identifier("c-1"),
            causationID: try Identifier("99999999-2222-4333-8444-555555555555"),
            claims: [try Identifier("claim"), try Identifier("CLAIM")],
            data: try Record(json: #"{"text":"hi","n":[1,-2,3.5,null,true],"o":{"b":1,"a":2}}"#),
            metadata: try Record(json: #"{"ip":"::1"}"#), filledFields: ["created_at"])
    }

    @Test func everyFieldComesBack() throws {
        let event = try Self.full()
        let back = try EventPayload.unpack(Self.packed(event).span, position: 1)
        #expect(back.id == event.id)
        #expect(back.type == event.type)
        #expect(back.stream == event.stream)
        #expect(back.schemaVersion == event.schemaVersion)
        #expect(back.lifecycle == event.lifecycle)
        #expect(back.actor == event.actor)
        #expect(back.onBehalfOf == event.onBehalfOf)
        #expect(back.correlationID == event.correlationID)
        #expect(back.causationID == event.causationID)
        #expect(back.claims == event.claims)
        #expect(back.data == event.data)
        #expect(back.metadata == event.metadata)
        #expect(back.filledFields == event.filledFields)
    }

    @Test func whatWasNotGivenComesBackAsNotGiven() throws {
        let event = Event(type: EventType("t"), stream: try stream("x"))
        let back = try EventPayload.unpack(Self.packed(event).span, position: 1)
        #expect(back.actor == nil && back.onBehalfOf == nil)
        #expect(back.correlationID == nil && back.causationID == nil)
        #expect(back.claims.isEmpty && back.filledFields.isEmpty)
        #expect(back.data == .empty && back.metadata == .empty)
    }

    /// Byte for byte what docs/FORMAT.md says; logs hold these for ever.
    @Test func theFormatNeverChanges() throws {
        let hex = try Self.packed(Self.full()).hex
        #expect(
            hex
                == "9eaf6d6573736167652e63726561746564cdffff02ad746f6b656e3a67617465776179a6c39c6e616c00a363"
                + "2d31d8019999999922224333844455555555555581a26970a33a3a3191aa637265617465645f617492a5636c"
                + "61696da5434c41494da773657373696f6ea7636166c3a92f31d8011111111122224333844455555555555583"
                + "a474657874a26869a16e9501fecb400c000000000000c0c3a16f82a16201a16102")
    }

    @Test func everyCutIsSeen() throws {
        let packed = try Self.packed(Self.full())
        for length in 0..<packed.count {
            #expect(Self.refusal(Array(packed[..<length])) == .corruptEvent, "\(length)")
        }
        #expect(Self.refusal(packed + [0xC0]) == .corruptEvent)
    }

    /// Values that no version wrote, in the places of lifecycle and data.
    @Test func impossibleFieldsAreRefused() throws {
        var packer = Packer()
        func payload(lifecycle: Int64, data: [UInt8]) throws -> [UInt8] {
            packer.removeAll()
            packer.packArrayHeader(count: EventPayload.fieldsCount)
            packer.packString("t")
            packer.packInteger(1)
            packer.packInteger(lifecycle)
            for _ in 0..<7 { packer.packNil() }
            packer.packString("session")
            try Identifier("x").pack(into: &packer)
            try Identifier("y").pack(into: &packer)
            packer.appendRaw(data.span)
            return packer.bytes()
        }
        #expect(Self.refusal(try payload(lifecycle: 1, data: [0x80])) == nil)
        for lifecycle: Int64 in [3, 256, 258, -1, -256] {
            let code = Self.refusal(try payload(lifecycle: lifecycle, data: [0x80]))
            #expect(code == .corruptEvent, "lifecycle \(lifecycle)")
        }
        for data: [UInt8] in [[0x07], [0xA1, 0x61], [0x90]] {
            #expect(Self.refusal(try payload(lifecycle: 0, data: data)) == .corruptEvent, "\(data)")
        }
    }

    /// A length of four billion in five bytes must cost neither memory nor time.
    @Test func countsWithoutContentAreRefused() {
        let list: [UInt8] = [0xDD, 0xFF, 0xFF, 0xFF, 0xFF]
        #expect(Self.refusal(list) == .corruptEvent)
        let head: [UInt8] = [0x9E, 0xA1, 0x74, 1, 0, 0xC0, 0xC0, 0xC0, 0xC0, 0xC0]
        #expect(Self.refusal(head + list) == .corruptEvent)
        #expect(Self.refusal(head + [0xDB, 0xFF, 0xFF, 0xFF, 0xFF]) == .corruptEvent)
    }

    static func packed(_ event: Event) -> [UInt8] {
        var packer = Packer()
        EventPayload.pack(event, into: &packer)
        return packer.bytes()
    }

    private static func refusal(_ payload: [UInt8]) -> ErrorCode? {
        code { _ = try EventPayload.unpack(payload.span, position: 1) }
    }
}

extension [UInt8] {
    var hex: String {
        let digits = [Character]("0123456789abcdef")
        return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
