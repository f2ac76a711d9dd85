import Hansard
import HansardRecords

/// True if a store can sign, and what was signed last, for `stats`.
struct SigningState {
    let proofs: ProofExamination
    let head: Position
    let now: Instant

    /// `600 of 601 events, 4 s ago`
    var text: String {
        var text: String
        switch proofs.latest {
        case .success(let latest?):
            text =
                "\(Figures.grouped(Int(latest.size))) of "
                + Figures.counted(Int(head.rawValue), "event")
            if let ageSeconds { text += ", \(Figures.duration(seconds: ageSeconds)) ago" }
        case .success(nil): text = "nothing yet: 'hansard checkpoint' signs the log's head"
        case .failure(let error): text = ErrorText.of(error)
        }
        if case .failure(let error) = proofs.key {
            text += "; no key to sign with: \(ErrorText.of(error))"
        }
        return text
    }

    var witness: WitnessState { WitnessState(proofs: proofs, now: now) }

    private var ageSeconds: Double? {
        proofs.latestWrittenAt.map { max(0, $0.duration(to: now).inSeconds) }
    }

    func record() throws -> Record {
        var fields: [(String, Value)] = []
        switch proofs.key {
        case .success(let key): fields += [("key", .string("\(key)")), ("key_failure", .null)]
        case .failure(let error):
            fields += [("key", .null), ("key_failure", .string(ErrorText.of(error)))]
        }
        let latest = (try? proofs.latest.get()).flatMap { $0 }
        fields.append(("checkpoint_size", latest.map { .integer(Int64($0.size)) } ?? .null))
        fields.append(
            (
                "checkpoint_age_seconds",
                latest == nil ? .null : ageSeconds.map { .double($0) } ?? .null
            ))
        var failure: Value = .null
        if case .failure(let error) = proofs.latest { failure = .string(ErrorText.of(error)) }
        fields.append(("checkpoint_failure", failure))
        fields.append(("elsewhere", witness.value()))
        return try Record([("signing", .object(fields))])
    }
}
