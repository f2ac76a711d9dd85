import Hansard
import HansardChat
import HansardRecords
import Testing

/// When contexts expire, live longer and are removed.
@Suite(.serialized) struct ExpiryContractTests {
    private let fixture: ContractFixture

    init() throws { fixture = try ContractFixture() }

    private func shared(unexpired: Bool) throws -> [String] {
        let now = unexpired ? fixture.chat.now : nil
        return try fixture.read { view in
            let ids = try view.contexts(sharedWith: Identifier("b"), unexpiredAt: now).ids
            #expect(try view.contexts(ofSession: Identifier("s"), unexpiredAt: now).ids == ids)
            return ids
        }
    }

    private func share(_ id: String, until time: String?) throws {
        let expiry = time.map { #","expires_at":"\#($0)""# } ?? ""
        try fixture.context(id, #""session_id":"s"\#(expiry)"#)
    }

    private func extend(_ id: String, _ minutes: Int) throws -> ChatRecord? {
        try fixture.perform(.extendContext(Identifier(id), minutes: minutes))
    }

    /// As text, `2026-01-01T01…+02:00` would come after `2026-01-01T00…Z`.
    @Test func expiryIsAnInstantAndNoText() throws {
        try share("east", until: "2026-01-01T01:00:00+02:00")
        try share("west", until: "2025-12-31T23:00:00-02:00")
        try share("never", until: nil)
        try share("null", until: nil)
        try share("naive", until: "2026-01-01 00:00:00.000000001")
        try share("now", until: "2026-01-01T00:00:00Z")
        try fixture.everywhere { () throws in
            #expect(try shared(unexpired: true) == ["naive", "null", "never", "west"])
            #expect(
                try shared(unexpired: false) == ["now", "naive", "null", "never", "west", "east"])
            #expect(try fixture.read { try $0.context(Identifier("east")) } != nil)
        }
        #expect(try fixture.chat.removeExpiredContextsBlocking() == 2)
        #expect(try fixture.chat.removeExpiredContextsBlocking() == 0)
        try fixture.everywhere { () throws in
            #expect(try shared(unexpired: false) == ["naive", "null", "never", "west"])
            for id in ["east", "now"] {
                #expect(try fixture.read { try $0.context(Identifier(id)) } == nil)
                let types = try fixture.read { try $0.historyTypes(.context, id) }
                #expect(types == ["context.shared", "context.expired"])
            }
        }
    }

    @Test func aRemovedContextsIdIsGone() throws {
        try share("c", until: "2025-01-01T00:00:00Z")
        _ = try fixture.chat.removeExpiredContextsBlocking()
        for _ in 0..<2 {
            for expiry in ["2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z"] {
                #expect(try fixture.refusal { try share("c", until: expiry) } == .gone)
            }
            #expect(try extend("c", 5) == nil)
            #expect(try fixture.perform(.updateContext(Identifier("c"), record("{}"))) == nil)
            try fixture.reopen()
        }
    }

    @Test func aBatchIsNoLimit() throws {
        for number in 0..<25 { try share("c\(number)", until: "2025-01-01T00:00:\(10 + number)Z") }
        try share("stays", until: "2027-01-01T00:00:00Z")
        #expect(try fixture.chat.removeExpiredContextsBlocking(batchSize: 10) == 25)
        try fixture.everywhere { () throws in #expect(try shared(unexpired: false) == ["stays"]) }
        for size in [0, -1, 1_001] {
            let code = try fixture.refusal {
                _ = try fixture.chat.removeExpiredContextsBlocking(batchSize: size)
            }
            #expect(code?.errorClass == .request)
        }
    }

    /// Contexts of a deleted session are gone already and not counted.
    @Test func contextsOfADeletedSessionAreNotCounted() throws {
        try fixture.session("s")
        try share("c", until: "2025-01-01T00:00:00Z")
        try fixture.context("free", #""expires_at":"2025-01-01T00:00:00Z""#)
        _ = try fixture.perform(.deleteSession(Identifier("s")))
        #expect(try fixture.chat.removeExpiredContextsBlocking() == 1)
        #expect(try fixture.chat.removeExpiredContextsBlocking() == 0)
    }

    // MARK: Extension

    @Test func anExtensionBeginsAtTheLaterOfNowAndTheOldExpiry() throws {
        for (id, expiry, expected) in [
            ("past", "2025-06-01T00:00:00Z", "2026-01-01T00:10:00.000000+00:00"),
            ("future", "2026-01-01T02:00:00+01:00", "2026-01-01T01:10:00.000000+00:00"),
            ("now", "2026-01-01T00:00:00Z", "2026-01-01T00:10:00.000000+00:00"),
            ("none", nil, "2026-01-01T00:10:00.000000+00:00"),
        ] as [(String, String?, String)] {
            try share(id, until: expiry)
            let answer = try #require(try extend(id, 10))
            #expect(answer.fields.string("expires_at") == expected, "\(id)")
            try fixture.everywhere { () throws in
                let read = try fixture.read { try $0.context(Identifier(id))?.fields }
                #expect(read == answer.fields)
            }
        }
        #expect(try shared(unexpired: true).count == 4)
        try fixture.setClock("2026-01-01T00:10:00Z")
        #expect(try shared(unexpired: true) == ["future"])
        #expect(try fixture.chat.removeExpiredContextsBlocking() == 3)
    }

    @Test func anExtensionIsToldInTheMetadata() throws {
        try fixture.context(
            "c", #""context_metadata":{"z":1,"ttl_extension":"old","a":{"b":1.0}}"#)
        try fixture.setClock("2026-01-02T00:00:00Z")
        let answer = try #require(try extend("c", 5))
        #expect(
            answer.fields.field("context_metadata")
                == [
                    "z": 1, "ttl_extension": 5, "a": ["b": 1.0],
                    "ttl_extended_at": "2026-01-02T00:00:00.000000+00:00",
                ])
        for (id, metadata) in [("d", ""), ("e", #""context_metadata":null"#)] {
            try fixture.context(id, metadata)
            let names = try extend(id, 5)?.fields.record("context_metadata")?.fieldNames
            #expect(names == ["ttl_extended_at", "ttl_extension"])
        }
    }

    @Test func extensionsAddUp() throws {
        try share("c", until: nil)
        for _ in 0..<3 { _ = try extend("c", 20) }
        let expiry = try fixture.read {
            try $0.context(Identifier("c"))?.fields.string("expires_at")
        }
        #expect(expiry == "2026-01-01T01:00:00.000000+00:00")
        #expect(try fixture.read { try $0.historyTypes(.context, "c").count } == 4)
    }

    /// Each extension counts, though they all began from the same state.
    @Test func extensionsAtOnceAddUp() async throws {
        try share("c", until: nil)
        let chat = fixture.chat
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    _ = try await chat.perform(.extendContext(Identifier("c"), minutes: 10))
                }
            }
            try await group.waitForAll()
        }
        let expiry = try fixture.read {
            try $0.context(Identifier("c"))?.fields.string("expires_at")
        }
        #expect(expiry == "2026-01-01T02:00:00.000000+00:00")
    }

    @Test func badExtensionsAreRefused() throws {
        try share("c", until: nil)
        for minutes in [0, -1, .min, .max, 525_960_001] {
            #expect(try fixture.refusal { _ = try extend("c", minutes) }?.errorClass == .request)
        }
        try share("last", until: "9999-12-31T23:59:00Z")
        #expect(try fixture.refusal { _ = try extend("last", 1) }?.errorClass == .request)
        #expect(try extend("unknown", 5) == nil)
    }

    /// Either the extension comes first and the context stays, or the cleanup does and it is gone.
    @Test func aCleanupNeverRemovesWhatWasExtended() async throws {
        for number in 0..<30 { try share("c\(number)", until: "2025-01-01T00:00:00Z") }
        let chat = fixture.chat
        let extended = try await withThrowingTaskGroup(of: Identifier?.self) { group in
            for number in 0..<30 {
                group.addTask {
                    let id = try Identifier("c\(number)")
                    return try await chat.perform(.extendContext(id, minutes: 5)) == nil ? nil : id
                }
                if number % 6 == 0 {
                    group.addTask {
                        _ = try await chat.removeExpiredContexts(batchSize: 3)
                        return nil
                    }
                }
            }
            return try await group.reduce(into: Set<Identifier>()) { ids, id in
                if let id { ids.insert(id) }
            }
        }
        try fixture.everywhere { () throws in
            for number in 0..<30 {
                let id = try Identifier("c\(number)")
                let isThere = try fixture.read { try $0.context(id) } != nil
                #expect(isThere == extended.contains(id), "\(id)")
            }
        }
    }
}
