// expect: lifetime-dependent
import HansardBindings

func misuse(_ environment: Environment, _ database: Database) throws {
    try environment.read { txn in
        var kept: Span<UInt8>?
        try txn.withValue([1].span, in: database) { value in kept = value }
        _ = kept?.count
    }
}
