import Foundation
import Hansard
import HansardRecords
import HansardTesting
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// An exported and imported store is the same store.
@Suite(.serialized) struct RoundTripTests {
    /// Imports twice and exports: the second import adds nothing, the export is the same.
    private func imported(_ text: String, at time: Instant) async throws -> ContractFixture {
        let fixture = try ContractFixture()
        try fixture.setClock("\(time)")
        let lines = text.split(separator: "\n").count
        let first = try await importing(text, into: fixture)
        #expect(first.lines == lines && first.added == lines, "\(first)")
        #expect(try export(fixture) == text)
        let again = try await importing(text, into: fixture)
        #expect(again.added == 0 && again.repeated == lines, "\(again)")
        #expect(try export(fixture) == text)
        return fixture
    }

    /// Whatever was done to a store, the model says the same of it and of what was made of its
    /// export.
    @Test(arguments: 0..<2) func everyMutationComesBack(run: Int) async throws {
        let seed = Seed.current()
        var random = SeededGenerator(seed: seed.value &+ UInt64(run))
        let fixture = try ContractFixture()
        var commands = try RandomCommands(random.fork())
        var model = ModelContract()
        do {
            for step in 0..<200 {
                if step % 10 == 9 { try fixture.setClock("\(fixture.chat.now.later(minutes: 3))") }
                let command = try commands.next()
                let by = provenance(&random)
                let wanted = try model.apply(
                    command, at: fixture.chat.now, by: by.actor ?? by.onBehalfOf)
                try #require(command.perform(on: fixture.chat, as: by) == wanted)
            }
            let copy = try await imported(export(fixture), at: fixture.chat.now)
            for chat in [fixture.chat, copy.chat] {
                let found = try chat.read {
                    try ContractComparison.differences(model, $0, at: chat.now, random.fork())
                }
                try #require(found.isEmpty, "\(found.joined(separator: "\n"))")
            }
        } catch {
            Issue.record(error, "\(seed.repeating("RoundTripTests"))")
        }
    }

    private func provenance(_ random: inout SeededGenerator) -> Provenance {
        guard random.chance(40) else { return Provenance() }
        let ids = ["r", "r\u{0}", "0b9c1f6e-8a55-4f3e-9d6f-3f0f8b1a2c3d"].map {
            try? Identifier($0)
        }
        return Provenance(
            actor: random.pick([nil, "ann", "os-user:é\u{0}"]),
            onBehalfOf: random.pick([nil, "", "bob"]),
            correlationID: random.pick(ids + [nil]), causationID: random.pick(ids + [nil]))
    }

    @Test func theExcerptComesBackToTheByte() async throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/excerpt.jsonl")
        let text = try String(contentsOf: path, encoding: .utf8)
        let copy = try await imported(text, at: Instant("2026-01-01T00:00:00Z"))
        #expect(try copy.eventsCount == 600)
    }

    @Test func aRedactedMessageIsExportedWithoutItsText() async throws {
        let fixture = try ContractFixture()
        try fixture.session("s")
        try fixture.message("m", in: "s", #""parts":[{"content":"secret"}],"note":"secret""#)
        let id = try Identifier("m")
        _ = try fixture.perform(.editMessage(id, record(#"{"note":"secret too","role":null}"#)))
        #expect(try export(fixture).contains("secret"))
        _ = try fixture.perform(.redactMessage(id, reason: "why"))
        let text = try export(fixture)
        #expect(!text.contains("secret"))
        #expect(text.contains("why"))
        let copy = try await imported(text, at: fixture.chat.now)
        let read = try copy.read { try $0.message(id)?.fields }
        #expect(try fixture.read { try $0.message(id)?.fields } == read)
    }

    /// Why a session was trimmed and deleted comes back with it.
    @Test func reasonsComeBack() async throws {
        let fixture = try ContractFixture()
        try fixture.session("s")
        for number in 0..<3 { try fixture.message("m\(number)", in: "s") }
        let id = try Identifier("s")
        _ = try fixture.perform(.trimMessages(ofSession: id, keeping: 1, reason: "retention"))
        _ = try fixture.perform(.deleteSession(id, reason: "asked for"))
        let text = try export(fixture)
        #expect(text.contains(#""reason":"retention""#) && text.contains(#""reason":"asked for""#))
        let copy = try await imported(text, at: fixture.chat.now)
        let reasons = try copy.read { view in
            try (5...6).map { try view.event(at: Position($0))?.event.data.string("reason") }
        }
        #expect(reasons == ["retention", "asked for"])
    }

    /// Created, deleted and created again with the same content are two sessions.
    @Test func aSessionMadeAgainComesBack() async throws {
        let fixture = try ContractFixture()
        for round in 0..<3 {
            try fixture.session("s")
            try fixture.message("m\(round)", in: "s")
            if round < 2 { _ = try fixture.perform(.deleteSession(Identifier("s"))) }
        }
        let copy = try await imported(export(fixture), at: fixture.chat.now)
        #expect(try copy.messages(of: "s") == ["m2"])
    }

    /// A card that comes back after an update is an event of its own.
    @Test func aCardAfterAnUpdateComesBack() async throws {
        let fixture = try ContractFixture()
        let id = try Identifier("x")
        for name in ["A", "B", "A"] {
            let card = try record(
                #"{"id":"x","name":"\#(name)","updated_at":"2025-01-01T00:00:00Z"}"#)
            _ = try fixture.perform(.registerAgent(card))
            _ = try fixture.perform(.registerAgent(card))
            _ = try fixture.perform(.updateAgent(id, record(#"{"name":"C"}"#)))
            _ = try fixture.perform(.registerAgent(card))
        }
        #expect(try fixture.eventsCount == 9)
        let copy = try await imported(export(fixture), at: fixture.chat.now)
        let card = try copy.read { try $0.agent(id)?.json }
        #expect(try fixture.read { try $0.agent(id)?.json } == card)
    }
}

extension Instant {
    fileprivate func later(minutes: Int64) -> Instant {
        Instant(microsecondsSinceUnixEpoch: microsecondsSinceUnixEpoch + minutes * 60_000_000)
    }
}
