public import Hansard

/// An append by one of several clients, what was answered, and where the log ended before and
/// after.
public struct Operation: Sendable {
    public enum Outcome: Sendable, Equatable {
        case appended([UInt64])
        case repeated([UInt64])
        case refused(ErrorCode)

        public init(_ result: Result<Appended, HansardError>) {
            switch result {
            case .success(let appended) where appended.wasRepeated:
                self = .repeated(appended.positions.map(\.rawValue))
            case .success(let appended): self = .appended(appended.positions.map(\.rawValue))
            case .failure(let error): self = .refused(error.code)
            }
        }
    }

    public let append: Append
    public let outcome: Outcome
    public let endBefore: UInt64
    public let endAfter: UInt64

    public init(
        _ append: Append, _ outcome: Outcome, endBefore: UInt64, endAfter: UInt64
    ) {
        (self.append, self.outcome) = (append, outcome)
        (self.endBefore, self.endAfter) = (endBefore, endAfter)
    }

    /// The reason this answer can't be explained by any moment between the two ends of the log; nil
    /// when it can.
    ///
    /// The model holds the whole log.
    public func contradiction(with model: ModelStore) -> String? {
        switch outcome {
        case .appended(let positions):
            guard let first = positions.first, let last = positions.last, first > endBefore,
                last <= endAfter, positions == Array(first...last)
            else { return "appended at \(positions), log between \(endBefore) and \(endAfter)" }
            let verdict = model.verdict(on: append, at: first - 1)
            if verdict != .appended { return "appended at \(first), should have been \(verdict)" }
            for (position, event) in zip(positions, append.events)
            where !isSameFact(model.events[Int(position) - 1].event, event) {
                return "another event than \(event) is at \(position)"
            }
            return nil
        case .repeated(let positions):
            let verdict = model.verdict(on: append, at: endAfter)
            return verdict == .repeated(positions) ? nil : "repeated \(positions), not \(verdict)"
        case .refused(let code):
            let isExplained = (endBefore...endAfter).contains {
                model.verdict(on: append, at: $0) == .refused(code)
            }
            return isExplained
                ? nil
                : "refused as \(code.rawValue) between \(endBefore) and \(endAfter), where it is "
                    + "\(model.verdict(on: append, at: endAfter))"
        }
    }

    /// Contradictions of all operations, and positions that were answered twice or to nobody.
    public static func contradictions(
        _ operations: [Operation], with model: ModelStore
    ) -> [String] {
        var answers = [Int](repeating: 0, count: Int(model.end) + 1)
        for case .appended(let positions) in operations.map(\.outcome) {
            for position in positions where position < answers.count {
                answers[Int(position)] += 1
            }
        }
        let wrong = answers.indices.dropFirst().filter {
            // What an operator did is recorded by some writer, and answered to none of the callers.
            answers[$0] != (OperatorAct(model.events[$0 - 1].event) == nil ? 1 : 0)
        }
        return operations.compactMap { $0.contradiction(with: model) }
            + wrong.map { "event \($0) was answered \(answers[$0]) times" }
    }
}
