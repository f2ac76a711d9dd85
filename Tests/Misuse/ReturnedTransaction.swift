// expect: 'ReadTransaction' conform to 'Copyable'
import HansardBindings

func misuse(_ environment: Environment) throws {
    _ = try environment.read { txn -> ReadTransaction in txn }
}
