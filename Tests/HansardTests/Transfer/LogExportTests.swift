import Foundation
import Records
import Testing

@testable import Hansard

/// What an export hands over at once.
@Suite struct LogExportTests {
    /// Events of megabytes are not gathered by the thousand.
    @Test func largeEventsAreHandedOverFewAtATime() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let text = String(repeating: "a", count: 1 << 20)
        for _ in 0..<24 { try store.add(try event(data: #"{"text":"\#(text)"}"#)) }
        try store.close()
        for isRaw in [true, false] {
            var exporter = LogExporter(try LogReader(path: fixture.path), isRaw: isRaw, hidden: nil)
            var sizes: [Int] = []
            var last = Position.zero
            try exporter.run { lines, through in
                sizes.append(lines.count)
                last = through
            }
            #expect(sizes.max() ?? 0 < 12 << 20, "raw: \(isRaw)")
            #expect(last == Position(24) && exporter.eventsCount == 24)
        }
    }
}
