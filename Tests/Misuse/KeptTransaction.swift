// expect: is consuming
import HansardBindings

func misuse(_ environment: Environment) throws {
    var kept: WriteTransaction?
    try environment.write { txn in kept = txn }
    _ = kept
}
