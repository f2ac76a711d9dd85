// expect: capture of 'txn' with non-Sendable type 'WriteTransaction'
import HansardBindings

func elsewhere(_ body: @escaping @Sendable () -> Void) {}

func misuse(_ environment: Environment) throws {
    try environment.write { txn in
        elsewhere { print(txn.transactionID) }
    }
}
