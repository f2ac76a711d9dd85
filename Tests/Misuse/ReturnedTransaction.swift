// expect: 'ReadTransaction' conform to 'Copyable'
import Bindings

func misuse(_ environment: Environment) throws {
    _ = try environment.read { txn -> ReadTransaction in txn }
}
