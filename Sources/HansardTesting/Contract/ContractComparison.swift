public import Hansard
import HansardChat
public import HansardRecords

/// Compares what a view answers with what the model of the contract says, query by query.
public struct ContractComparison {
    let model: ModelContract
    let view: ReadView
    let now: Instant
    var random: SeededGenerator
    private let findings = Findings()

    private final class Findings {
        var list: [String] = []
    }

    private init(
        _ model: ModelContract, _ view: ReadView, _ now: Instant, _ random: SeededGenerator
    ) {
        (self.model, self.view, self.now, self.random) = (model, view, now, random)
    }

    /// The differences; empty when there are none.
    public static func differences(
        _ model: ModelContract, _ view: ReadView, at now: Instant, _ random: SeededGenerator
    ) throws -> [String] {
        guard view.position.rawValue == model.end else {
            return ["the log ends at \(view.position), the model at \(model.end)"]
        }
        var comparison = ContractComparison(model, view, now, random)
        try comparison.compareSingles()
        try comparison.compareSessions()
        for id in comparison.ids(.session) { try comparison.compareMessages(id) }
        for id in comparison.ids(.agent) { try comparison.compareMessages(ofAgent: id) }
        try comparison.compareContexts()
        try comparison.compareTasks()
        return comparison.findings.list
    }

    func expect<Found: Equatable>(
        _ found: Found, _ wanted: Found, _ what: @autoclosure () -> String
    ) {
        if found != wanted { findings.list.append("\(what()) is \(found), not \(wanted)") }
    }

    /// Every id a kind ever had, and one it never had.
    func ids(_ kind: RecordKind) -> [Identifier] {
        let known = Set(model.entries.filter { $0.kind == kind }.map(\.id))
        return (known + [.random()]).sorted()
    }

    private func compareSingles() throws {
        for kind in RecordKind.allCases {
            for id in ids(kind) {
                let found =
                    switch kind {
                    case .agent: try view.agent(id)
                    case .session: try view.session(id)
                    case .message: try view.message(id)
                    case .context: try view.context(id)
                    case .task: try view.task(id)
                    }
                let wanted = model.record(kind, id)
                expect(
                    text(found?.fields), text(wanted), "\(kind) \(id)")
                let history = try view.history(kind, id).map(\.position.rawValue)
                expect(history, model.history(kind, id), "the history of \(kind) \(id)")
            }
        }
        let agents = model.list(.agent).sorted { $0.id < $1.id }
        expect(try view.agents().map(\.fields), agents.map(model.shown), "the list of agents")
    }

    private func text(_ record: Record?) -> String {
        guard let record else { return "nothing" }
        return (try? record.json()) ?? "\(record.bytes)"
    }

    func positions(_ records: [ChatRecord]) -> [UInt64] { records.map(\.position.rawValue) }

    /// A list oldest first, in a direction.
    func directed(_ entries: [ModelContract.Entry], _ direction: Direction) -> [UInt64] {
        let positions = entries.map(\.position)
        return direction == .forwards ? positions : positions.reversed()
    }
}
