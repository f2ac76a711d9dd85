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
                "the store is damaged, see above: keep a copy of it as it is before mending anything; "
        }
        return codes.contains(.otherLog)
            ? "the store's parts do not belong together, see above: "
            : "the log and the index are sound, but not what vouches for them, see above: "
    }

    private static let signedCodes: Set<ErrorCode> = [
        .checkpointMissing, .otherLog, .keyUnusable, .invalidProof, .untrustedKey,
    ]

    private var log: [String] {
        if codes.contains(.corruptEvent) || codes.contains(.damagedFile) {
            return ["the log is mended by a restore from a backup"]
        }
        if codes.contains(.logForked) {
            return ["put the log back that was signed, or restore it from a backup"]
        }
        return []
    }

    private var index: [String] {
        var steps: [String] = []
        if codes.contains(.corruptIndex) {
            steps.append("the index is mended by 'hansard rebuild'")
        }
        if codes.contains(.unitStopped) {
            steps.append(
                "a projection that stopped goes on when its program is mended and opens the store")
        }
        return steps
    }

    private var signed: [String] {
        var steps: [String] = []
        if codes.contains(.otherLog) {
            steps.append(
                "the log in the store is not the one its checkpoints are of: put the right log back"
            )
        }
        if codes.contains(.checkpointMissing) {
            steps.append(
                "put checkpoints/latest back, or its copy from elsewhere; when both are lost, 'hansard "
                    + "checkpoint --lost' signs the log as it is and records that")
        }
        if codes.contains(.keyUnusable) { steps.append("put the keys back that are named above") }
        if !codes.isDisjoint(with: [.invalidProof, .untrustedKey]) {
            steps.append("put the checkpoint back as it was signed, or its copy from elsewhere")
        }
        return steps
    }
}
