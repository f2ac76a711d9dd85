// expect: is consuming
import HansardBindings

func misuse(_ environment: Environment, _ database: Database) throws {
    try environment.read { txn in
        var kept: Cursor?
        try txn.withCursor(database) { cursor in kept = cursor }
        _ = try kept?.next()
    }
}
