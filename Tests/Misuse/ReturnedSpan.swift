// expect: 'Escapable'
import HansardBindings

func misuse(_ environment: Environment, _ database: Database) throws {
    try environment.read { txn in
        let value: Span<UInt8>? = try txn.withValue([1].span, in: database) { $0 }
        _ = value?.count
    }
}
