import Hansard
import HansardBindings
import HansardProjections
import HansardRecords
import Testing

@testable import HansardChat
@testable import HansardEngine
@testable import HansardOperations

/// Tables read as one, a few entries at a time.
@Suite struct MergedTablesTests {
    /// Pending tasks, and others that were: every third one went on.
    private func tasks() throws -> ChatFixture {
        let fixture = try ChatFixture()
        try fixture.session("s")
        for number in 0..<20 {
            let task = try Record(
                json: """
                    {"id":"t\(number)","session_id":"s","title":"T","status":"pending",
                     "created_at":"2025-01-01T00:00:\(10 + number)Z"}
                    """)
            _ = try fixture.chat.performBlocking(.createTask(task))
            if number % 3 == 0 {
                let done = try Record(json: #"{"status":"completed"}"#)
                _ = try fixture.chat.performBlocking(
                    .updateTask(try Identifier("t\(number)"), done))
            }
        }
        return fixture
    }

    @Test(arguments: [Direction.forwards, .backwards])
    func chunksOfAnySizeGiveTheSame(direction: Direction) throws {
        try tasks().read { view in
            let tables = try [view.table(Tasks.lists), view.table(Tasks.former)]
            func keys(_ range: KeyRange, chunk: Int, most: Int = .max) throws -> [[UInt8]] {
                var keys: [[UInt8]] = []
                try MergedTables(tables, chunk: chunk).scan(range, direction) { key, _ in
                    keys.append(Bytes.array(key))
                    return keys.count < most
                }
                return keys
            }
            let range = KeyRange(prefix: Tasks.prefix(.all, .pending))
            let all = try keys(range, chunk: 1_000)
            #expect(all.count == 20)
            let ascending = all.sorted { $0.lexicographicallyPrecedes($1) }
            #expect(all == (direction == .forwards ? ascending : ascending.reversed()))
            for chunk in 1...21 {
                #expect(try keys(range, chunk: chunk) == all, "chunks of \(chunk)")
                #expect(try keys(range, chunk: chunk, most: 7) == Array(all.prefix(7)))
                let part = KeyRange(from: ascending[3], to: ascending[15])
                let wanted = all.filter { key in ascending[3..<15].contains(key) }
                #expect(try keys(part, chunk: chunk) == wanted, "a part in chunks of \(chunk)")
            }
        }
    }
}
