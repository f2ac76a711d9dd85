// expect: async
import HansardBindings

func misuse(_ environment: Environment) async throws {
    try await environment.write { txn in
        await Task.yield()
        _ = txn.transactionID
    }
}
