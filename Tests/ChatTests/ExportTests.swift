import Foundation
import Hansard
import HansardChat
import Records
import Testing

@Suite struct PageCursorTests {
    @Test func textGoesThereAndBack() throws {
        let cursor = try #require(PageCursor(text: "00ff7a"))
        #expect(cursor.text == "00ff7a")
        #expect(PageCursor(text: "00FF7A") == cursor)
    }

    @Test(arguments: ["", "0", "0g", "00 1", "é", "-1", String(repeating: "00", count: 512)])
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

    @Test func refusesEventsOfOtherDomains() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let chat = try chat(eventsCount: 1)
        let event = Event(
            type: EventType("task.moved"),
            stream: try StreamName(category: "task", id: Identifier("t")), lifecycle: .begins)
        _ = try chat.store.appendBlocking(Append([event], expecting: [:]))
        var exporter = Exporter(chat)
        #expect(throws: HansardError.self) {
            try exporter.run(from: Position(1), through: nil) { _, _ in true }
        }
        try chat.store.close()
    }
}
