import Hansard
import HansardChat
import HansardProjections
import HansardRecords
import HansardTesting
import Testing

@testable import HansardEngine
@testable import HansardOperations

/// The history of every record, now and as of any moment, against a look at every event.
@Suite struct HistoryTests {
    @Test func aHistoryHasEveryEventThatTouchedIt() throws {
        let seed = Seed.current()
        do {
            var effects: Set<HistoryEffect> = []
            // A run may trim nothing: more of them follow until every effect was met.
            for number in 0..<20 where number < 4 || effects.count < HistoryEffect.allCases.count {
                var run = try HistoryRun(SeededGenerator(seed: seed.value &+ UInt64(number)))
                for _ in 0..<300 { try run.step() }
                let found = try run.differences()
                try #require(found.isEmpty, "\(found.joined(separator: "\n"))")
                effects.formUnion(run.effects)
                try run.chat.store.close()
            }
            #expect(
                effects == Set(HistoryEffect.allCases),
                "the runs have met what they are for; \(seed.repeating("HistoryTests"))")
        } catch {
            Issue.record(error, "\(seed.repeating("HistoryTests"))")
        }
    }
}

private struct HistoryRun {
    private let directory: TemporaryDirectory
    private var settings = Store.Settings()
    private(set) var chat: Chat
    private var commands: RandomCommands
    private var random: SeededGenerator
    private var messages: [Identifier] = []
    private(set) var effects: Set<HistoryEffect> = []

    init(_ random: SeededGenerator) throws {
        self.random = random
        commands = try RandomCommands(self.random.fork())
        directory = try TemporaryDirectory()
        settings.flushAge = .seconds(3_600)
        settings.flushEventsMax = self.random.pick([1, 10, 50, 100_000])
        settings.compressionLevel = 1
        try Store.create(at: directory.path("store"))
        chat = try Self.open(directory, settings)
    }

    private static func open(_ directory: TemporaryDirectory, _ settings: Store.Settings) throws -> Chat {
        Chat(
            store: try Store(
                files: StoreFiles(directory: directory.path("store"), signing: CheckpointSigning()),
                units: ChatUnits.all,
                settings: settings))
    }

    mutating func step() throws {
        switch random.below(100) {
        case ..<2: try chat.store.indexWriter.flush()
        case 2:
            try chat.store.close()
            chat = try Self.open(directory, settings)
        case 3..<5:
            let head = try chat.read { $0.position.rawValue }
            let first = 1 + UInt64(random.below(Int(max(head, 1))))
            let last = random.chance(50) ? Position(max(first, head / 2)) : nil
            _ = try chat.performBlocking(.showAllRedacted(from: Position(first), through: last))
        case 5..<15 where !messages.isEmpty:
            let message = random.pick(messages)
            let shows = random.chance(50)
            _ = try chat.performBlocking(shows ? .showRedacted(message) : .redactMessage(message))
        default:
            let command = try commands.next()
            if case .createMessage(let record) = command {
                messages += try [record.identifier("message_uuid")].compactMap { $0 }
            }
            _ = command.perform(on: chat)
        }
    }

    /// The wrong answers, now and as of some moments.
    mutating func differences() throws -> [String] {
        try chat.read { view in
            var scan = TouchingEvents()
            try view.forEachEvent(from: Position(1), through: view.position) { scan.note($0) }
            let head = view.position.rawValue
            var found = try Self.differences(view, scan, asOf: nil)
            for _ in 0..<20 {
                let moment = 1 + UInt64(random.below(Int(head)))
                found += try Self.differences(view, scan, asOf: moment)
            }
            effects = Set(scan.touches.values.joined().map(\.effect))
            return found
        }
    }

    private static func differences(
        _ view: ReadView, _ scan: TouchingEvents, asOf moment: UInt64?
    ) throws -> [String] {
        let unknown = RecordKind.allCases.map { TouchingEvents.Name(kind: $0, id: .random()) }
        return try (scan.touches.keys + unknown).compactMap { name in
            let wanted = (scan.touches[name] ?? []).filter { $0.position <= moment ?? .max }
            let past = try moment.map { try view.past(asOf: Position($0)) }
            let entries =
                try past?.changes(of: name.kind, name.id) ?? view.changes(of: name.kind, name.id)
            let found = entries.map {
                TouchingEvents.Touch(position: $0.event.position.rawValue, effect: $0.effect)
            }
            let events =
                try past?.history(name.kind, name.id) ?? view.history(name.kind, name.id)
            if found == wanted, events.map(\.position) == entries.map(\.event.position) {
                return nil
            }
            return "\(name) as of \(moment.map { "\($0)" } ?? "now") is \(found), not \(wanted)"
        }
    }
}
