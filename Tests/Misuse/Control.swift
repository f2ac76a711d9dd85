// Correct use, to show that the other snippets fail for their own reasons.
import HansardBindings

func use(_ environment: Environment, _ database: Database) throws -> [UInt8]? {
    try environment.write { txn in
        try txn.put([1].span, for: [2].span, in: database)
        return try txn.withValue([2].span, in: database) { value in
            guard let value else { return nil }
            return Bytes.array(value)
        }
    }
}
