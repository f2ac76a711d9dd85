import Foundation
import Hansard
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// Events of older shapes are read in the current one, everywhere.
@Suite struct UpcasterTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private static let noted = EventType("noted")

    /// Version 1 has `text`; version 2 calls it `body`; version 3 has `lang` too.
    private static let steps = [
        Upcaster(noted, from: 1) { shape in
            let text = shape.data.field("text") ?? .null
            shape.data = shape.data.removing("text").setting("body", to: text)
        },
        Upcaster(noted, from: 2) { shape in
            if shape.data.field("lang") != nil { return }
            shape.data = shape.data.setting("lang", to: "en")
            shape.filledFields.append("lang")
        },
    ]

    private static func settings(_ upcasters: Upcasters) -> Store.Settings {
        Store.Settings.tested.with { $0.upcasters = upcasters }
    }

    private static let current = settings(Upcasters(steps))

    /// Keeps each event's type, version and data.
    private struct Shapes: Projection {
        let tables = ["shapes"]
        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
            let event = (event.position, event.event)
            let text = "\(event.1.type) \(event.1.schemaVersion) \(try event.1.data.json())"
            try tables.put(Array(text.utf8), for: [UInt8(event.0.rawValue)])
        }
    }

    private static let unit = ProjectionUnit(name: "shapes", version: 1, projections: [Shapes()])

    private func shapes(_ store: Store) throws -> [String] {
        try store.read { view in
            var rows: [String] = []
            try view.table("shapes").scan(KeyRange(prefix: [])) { _, value in
                rows.append(String(decoding: (0..<value.count).map { value[$0] }, as: UTF8.self))
                return true
            }
            return rows
        }
    }

    private func noted(_ id: String, version: Int, _ data: String) throws -> Event {
        var event = try event(id, data: data)
        event.schemaVersion = version
        return event
    }

    private func write(_ events: [Event]) throws {
        let store = try fixture.open(units: [])
        for event in events { try store.add(event) }
        try store.close()
    }

    private let last = [
        #"noted 3 {"body":"one","lang":"en"}"#, #"noted 3 {"body":"two","lang":"en"}"#,
        #"noted 3 {"body":"three","lang":"de"}"#,
    ]

    private func fill() throws {
        try write([
            noted("e1", version: 1, #"{"text":"one"}"#),
            noted("e2", version: 2, #"{"body":"two"}"#),
            noted("e3", version: 3, #"{"body":"three","lang":"de"}"#),
        ])
    }

    @Test func readsViewsFollowersAndProjectionsSeeTheCurrentShape() async throws {
        try fill()
        let store = try fixture.open(units: [Self.unit], settings: Self.current)
        #expect(try shapes(store) == last)
        #expect(try store.history().map { $0.hasSuffix(#""lang":"en"}"#) } == [true, true, false])
        let found = try store.read { try $0.event(withID: Identifier("e1")) }
        #expect(found?.event.data.string("body") == "one" && found?.event.schemaVersion == 3)
        var followed: [String] = []
        for try await event in store.events(after: .zero, through: .head) {
            followed.append(
                "\(event.event.type) \(event.event.schemaVersion) \(try event.event.data.json())")
        }
        #expect(followed == last)
        var verifier = Verifier(store)
        #expect(try verifier.run().problems.map(\.description) == [])
        try store.close()
        _ = try Rebuilder(path: fixture.path, units: [Self.unit], settings: Self.current).run()
        let rebuilt = try shapes(try fixture.open(units: [Self.unit], settings: Self.current))
        #expect(rebuilt.dropLast() == last[...], "and the rebuild itself")
    }

    /// An append is folded as a replay reads it, though an old client gave the old shape.
    @Test func anOldShapeAppendedTodayIsFoldedAsItIsRead() throws {
        let store = try fixture.open(units: [Self.unit], settings: Self.current)
        try store.add(noted("e1", version: 1, #"{"text":"one"}"#))
        #expect(try shapes(store) == [last[0]])
        var verifier = Verifier(store)
        #expect(try verifier.run().problems.map(\.description) == [])
        var raw: [String] = []
        try LogReader(store, isRaw: true).forEachEvent(from: Position(1), through: Position(1)) {
            raw.append("\($0.event.schemaVersion) \(try $0.event.data.json())")
        }
        #expect(raw == [#"1 {"text":"one"}"#], "it is stored as it was given")
    }

    @Test func aRetryByANewerProgramIsRecognised() throws {
        try fill()
        let store = try fixture.open(settings: Self.current)
        let again = try store.add(noted("e1", version: 3, #"{"body":"one"}"#))
        #expect(again.position == Position(1))
        #expect(try store.add(noted("e1", version: 1, #"{"text":"one"}"#)).position == Position(1))
        #expect(
            try store.add(noted("e2", version: 3, #"{"lang":"en","body":"two"}"#)).position
                == Position(2))
        #expect(
            code { try store.add(noted("e1", version: 3, #"{"body":"other"}"#)) } == .idConflict)
        #expect(try store.positions() == 3)
    }

    @Test(arguments: [[1, 1], [2], [1, 3], [1, 2, 4]]) func gapsAndDoublesAreRefused(
        _ versions: [Int]
    ) throws {
        let settings = Self.settings(
            Upcasters(versions.map { Upcaster(Self.noted, from: $0) { _ in } }))
        let error = #expect(throws: HansardError.self) { try fixture.open(settings: settings) }
        #expect(error?.code == .invalidArgument)
        #expect(
            code { _ = try LogReader(path: fixture.path, settings: settings) } == .invalidArgument)
    }

    @Test func whatDoesNotFitTogetherIsRefused() throws {
        let (a, b) = (EventType("a"), EventType("b"))
        let sets = [
            Upcasters(Self.steps, versions: [Self.noted: 2]),
            Upcasters(Self.steps, versions: [Self.noted: 4]),
            Upcasters(versions: [a: 2]), Upcasters(versions: [a: 0]),
            Upcasters(versions: [a: 1]).merging(Upcasters(Self.steps, versions: [a: 2])),
            Upcasters([
                Upcaster(a, from: 1, or: [b: 1]) { _ in },
                Upcaster(b, from: 1, or: [a: 1]) { _ in },
            ]),
            Upcasters([Upcaster(a, from: 1, or: [b: 2]) { _ in }], versions: [b: 1]),
            Upcasters([Upcaster(a, from: 1, or: [a: 2]) { _ in }]),
        ]
        for (number, set) in sets.enumerated() {
            #expect(code { _ = try UpcasterTable(set) } == .invalidArgument, "set \(number)")
        }
        let sound = Upcasters(Self.steps, versions: [Self.noted: 3])
            .merging(Upcasters(versions: [Self.noted: 3, a: 1]))
        #expect(code { _ = try UpcasterTable(sound) } == nil)
    }

    @Test func aTypeIsSplit() throws {
        let (renamed, archived) = (EventType("renamed"), EventType("archived"))
        let step = Upcaster(EventType("changed"), from: 1, or: [renamed: 1, archived: 1]) { shape in
            if shape.data.field("title") == nil { shape.type = archived }
            if shape.data.field("archived") == nil { shape.type = renamed }
        }
        let upcasters = Upcasters(
            [step, Upcaster(renamed, from: 1) { $0.data = $0.data.setting("v", to: 2) }])
        let store = try fixture.open(units: [Self.unit], settings: Self.settings(upcasters))
        try store.add(event(type: "changed", data: #"{"title":"x"}"#))
        try store.add(event(type: "changed", data: #"{"archived":true}"#))
        try store.add(event(type: "changed", data: #"{"title":"x","archived":true}"#))
        #expect(
            try shapes(store) == [
                #"renamed 2 {"title":"x","v":2}"#, #"archived 1 {"archived":true}"#,
                #"changed 2 {"title":"x","archived":true}"#,
            ])
    }

    private struct Refusal: Error {}

    /// The event is named, the units that read its type stop, everything else goes on; with a
    /// better upcaster they go on from there.
    @Test(arguments: [1, 32_000]) func anUpcasterThatFailsStopsTheUnitsThatReadTheType(
        flushEvents: Int
    ) throws {
        try write([event("e0", type: "other"), noted("e1", version: 1, #"{"text":"one"}"#)])
        let others = ProjectionUnit(
            name: "others", version: 1,
            projections: [Counts(types: [EventType("other"), EventType("third")])])
        let failing = Self.settings(
            Upcasters([Upcaster(Self.noted, from: 1) { _ in throw Refusal() }])
        )
        .with { $0.flushEventsMax = flushEvents }
        var store: Store? = try fixture.open(units: [Self.unit, others], settings: failing)
        do {
            let store = try #require(store)
            #expect(try store.add(event("e2", type: "third")).position == Position(3))
            let error = #expect(throws: HansardError.self) { try shapes(store) }
            #expect(error?.code == .unitStopped && error?.position == Position(2))
            #expect(error?.advice == .fixProjection)
            #expect(error?.what.contains("Refusal") == true)
            #expect(try store.read { try $0.table("counts").get([0]) } == [2])
            let unreadable = #expect(throws: HansardError.self) {
                try store.read { _ = try $0.event(at: Position(2)) }
            }
            #expect(unreadable?.code == .upcastFailed && unreadable?.position == Position(2))
            #expect(
                code { try store.add(noted("e1", version: 2, #"{"body":"one"}"#)) } == .upcastFailed
            )
            #expect(
                code { try store.add(noted("e9", version: 1, #"{"text":"one"}"#)) } == .upcastFailed
            )
            #expect(try LogReader(store).check().isSound)
            #expect(try store.positions() == 3)
            try store.close()
        }
        store = nil
        let mended = try fixture.open(units: [Self.unit, others], settings: Self.current)
        #expect(try shapes(mended).count == 3)
        #expect(try shapes(mended)[1] == last[0])
        #expect(try mended.read { try $0.table("counts").get([0]) } == [2])
    }

    /// Counts the events handed to it.
    private struct Counts: Projection {
        let tables = ["counts"]
        let types: Set<EventType>
        func handles(_ type: EventType, _ lifecycle: Lifecycle) -> Bool { types.contains(type) }
        func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
            try tables.put([(try tables.get([0])?.first ?? 0) + 1], for: [0])
        }
    }

    @Test func aNewerShapeIsNotMisread() throws {
        try fill()
        let older = Self.settings(Upcasters([Self.steps[0]]))
        let store = try fixture.open(units: [Self.unit], settings: older)
        let error = #expect(throws: HansardError.self) { try shapes(store) }
        #expect(error?.code == .unitStopped && error?.position == Position(3))
        #expect(code { try store.read { _ = try $0.event(at: Position(3)) } } == .newerEvent)
        #expect(code { try store.add(noted("e4", version: 3, "{}")) } == .newerEvent)
        #expect(try store.add(noted("e5", version: 1, #"{"text":"five"}"#)).position == Position(4))
        let raw = try LogReader(path: fixture.path, settings: older, isRaw: true)
        var versions: [Int] = []
        try raw.forEachEvent(from: Position(1), through: Position(4)) {
            versions.append($0.event.schemaVersion)
        }
        #expect(versions == [1, 2, 3, 1])
    }
}
