import Hansard
import HansardRecords

/// The checkpoints of a store in an external directory, for `stats` and `doctor`.
struct WitnessState {
    let proofs: ProofExamination
    let now: Instant

    /// The time since the last one arrived.
    var age: String? { ageSeconds.map { Figures.duration(seconds: $0) } }

    private var ageSeconds: Double? {
        proofs.arrival.map { max(0, $0.at.duration(to: now).inSeconds) }
    }

    /// `601 events, 2:05 ago, in /mnt/away`
    var last: String? {
        guard let arrival = proofs.arrival, let age else { return nil }
        return "\(Figures.counted(Int(arrival.size), "event")), \(age) ago, in \(arrival.directory)"
    }

    /// Nil when no directory is named and nothing ever arrived in one.
    var text: String? {
        switch proofs.copy {
        case nil: return last
        case .failure(let error)?: return (last.map { "last \($0); " } ?? "") + ErrorText.of(error)
        case .success(nil)?: return "nothing yet: 'hansard checkpoint' signs the log's head"
        case .success(let copy?)?:
            return last ?? Figures.counted(Int(copy.size), "event")
        }
    }

    func value() -> Value {
        guard proofs.copy != nil || proofs.arrival != nil else { return .null }
        var failure: Value = .null
        if case .failure(let error)? = proofs.copy { failure = .string(ErrorText.of(error)) }
        return .object([
            ("directory", proofs.arrival.map { .string($0.directory) } ?? .null),
            ("checkpoint_size", proofs.arrival.map { .integer(Int64($0.size)) } ?? .null),
            ("checkpoint_age_seconds", ageSeconds.map { .double($0) } ?? .null),
            ("failure", failure),
        ])
    }
}
