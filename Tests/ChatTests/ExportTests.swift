import Foundation
import Hansard
import HansardChat
import HansardRecords
import Testing

@Suite struct PageCursorTests {
    /// A cursor as the store gives it: behind the newest of two sessions.
    private func cursor() throws -> PageCursor {
        let fixture = try ChatFixture()
        for id in ["a", "b"] { try fixture.session(id) }
        return try #require(try fixture.read { try $0.sessions(limit: 1).next })
    }

    @Test func textGoesThereAndBack() throws {
        let cursor = try cursor()
        #expect(PageCursor(text: cursor.text) == cursor)
    }

    /// A cursor with a digit changed, or cut off, is none: it would begin at another place.
    @Test func refusesAlteredText() throws {
        let text = try cursor().text
        for index in text.indices.dropFirst("cursor-".count) {
            var altered = text
            altered.replaceSubrange(index...index, with: text[index] == "0" ? "1" : "0")
            #expect(PageCursor(text: altered) == nil, "\(altered)")
        }
        #expect(PageCursor(text: String(text.dropLast(2))) == nil)
        #expect(PageCursor(text: text.uppercased()) == nil)
    }

    @Test(arguments: ["", "0", "cursor-", "cursor-0g", "00ff7a", "é", "-1"])
    func refusesOtherText(text: String) {
        #expect(PageCursor(text: text) == nil)
    }
}

@Suite struct ExporterTests {
    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("hansard-export-\(UUID().uuidString)").path

    /// A store of sessions whose data are empty for every other one.
    private func chat(eventsCount: Int) throws -> Chat {
        try Store.create(at: directory)
        let chat = try Chat.open(directory)
        for number in 1...eventsCount {
            let id = try Identifier("a \"\(number)\"")
            let data = try Record(number.isMultiple(of: 2) ? [] : [("n", .integer(Int64(number)))])
            let event = Event(
                type: EventType("session.created"),
                stream: try StreamName(category: "session", id: id), lifecycle: .begins, data: data)
            _ = try chat.store.appendBlocking(Append([event], expecting: [:]))
        }
        return chat
    }

    @Test func writesRangesAndStopsWhenTold() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let chat = try chat(eventsCount: 4)
        var exporter = Exporter(chat)
        var text = ""
        let count = try exporter.run(from: Position(2), through: Position(99)) { lines, through in
            text += String(decoding: lines, as: UTF8.self)
            #expect(through == Position(4))
            return false
        }
        #expect(count == 3)
        #expect(
            text == """
                {"op":"create_session","session_id":"a \\"2\\""}
                {"op":"create_session","session_id":"a \\"3\\"","n":3}
                {"op":"create_session","session_id":"a \\"4\\""}

                """)
        let none = try exporter.run(from: Position(5), through: nil) { _, _ in true }
        #expect(none == 0)
        try chat.store.close()
    }

    /// Events of megabytes are not gathered by the thousand.
    @Test func handsLargeEventsOverFewAtATime() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let chat = try chat(eventsCount: 1)
        let title = Value.string(String(repeating: "a", count: 1 << 20))
        for number in 1...12 {
            let stream = try StreamName(category: "session", id: Identifier("s\(number)"))
            let event = Event(
                type: EventType("session.created"), stream: stream, lifecycle: .begins,
                data: try Record([("title", title)]))
            _ = try chat.store.appendBlocking(Append([event], expecting: [:]))
        }
        var exporter = Exporter(chat)
        var sizes: [Int] = []
        let count = try exporter.run(from: Position(1), through: nil) { lines, _ in
            sizes.append(lines.count)
            return true
        }
        #expect(count == 13 && sizes.count > 1 && sizes.max() ?? 0 < 6 << 20)
        try chat.store.close()
    }

    @Test func leavesOutAndCountsEventsOfOtherDomains() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let chat = try chat(eventsCount: 1)
        let event = Event(
            type: EventType("task.moved"),
            stream: try StreamName(category: "task", id: Identifier("t")), lifecycle: .begins)
        _ = try chat.store.appendBlocking(Append([event], expecting: [:]))
        var exporter = Exporter(chat)
        #expect(try exporter.run(from: Position(1), through: nil) { _, _ in true } == 1)
        #expect(exporter.leftOutCount == 1)
        try chat.store.close()
    }
}
