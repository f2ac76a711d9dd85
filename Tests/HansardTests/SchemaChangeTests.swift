import Foundation
import Hansard
import HansardBindings
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

// The worked example of docs/SCHEMA-CHANGES.md. What stands between two marks stands there too.

// [first program]
/// The notes of a first program: what each says now.
struct NotesV1: Projection {
    let tables = ["notes.rows"]

    func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        let key = Array(event.event.stream.id.text.utf8)
        switch event.event.type.rawValue {
        case "note.written": try tables.put(event.event.data.bytes, for: key)
        case "note.changed":
            let before = Record(trusted: try tables.get(key) ?? Record.empty.bytes)
            try tables.put(before.merging(event.event.data).bytes, for: key)
        default: break
        }
    }
}
// [end]

// [upcasters]
enum NoteUpcasters {
    static let written = EventType("note.written")
    static let changed = EventType("note.changed")
    static let edited = EventType("note.edited")
    static let pinned = EventType("note.pinned")

    static let all = Upcasters([
        // A new field: notes of before have no language, and were all in English.
        Upcaster(written, from: 1) { shape in
            if shape.data.field("lang") != nil { return }
            shape.data = shape.data.setting("lang", to: "en")
            shape.filledFields.append("lang")
        },
        // A renamed field: `text` is called `body`.
        Upcaster(written, from: 2) { rename("text", to: "body", in: &$0) },
        // A split event: what changed is an event of its own. An old one that changed both stays
        // what it was, in its second version.
        Upcaster(changed, from: 1, or: [edited: 1, pinned: 1]) { shape in
            rename("text", to: "body", in: &shape)
            let isEdit = shape.data.field("body") != nil
            let isPin = shape.data.field("pinned") != nil
            if isEdit && !isPin { shape.type = edited }
            if isPin && !isEdit { shape.type = pinned }
        },
    ])

    private static func rename(_ old: String, to new: String, in shape: inout EventShape) {
        guard let value = shape.data.field(old) else { return }
        shape.data = shape.data.removing(old).setting(new, to: value)
        shape.filledFields = shape.filledFields.map { $0 == old ? new : $0 }
    }
}
// [end]

// [second program]
/// The notes of the second program, and a new index: the pinned ones by name.
struct NotesV2: Projection {
    let tables = ["notes.rows", "notes.pinned"]

    func fold(_ event: RecordedEvent, into tables: FoldTables) throws {
        let key = Array(event.event.stream.id.text.utf8)
        let data = event.event.data
        switch event.event.type {
        case NoteUpcasters.written: try tables.put(data.bytes, for: key)
        case NoteUpcasters.edited, NoteUpcasters.pinned, NoteUpcasters.changed:
            let before = Record(trusted: try tables.get(key) ?? Record.empty.bytes)
            try tables.put(before.merging(data).bytes, for: key)
            switch data.field("pinned") {
            case .bool(true): try tables.put([], for: key, table: 1)
            case .bool(false): tables.delete(key, table: 1)
            default: break
            }
        default: break
        }
    }
}
// [end]

@Suite struct SchemaChangeTests {
    private static func event(
        _ id: String, _ type: EventType, version: Int = 1, _ data: String
    ) throws -> Event {
        Event(
            id: try Identifier("\(id) \(type) \(data)"), type: type,
            stream: try StreamName(category: "note", id: Identifier(id)), schemaVersion: version,
            data: try Record(json: data))
    }

    private static let firstUnit = ProjectionUnit(
        name: "notes", version: 1, projections: [NotesV1()])

