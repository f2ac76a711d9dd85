// expect: 'txn' is borrowed and cannot be consumed
import HansardBindings

func misuse(_ environment: Environment) throws {
    try environment.write { txn in
        let copy = txn
        _ = copy.transactionID
    }
}
