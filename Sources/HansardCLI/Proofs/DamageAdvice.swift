import Hansard

/// The advice on the findings of `verify`: a word on each kind, the truth first.
struct DamageAdvice {
    private let codes: Set<ErrorCode>

    init(_ codes: Set<ErrorCode>) { self.codes = codes }

    var text: String {
        let steps = log + index + signed
        return beginning + steps.joined(separator: "; ")
    }

    private var beginning: String {
        guard codes.isSubset(of: Self.signedCodes) else {
            return
                "the store is damaged, see above: keep a copy of it before any repair; "
        }
        return codes.contains(.otherLog)
            ? "the store's parts do not belong together, see above: "
            : "the log and the index are sound, but their checkpoints or keys are not, see above: "
    }

    private static let signedCodes: Set<ErrorCode> = [
        .checkpointMissing, .otherLog, .keyUnusable, .invalidProof, .untrustedKey,
    ]

    private var log: [String] {
        if codes.contains(.corruptEvent) || codes.contains(.damagedFile) {
            return ["restore the log from a backup"]
        }
        if codes.contains(.logForked) {
            return ["put the signed log back, or restore it from a backup"]
        }
        return []
    }

    private var index: [String] {
        var steps: [String] = []
        if codes.contains(.corruptIndex) {
            steps.append("run 'hansard rebuild' to build the index again")
        }
        if codes.contains(.unitStopped) {
            steps.append(
                "fix the projection that stopped and start its program again")
        }
        return steps
    }

    private var signed: [String] {
        var steps: [String] = []
        if codes.contains(.otherLog) {
            steps.append(
                "the store's checkpoints are of another log: put the right log back"
            )
        }
        if codes.contains(.checkpointMissing) {
            steps.append(
                "put checkpoints/latest or its external copy back; if both are lost, 'hansard "
                    + "checkpoint --lost' signs the log as it is and records that")
        }
        if codes.contains(.keyUnusable) { steps.append("put the keys named above back") }
        if !codes.isDisjoint(with: [.invalidProof, .untrustedKey]) {
            steps.append("put the signed checkpoint or its external copy back")
        }
        return steps
    }
}
