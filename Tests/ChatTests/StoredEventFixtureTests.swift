import Foundation
import Hansard
import HansardBindings
import HansardProjections
import HansardRecords
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// Payloads that were written once are read the same for ever.
///
/// `Tests/Fixtures/events-vN/TYPE.txt` has a payload of version N in hexadecimal, what it says as
/// it is stored, and what a program of today reads: the first two lines are never changed.
@Suite struct StoredEventFixtureTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    private static func path(_ type: EventType, version: Int) -> URL {
        root.appending(path: "events-v\(version)/\(type).txt")
    }

    /// Every version of every type that is in the repository.
    private static let stored: [URL] = {
        let files = FileManager.default
        let directories =
            (try? files.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)) ?? []
        return directories.filter { $0.lastPathComponent.hasPrefix("events-v") }
            .flatMap {
                (try? files.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)) ?? []
            }
            .sorted { $0.path < $1.path }
    }()

    @Test(arguments: stored) func aStoredEventIsReadTheSameForEver(file: URL) throws {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(
            String.init)
        try #require(lines.count == 3, "payload, stored, current")
        let payload = try #require(Self.bytes(lines[0]))
        let event = try EventPayload.unpack(payload.span, position: 1)
        #expect(try Self.text(event) == lines[1])
        #expect("\(event.type).txt" == file.lastPathComponent)
        let table = try UpcasterTable(ChatUpcasters.all)
        #expect(try Self.text(table.current(event, at: nil)) == lines[2])
    }

    /// The version written today is among them. `HANSARD_ADD_FIXTURES=1` writes those that are
    /// missing, and never touches one that is there.
    @Test func everyTypeHasAFixtureOfItsCurrentVersion() throws {
        let versions = ChatUpcasters.all.versions
        #expect(versions.count == ChatEventTypes.all.count)
        let isAdding = ProcessInfo.processInfo.environment["HANSARD_ADD_FIXTURES"] != nil
        if isAdding { try addMissing() }
        for (type, version) in versions {
            let path = Self.path(type, version: version).path
            #expect(
                FileManager.default.fileExists(atPath: path), "run once with HANSARD_ADD_FIXTURES=1"
            )
        }
    }

    private func addMissing() throws {
        let fixture = try ContractFixture()
        try fixture.makeOneOfEachType()
        let log = fixture.chat.store.log
        try log.codecs.with { codec in
            try log.environment.read { transaction in
                for position in 1...(try log.head(in: transaction)).rawValue {
                    let stored = try #require(try transaction.get(position, from: log.events))
                    try add(codec.payload(stored.span, position: position).payload, position)
                }
            }
        }
    }

    private func add(_ payload: [UInt8], _ position: UInt64) throws {
        let event = try EventPayload.unpack(payload.span, position: position)
        let file = Self.path(event.type, version: event.schemaVersion)
        if FileManager.default.fileExists(atPath: file.path) { return }
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let text = try Self.text(event)
        let hex = payload.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        try "\(hex)\n\(text)\n\(text)\n".write(to: file, atomically: true, encoding: .utf8)
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    /// Everything an event says, in one line.
    private static func text(_ event: Event) throws -> String {
        let texts = [
            event.type.rawValue, "\(event.schemaVersion)", "\(event.lifecycle)", event.stream.text,
            event.id.text, event.actor ?? "-", event.onBehalfOf ?? "-",
            event.correlationID?.text ?? "-",
            event.causationID?.text ?? "-", event.claims.map(\.text).joined(separator: ","),
            event.filledFields.joined(separator: ","),
        ]
        return try (texts + [event.data.json(), event.metadata.json()]).joined(separator: " | ")
    }
}

extension ContractFixture {
    /// At least one event of every type, with fields of every kind in some.
    fileprivate func makeOneOfEachType() throws {
        func id(_ text: String) throws -> Identifier { try Identifier(text) }
        let session = "31e98348-7a0e-4a6e-9a53-0a3f1c5ad2b4"
        try agent("chloe")
        _ = try perform(.updateAgent(id("chloe"), record(#"{"name":"Chloé"}"#)))
        try self.session(
            session, #""title":"日本 \"quoted\"","session_metadata":{"n":[1,2.5,null,true]}"#)
        _ = try perform(.updateSession(id(session), record(#"{"title":"u"}"#)))
        for number in 0..<3 {
            try message(
                "m\(number)", in: session, at: "2025-01-01T00:00:0\(number)Z",
                #""agent_id":"chloe","parts":[{"type":"text","content":"text \#(number)"}]"#)
        }
        _ = try perform(.editMessage(id("m2"), record(#"{"x":1}"#)))
        _ = try perform(.trimMessages(ofSession: id(session), keeping: 2))
        _ = try perform(.redactMessage(id("m2")))
        try context("c", #""session_id":"\#(session)","expires_at":"2025-06-01T00:00:00Z""#)
        _ = try perform(.updateContext(id("c"), record(#"{"x":1}"#)))
        _ = try perform(.extendContext(id("c"), minutes: 1))
        try setClock("2026-01-02T00:00:00Z")
        _ = try chat.removeExpiredContextsBlocking()
        try task("k", in: session, #""agents":[{"id":"chloe"}],"status":"pending""#)
        _ = try perform(.updateTask(id("k"), record(#"{"status":"failed"}"#)))
        try agent("b")
        _ = try perform(.linkTask(id("k"), to: [id("b")]))
        _ = try perform(.deleteSession(id(session)))
    }
}
