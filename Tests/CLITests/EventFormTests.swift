import Hansard
import HansardRecords
import Testing

@testable import HansardCLI
@testable import HansardEngine
@testable import HansardOperations

/// The printed form of one event, whatever it holds.
@Suite struct EventFormTests {
    private func recorded(_ event: Event, at time: Int64 = 0, clock: Int64? = nil) -> RecordedEvent
    {
        RecordedEvent(
            position: Position(12), revision: Revision(3), recordedMicroseconds: time,
            clockMicroseconds: clock ?? time, entity: Position(7), previous: Position(9), event: event)
    }

    private func event(_ data: String = "{}") throws -> Event {
        Event(
            id: try Identifier("e"), type: EventType("t"), stream: try StreamName(text: "a/b"),
            data: try Record(json: data))
    }

    private func json(_ recorded: RecordedEvent) throws -> String {
        var bytes: [UInt8] = []
        var json = EventJSON()
        try json.append(recorded, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func everyFieldInItsPlace() throws {
        var full = try event(#"{"b":[1,2.0],"a":"\u001b\"x"}"#)
        full.schemaVersion = 2
        full.lifecycle = .ends
        full.actor = "me"
        full.onBehalfOf = "\"you\""
        full.correlationID = try Identifier("c")
        full.causationID = try Identifier("d")
        full.claims = [try Identifier("x"), try Identifier("y")]
        full.metadata = try Record(json: #"{"m":null}"#)
        let expected =
            #"{"position":12,"revision":3,"recorded_at":"1970-01-01T00:00:01.500000Z","#
            + #""clock_at":"1970-01-01T00:00:01.000000Z","id":"e","type":"t","schema_version":2,"#
            + #""stream":"a/b","actor":"me","on_behalf_of":"\"you\"","correlation_id":"c","#
            + #""causation_id":"d","metadata":{"m":null},"claims":["x","y"],"lifecycle":"ends","#
            + #""entity":7,"data":{"b":[1,2.0],"a":"\u001b\"x"}}"# + "\n"
        #expect(try json(recorded(full, at: 1_500_000, clock: 1_000_000)) == expected)
    }

    @Test(arguments: [Int64.min, -62_135_596_800_000_001, 253_402_300_800_000_000, .max])
    func clocksMaySayAnything(time: Int64) throws {
        let shown = try Record(json: try json(recorded(try event(), at: time)))
        #expect(
            shown.string("recorded_at")
                == (time < 0
                    ? "0001-01-01T00:00:00.000000Z" : "9999-12-31T23:59:59.999999Z"))
        _ = EventTable(style: Style(isColoured: false, columns: 80)).row(
            recorded(try event(), at: time))
    }

    @Test func rowsFitNarrowTerminalsWhateverTheyHold() throws {
        let nasty = "漢字\u{1B}[31m👩‍👩‍👧 " + String(repeating: "é漢", count: 60)
        for columns in [40, 60, 80, 139, 140, 300] {
            let table = EventTable(style: Style(isColoured: false, columns: columns))
            var wide = try event()
            wide.type = EventType("type-\(nasty.prefix(20))")
            wide.stream = try StreamName(text: "a/\(nasty.prefix(20))")
            wide.actor = nasty.prefix(8).description
            wide.data = try Record([("title", .string(nasty))])
            let row = table.row(recorded(wide))
            #expect(!row.contains("\u{1B}"))
            // What has a column of its own keeps it, and eight columns are left for the data.
            #expect(TextLayout.columns(of: row) <= max(columns, columns < 140 ? 70 : 130), "\(row)")
        }
    }

    @Test func summariesSayWhatMatters() throws {
        func summary(_ data: String) throws -> String { EventSummary.text(try event(data)) }
        #expect(try summary("{}") == "-")
        #expect(try summary(#"{"title":"T","n":1}"#) == "T")
        #expect(try summary(#"{"n":1}"#) == #"{"n":1}"#)
        #expect(try summary(#"{"parts":[{"type":"text","content":"a\nb"}]}"#) == "a b")
        #expect(try summary(#"{"parts":[{"type":"x","content":{"k":1}}]}"#) == #"{"k":1}"#)
        #expect(try summary(#"{"parts":[]}"#) == #"{"parts":[]}"#)
    }
}
