import Hansard
import HansardRecords

/// Units as `projections` and `stats` describe them to programs.
enum UnitFields {
    typealias Fields = [(String, Value)]

    static func all(of statistics: StoreStatistics) -> [Fields] {
        statistics.units.map { of($0, head: statistics.head) } + statistics.otherUnits.map(of)
    }

    private static func of(_ unit: StoreStatistics.Unit, head: Position) -> Fields {
        var fields: Fields = [
            ("name", .string(unit.name)), ("version", .integer(Int64(unit.version))),
            ("state", .string(unit.state)), ("foreign", .bool(false)),
            ("position", .integer(Int64(unit.current.rawValue))),
            ("lag", .integer(Int64(unit.lag(behind: head)))),
            ("checkpoint", .integer(Int64(unit.durablePosition.rawValue))),
        ]
        fields += of(unit.stop)
        if let rebuild = unit.rebuild {
            fields += [
                ("stored_version", rebuild.storedVersion.map { .integer(Int64($0)) } ?? .null),
                ("phase", .string(rebuild.phase.rawValue)),
                ("done", .integer(Int64(rebuild.done))), ("total", .integer(Int64(rebuild.total))),
                ("failure", rebuild.failure.map { .string(ErrorText.of($0)) } ?? .null),
            ]
        }
        return fields
    }

    /// The fields of a unit of another program; only that program knows its current position.
    private static func of(_ unit: IndexGeneration.Unit) -> Fields {
        [
            ("name", .string(unit.name)), ("version", .integer(Int64(unit.version))),
            ("state", .string(unit.stop == nil ? "foreign" : "stopped")), ("foreign", .bool(true)),
            ("position", .null), ("lag", .null),
            ("checkpoint", .integer(Int64(unit.durablePosition.rawValue))),
        ] + of(unit.stop)
    }

    /// Nothing for a unit that did not stop.
    static func of(_ stop: UnitStop?) -> Fields {
        guard let stop else { return [] }
        return [
            ("stopped_at", .integer(Int64(stop.position.rawValue))),
            ("reason", .string(stop.reason)),
        ]
    }
}
