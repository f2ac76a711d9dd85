public import Hansard
import HansardProjections

/// The units of a newer program, in which those of the messages have changed.
public enum ChangedChat {
    public static let units = ChatUnits.all.map { unit in
        guard unit.name == "messages" else { return unit }
        return ProjectionUnit(
            name: unit.name, version: unit.version + 1, projections: unit.projections)
    }
}

extension TableReader {
    /// Number of its rows.
    public func count() throws -> Int {
        var count = 0
        try scan(KeyRange(prefix: [])) { _, _ in
            count += 1
            return true
        }
        return count
    }
}
