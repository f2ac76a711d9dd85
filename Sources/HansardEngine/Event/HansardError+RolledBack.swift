extension HansardError {
    /// A log that ends before `last`, of which `witness` tells.
    static func rolledBack(
        _ head: Position, _ witness: String, _ last: Position
    ) -> HansardError {
        HansardError(
            .logRolledBack,
            "\(witness) event \(last), but the log ends at event \(head): an older log was put "
                + "in its place, or it was cut",
            advice: .putNewerLogBack, position: head)
    }

    /// A log that ends before what was signed of it.
    package static func rolledBack(signedThrough last: Position, _ head: Position) -> HansardError {
        rolledBack(head, "the signed checkpoints go up to", last)
    }

    /// A log that ends before what a backup has of it.
    package static func rolledBack(
        _ head: Position, behind last: Position, backedUpIn path: String
    ) -> HansardError {
        HansardError(
            .logRolledBack,
            "the log ends at event \(head), but \(path) reaches event \(last): an older copy of "
                + "the log was put in its place",
            advice: .restoreNewerEvents(backup: path), position: head, path: path)
    }
}
