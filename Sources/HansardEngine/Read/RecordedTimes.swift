import HansardBindings
public import HansardRecords

extension ReadView {
    /// The last event recorded at a moment or before it: what an "as of" that moment means. Zero
    /// when all are later.
    ///
    /// Recorded times never go back along positions, so this is a binary search: some twenty looks
    /// at headers, no decompression.
    /// - Throws: `HansardError` (`corruptEvent`) when a header it looks at is damaged.
    public func position(at moment: Instant) throws -> Position {
        let moment = moment.microsecondsSinceUnixEpoch
        // Everything up to `low` is not later, everything after `high` is.
        var low: UInt64 = 0
        var high = position.rawValue
        while low < high {
            let middle = high - (high - low) / 2
            if try header(at: Position(middle)).recordedAt <= moment {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return Position(low)
    }
}
