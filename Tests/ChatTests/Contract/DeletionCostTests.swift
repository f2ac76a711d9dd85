import Hansard
import HansardRecords
import HansardTesting
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// Deleting and trimming write as much however many messages they hide.
@Suite(.serialized) struct DeletionCostTests {
    private let fixture: ContractFixture
    private let id: Identifier

    init() throws {
        fixture = try ContractFixture()
        id = try Identifier("s")
    }

    /// A session with so many messages, contexts and tasks, all of it in the index.
    private func prepare(_ count: Int) throws {
        try fixture.session("s")
        let appends = try (0..<count).map { number in
            try ChatEvents.messageCreated(
                Lines.record("m\(number)", "s", "2025-01-01T00:00:00Z"))
        }
        for answer in try fixture.chat.store.appendBlocking(appends) { _ = try answer.get() }
        for number in 0..<min(count, 20) {
            try fixture.context("c\(number)", #""session_id":"s""#)
            try fixture.task("k\(number)", in: "s")
        }
        try fixture.flush()
    }

    /// Rows of the index that a command leaves new, changed or gone, and its events.
    private func written(
        _ body: () throws -> Void
    ) throws -> (events: UInt64, rows: Int) {
        let before = try fixture.read { try TableContents($0) }
        try body()
        let after = try fixture.read { try TableContents($0) }
        let rows = TableContents.names.reduce(0) { count, name in
            let old = Set((before.tables[name] ?? []).map { $0.key + [0xFF] + $0.value })
            let new = Set((after.tables[name] ?? []).map { $0.key + [0xFF] + $0.value })
            return count + old.symmetricDifference(new).count
        }
        return (after.position.rawValue - before.position.rawValue, rows)
    }

    @Test(arguments: [1, 30, 3_000]) func deletingASessionIsOneSmallEvent(messages: Int) throws {
        try prepare(messages)
        let (events, rows) = try written { _ = try fixture.perform(.deleteSession(id)) }
        #expect(events == 1)
        // The id of the event, the stream's head, the session's two rows and its history.
        #expect(rows <= 8, "\(rows) rows for \(messages) messages")
        try fixture.everywhere { () throws in
            #expect(try fixture.messages(of: "s").isEmpty)
            #expect(try fixture.read { try $0.message(Identifier("m0")) } == nil)
            #expect(try fixture.read { try $0.tasks(limit: 9).isEmpty })
        }
    }

    @Test(arguments: [3, 30, 3_000]) func trimmingIsOneSmallEvent(messages: Int) throws {
        try prepare(messages)
        let (events, rows) = try written {
            let hidden = try fixture.perform(.trimMessages(ofSession: id, keeping: 2))
            #expect(hidden == messages - 2)
        }
        #expect(events == 1)
        #expect(rows <= 8, "\(rows) rows for \(messages) messages")
        #expect(try fixture.messages(of: "s").count == 2)
    }
}