    private func fill(_ path: String) throws -> Event {
        let store = try Store.open(path, units: [Self.firstUnit])
        let events = try [
            Self.event("milk", NoteUpcasters.written, #"{"text":"buy milk"}"#),
            Self.event("milk", NoteUpcasters.changed, #"{"text":"buy oat milk"}"#),
            Self.event("rent", NoteUpcasters.written, #"{"text":"pay rent"}"#),
            Self.event("rent", NoteUpcasters.changed, #"{"pinned":true}"#),
            Self.event("milk", NoteUpcasters.changed, #"{"text":"buy soy milk","pinned":true}"#),
            Self.event("milk", NoteUpcasters.changed, #"{"pinned":false}"#),
        ]
        for event in events { _ = try store.appendBlocking(Append([event])) }
        try store.close()
        return events[0]
    }

    @Test(arguments: [false, true]) func theWorkedExample(rebuildsFirst: Bool) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/store"
        try Store.create(at: path)
        let first = try fill(path)

        // [opening]
        let notes = ProjectionUnit(name: "notes", version: 2, projections: [NotesV2()])
        var settings = Store.Settings()
        settings.upcasters = NoteUpcasters.all
        settings.actor = "notes-server"
        // [end]
        if rebuildsFirst {
            // [rebuilding first]
            let rebuilder = try Rebuilder(path: path, units: [notes], settings: settings)
            _ = try rebuilder.run()
            // [end]
        }
        var shown: [String] = []
        func print(_ line: String) {
            if shown.last != line { shown.append(line) }
        }
        func aMoment() async throws { Pause.milliseconds(1) }
        // [reading]
        let store = try Store.open(path, units: [notes], settings: settings)
        while let rebuild = store.unitStatuses().first {
            print("\(rebuild.unit): \(rebuild)")
            try await aMoment()
        }
        let milk = try store.read { try $0.table("notes.rows").get(Array("milk".utf8)) }
        // [end]
        #expect(
            try Record(trusted: #require(milk)).json()
                == #"{"lang":"en","body":"buy soy milk","pinned":false}"#)
        let pinned = try store.read { view in
            var names: [String] = []
            try view.table("notes.pinned").scan(KeyRange(prefix: [])) { key, _ in
                names.append(String(decoding: (0..<key.count).map { key[$0] }, as: UTF8.self))
                return true
            }
            return names
        }
        #expect(pinned == ["rent"])
        #expect(shown.isEmpty || !rebuildsFirst)
        #expect(shown.allSatisfy { !$0.contains("open the store") }, "this program builds it")
        try expectSwap(of: store, isBackground: !rebuildsFirst)
        let types = try store.read { view in
            try (1...6).map { try view.event(at: Position($0))?.event.type.rawValue ?? "" }
        }
        #expect(
            types == [
                "note.written", "note.edited", "note.written", "note.pinned", "note.changed",
                "note.pinned",
            ])
        // A client of today that did not hear the answer of yesterday.
        var again = first
        again.schemaVersion = 3
        again.data = try Record(json: #"{"body":"buy milk"}"#)
        #expect(try store.appendBlocking(Append([again])).first == Position(1))
        var verifier = Verifier(store)
        #expect(try verifier.run().problems.map(\.description) == [])
        try store.close()
    }

    /// The log says which program swapped the index. In the background that is recorded by a
    /// commit of the store's own, at the latest before the next append.
    private func expectSwap(of store: Store, isBackground: Bool) throws {
        _ = try store.appendBlocking(
            Append([try Self.event("tea", NoteUpcasters.written, version: 3, #"{"body":"tea"}"#)]))
        let swap = try #require(try store.read { try $0.event(at: Position(7)) }).event
        #expect(swap.type == OperatorAct.swapped && swap.actor == "notes-server")
        #expect(swap.data.string("cause") == (isBackground ? "changed_units" : "rebuild"))
    }

    /// The code in the document is the code above, line by line, but for how it waits and what it
    /// imports.
    @Test func theDocumentHasThisCode() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let document = try String(
            contentsOf: root.appending(path: "docs/SCHEMA-CHANGES.md"), encoding: .utf8)
        let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        func trimmed(_ text: some StringProtocol) -> String {
            text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
        }
        let blocks = document.components(separatedBy: "```swift\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        let (imports, code) = (try #require(blocks.first), blocks.dropFirst())
        #expect(imports.hasPrefix("import Hansard\n"))
        #expect(code.count == 6)
        for block in code {
            // Tests wait for no time.
            let block = block.replacing("Task.sl" + "eep(for: .seconds(1))", with: "aMoment()")
            #expect(trimmed(source).contains(trimmed(block)), "\(block)")
        }
    }
}
