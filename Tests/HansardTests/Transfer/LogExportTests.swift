import Foundation
import Hansard
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// The events an export hands over at once.
@Suite struct LogExportTests {
    /// An append while hidden text is gathered may hide more.
    @Test func nothingBehindWhatIsKnownToBeHiddenIsWritten() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        for _ in 0..<3 { try store.add(try event()) }
        let reader = LogReader(store)
        var exporter = LogExporter(reader, isRaw: false, through: try reader.head()) { _ in nil }
        try store.add(try event())
        var text = ""
        try exporter.run { lines, _ in text += String(decoding: lines, as: UTF8.self) }
        #expect(exporter.eventsCount == 3 && text.contains("{\"end\":3,"))
        #expect(
            code { try exporter.run(through: Position(4)) { _, _ in } } == .invalidArgument)
        try store.close()
    }

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
