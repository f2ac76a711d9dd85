import Hansard

/// Checks of what the log is proved by: the key, the latest checkpoint and its copies.
struct ProofChecks {
    let proofs: ProofExamination
    let head: Position
    let now: Instant

    var all: [DoctorCheck] { [key, checkpoint, witness] }

    var key: DoctorCheck {
        switch proofs.key {
        case .success(let key): return .ok("key", "signs as \(key)")
        case .failure(let error): return .fail("key", error)
        }
    }

    /// A few times the events between two checkpoints of a busy store.
    private static let lagMax: UInt64 = 200_000

    var checkpoint: DoctorCheck {
        switch proofs.latest {
        case .failure(let error): return .fail("checkpoint", error)
        case .success(nil):
            return .warn(
                "checkpoint", "no checkpoint was signed yet",
                "append an event or run 'hansard checkpoint' to sign one")
        case .success(let latest?):
            let finding = "covers \(latest.size) of \(Figures.counted(Int(head.rawValue), "event"))"
            if head.rawValue - min(latest.size, head.rawValue) <= Self.lagMax {
                return .ok("checkpoint", finding)
            }
            return .warn(
                "checkpoint", finding, "run 'hansard checkpoint', which reports why none is signed")
        }
    }

    /// True if the checkpoint command does.
    private var command: DoctorCheck {
        guard let taken = proofs.taken else {
            return .warn(
                "witness", "the checkpoint command has never succeeded",
                "run 'hansard checkpoint', which runs the command and reports its result")
        }
        let age = Figures.duration(seconds: max(0, taken.at.duration(to: now).inSeconds))
        let finding =
            "the checkpoint command took a checkpoint of "
            + "\(Figures.counted(Int(taken.size), "event")) \(age) ago"
        if head.rawValue - min(taken.size, head.rawValue) <= Self.lagMax {
            return .ok("witness", finding)
        }
        return .warn(
            "witness", finding,
            "run 'hansard checkpoint', which runs the command and reports its result")
    }

    /// True if rollback of the whole directory would be seen.
    var witness: DoctorCheck {
        let state = WitnessState(proofs: proofs, now: now)
        switch proofs.copy {
        case .failure(let error)? where error.code == .checkpointNotKept:
            let found = DoctorCheck.fail("witness", error)
            let last = state.last.map { "; the last one that arrived has \($0)" }
            return .warn("witness", found.finding + (last ?? ""), found.advice ?? "")
        case .failure(let error)?: return .fail("witness", error)
        case .success(let copy?)?:
            let age = state.age.map { ", copied \($0) ago" } ?? ""
            return .ok(
                "witness",
                "the external directory has a checkpoint of "
                    + "\(Figures.counted(Int(copy.size), "event"))\(age)"
            )
        case .success(nil)?:
            return .warn(
                "witness", "the external directory has no checkpoint yet",
                "run 'hansard checkpoint' to write one")
        case nil:
            if proofs.hasCommand { return command }
            return .warn(
                "witness",
                "no checkpoint is outside the store, so a rollback of the whole directory can't be "
                    + "detected",
                "set HANSARD_CHECKPOINT_DIR or HANSARD_CHECKPOINT_COMMAND here and for the program "
                    + "that appends")
        }
    }
}
