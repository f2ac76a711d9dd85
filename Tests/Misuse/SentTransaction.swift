// expect: 'txn'
import Bindings

func misuse(_ environment: Environment, _ database: Database) throws {
    try environment.write { txn in
        Task { try txn.put([1].span, for: [1].span, in: database) }
    }
}
