import Hansard
import HansardBindings
import HansardChat
import HansardTesting

@testable import HansardEngine
@testable import HansardOperations

/// Compares what workers were answered with what a store holds after they are gone.
enum CrashAudit {
    /// The faults of the store; empty when there are none. Opens it, which is a recovery, and
    /// closes it.
    static func problems(
        of path: String, answers: [[String]], _ random: SeededGenerator
    ) throws -> [String] {
        let chat = try Chat.open(path)
        let (model, contents, differences) = try chat.store.read { view in
            let model = try ModelStore(readingTo: view)
            return (
                model, try TableContents(view),
                try ModelComparison.differences(model, view, random)
            )
        }
        var verifier = Verifier(chat.store)
        let report = try verifier.run()
        try chat.store.close()
        let lost = answers.flatMap { $0.compactMap { problem($0, model) } }
        return differences + lost + model.doubledIDs
            + AppendTag.brokenAppends(in: model.events.map(\.event))
            + contents.differences(from: try FreshReplay.contents(of: path))
            + report.problems.map(\.description)
    }

    /// The fault of one line of a worker's.
    private static func problem(_ line: String, _ model: ModelStore) -> String? {
        let parts = line.split(separator: " ")
        let numbers = parts.dropFirst().compactMap { UInt64($0) }
        switch parts.first {
        case "O", "G": return nil
        case "A":
            guard let first = numbers.first else { break }
            let prints = Array(numbers.dropFirst())
            let from = Int(first) - 1
            guard from + prints.count <= model.events.count else {
                return "event \(first) was answered and is lost; the log ends at \(model.end)"
            }
            let stored = model.events[from..<from + prints.count].map { Fingerprint.of($0.event) }
            return stored == prints ? nil : "event \(first) is not the one that was answered"
        case "R":
            let isThere = numbers.allSatisfy { $0 >= 1 && $0 <= model.end }
            return isThere ? nil : "repeated at \(numbers), and lost"
        default: break
        }
        return "a worker says: \(line)"
    }
}
