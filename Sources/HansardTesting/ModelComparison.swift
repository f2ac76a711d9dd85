public import Hansard
import HansardChat
import HansardProjections
import HansardRecords

/// Compares what a view shows with what the model says it should, through the same calls as
/// clients.
public struct ModelComparison {
    private let model: ModelStore
    private let view: ReadView
    private var random: SeededGenerator
    private let end: UInt64
    private let findings = Findings()

    private final class Findings {
        var list: [String] = []
    }

    private init(_ model: ModelStore, _ view: ReadView, _ random: SeededGenerator) {
        (self.model, self.view, self.random) = (model, view, random)
        end = view.position.rawValue
    }

    /// The differences; empty when there are none. A view before the model's end is compared with
    /// the model as of then.
    ///
    /// - Parameter sample: how many ids and events to look at; nil for all.
    public static func differences(
        _ model: ModelStore, _ view: ReadView, sample: Int? = nil, _ random: SeededGenerator
    ) throws -> [String] {
        var comparison = ModelComparison(model, view, random)
        guard comparison.end <= model.end else {
            return ["the view ends at \(view.position), beyond the model's \(model.end)"]
        }
        try comparison.compareEvents(sample)
        try comparison.compareIDs(sample)
        try comparison.compareStreams()
        try comparison.compareSessions()
        try comparison.askEverything()
        return comparison.findings.list
    }

    private func expect(_ isMet: Bool, _ what: @autoclosure () -> String) {
        if !isMet { findings.list.append(what()) }
    }

    private mutating func compareEvents(_ sample: Int?) throws {
        let positions =
            sample.map { count in
                end == 0 ? [] : (0..<count).map { _ in UInt64(random.below(Int(end))) + 1 }
            } ?? Array(UInt64(1)..<end + 1)
        for position in positions {
            let event = try view.event(at: Position(position))
            expect(
                event.map { isSame($0, model.events[Int(position) - 1]) } ?? false,
                "event \(position) is \(event.map { "\($0)" } ?? "missing"), not "
                    + "\(model.events[Int(position) - 1])")
        }
        expect(try view.event(at: Position(end + 1)) == nil, "there is an event after the end")
        if sample == nil { try compareTimes() }
    }

    private mutating func compareTimes() throws {
        var (next, last) = (UInt64(1), Int64.min)
        try view.forEachEvent(from: Position(1), through: Position(.max >> 1)) { event in
            expect(event.position.rawValue == next, "event \(event.position) stands at \(next)")
            expect(event.recordedMicroseconds >= last, "time goes back at \(event.position)")
            (next, last) = (next + 1, event.recordedMicroseconds)
        }
        expect(next == end + 1, "the walk ends at \(next - 1), not at \(end)")
    }

    private func isSame(_ event: RecordedEvent, _ other: ModelStore.Recorded) -> Bool {
        event.position.rawValue == other.position && event.revision.rawValue == other.revision
            && event.previous?.rawValue == other.previous
            && event.entity?.rawValue == other.entity && isSameFact(event.event, other.event)
            && event.event.data == other.event.data
    }

    private mutating func compareIDs(_ sample: Int?) throws {
        var ids = model.ids.sorted()
        if let sample { ids = Array(ids.shuffled(using: &random).prefix(sample)) }
        for id in ids {
            let position = try view.event(withID: id)?.position.rawValue
            let expected = model.holder(of: id, at: end)
            expect(
                position == expected,
                "the id \(id) is held by \(position ?? 0), not by \(expected ?? 0)")
        }
        let unknown = Identifier.random(using: &random)
        expect(try view.event(withID: unknown) == nil, "an unknown id is held")
    }

    private mutating func compareStreams() throws {
        for name in model.streams.keys.sorted(by: { $0.text < $1.text }) {
            let state = try view.stream(name)
            let head = state.map {
                ModelStore.Head(
                    first: $0.ordinal.rawValue, last: $0.last.rawValue,
                    revision: $0.revision.rawValue, entity: $0.entity?.rawValue,
                    endedAt: $0.endedAt?.rawValue)
            }
            let expected = model.head(of: name, at: end)
            expect(
                head == expected,
                "\(name) stands at \(head.map { "\($0)" } ?? "nothing"), not at "
                    + "\(expected.map { "\($0)" } ?? "nothing")")
            guard name.category == "session" else { continue }
            try compareMessages(name.id, session: expected?.entity)
        }
    }

    private mutating func compareMessages(_ id: Identifier, session: UInt64?) throws {
        let expected = session.map { model.messages(ofSession: $0, at: end).map(\.position) }
        for direction in [Direction.forwards, .backwards] {
            let limit = 1 + random.below(40)
            var positions: [UInt64]?
            var cursor: PageCursor?
            repeat {
                let page = try view.messages(ofSession: id, limit: limit, after: cursor, direction)
                if let page {
                    positions = (positions ?? []) + page.items.map { $0.position.rawValue }
                }
                cursor = page?.next
            } while cursor != nil
            let wanted = direction == .forwards ? expected : expected?.reversed()
            expect(
                positions == wanted,
                "the messages of \(id) \(direction) are \(positions ?? []), not \(wanted ?? [])")
        }
        let count = try view.messagesCount(ofSession: id)
        expect(count == expected?.count ?? 0, "\(id) counts \(count) of \(expected?.count ?? 0)")
    }

    /// Every query about every stream has an answer, whatever data its events hold.
    private func askEverything() throws {
        for name in model.streams.keys {
            for kind in RecordKind.allCases { _ = try view.history(kind, name.id) }
            for role in [ContextRole.source, .target] {
                _ = try view.contexts(ofAgent: name.id, as: role)
            }
            _ = try view.contexts(ofSession: name.id)
            _ = try view.context(name.id)
            _ = try view.session(name.id)
            _ = try view.agent(name.id)
            _ = try view.task(name.id)
            _ = try view.tasks(ofSession: name.id, includingCompleted: true)
            _ = try view.tasks(ofAgent: name.id)
            _ = try view.messages(ofAgent: name.id, limit: 100)
        }
        for id in model.ids { _ = try view.message(id) }
        _ = try view.agents()
        _ = try view.tasks(limit: 100)
    }

    private mutating func compareSessions() throws {
        let expected = model.sessions(at: end)
        for direction in [Direction.forwards, .backwards] {
            let limit = 1 + random.below(20)
            var positions: [UInt64] = []
            var cursor: PageCursor?
            repeat {
                let page = try view.sessions(limit: limit, after: cursor, direction)
                positions += page.items.map { $0.session.position.rawValue }
                cursor = page.next
            } while cursor != nil
            let wanted = direction == .forwards ? expected : expected.reversed()
            expect(positions == wanted, "the sessions are \(positions), not \(wanted)")
        }
    }
}
