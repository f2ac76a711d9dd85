import ArgumentParser
import Hansard
import HansardChat
import Records

struct ProjectionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projections", abstract: "Show how far each projection is.",
        discussion: """
            POSITION is the last event reads see, LAG how many they miss, DURABLE the last one written to the \
            index: the events after it are kept in memory, or folded again at the next opening. A unit that \
            could not fold an event has stopped; it says where and why, and all others go on. Fix the \
            projection and open the store again, and it catches up from the log.

            EXAMPLES
              hansard projections
              hansard projections --json | jq 'select(.state == "stopped")'
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let statistics = try store.openForReading().store.statistics()
        try Output.with { out in
            if output.json {
                for unit in statistics.units {
                    try out.line(try record(unit, head: statistics.head))
                }
                return
            }
            let table = ProjectionTable(style: .output, head: statistics.head)
            for line in table.lines(statistics.units) { try out.line(line) }
        }
    }

    private func record(_ unit: StoreStatistics.Unit, head: Position) throws -> Record {
        var fields: [(String, Value)] = [
            ("name", .string(unit.name)), ("version", .integer(Int64(unit.version))),
            ("state", .string(unit.stop == nil ? "current" : "stopped")),
            ("position", .integer(Int64(unit.current.rawValue))),
            ("lag", .integer(Int64(unit.lag(behind: head)))),
            ("durable", .integer(Int64(unit.checkpoint.rawValue))),
        ]
        if let stop = unit.stop {
            fields.append(("stopped_at", .integer(Int64(stop.position.rawValue))))
            fields.append(("reason", .string(stop.reason)))
        }
        return try Record(fields)
    }
}

/// Units in columns, and beneath each that stopped, why.
struct ProjectionTable {
    let style: Style
    let head: Position

    func lines(_ units: [StoreStatistics.Unit]) -> [String] {
        let width = max(4, units.map { TextLayout.columns(of: $0.name) }.max() ?? 0)
        let header =
            TextLayout.padded("NAME", to: width) + "  VERSION  STATE    POSITION       LAG"
            + "   DURABLE"
        return [style.dim(header)] + units.flatMap { lines($0, width) }
    }

    private func lines(_ unit: StoreStatistics.Unit, _ width: Int) -> [String] {
        var line = TextLayout.padded(Printable.line(unit.name), to: width)
        line += "  " + right("\(unit.version)", 7) + "  "
        let state = TextLayout.padded(unit.stop == nil ? "current" : "stopped", to: 7)
        line += unit.stop == nil ? state : style.warning(state)
        for number in [unit.current.rawValue, unit.lag(behind: head), unit.checkpoint.rawValue] {
            line += right(Figures.grouped(Int(number)), 10)
        }
        guard let stop = unit.stop else { return [line] }
        return [line, "  stopped at event \(stop.position): \(Printable.line(stop.reason))"]
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

extension StoreStatistics.Unit {
    /// Events that reads of this unit do not see.
    func lag(behind head: Position) -> UInt64 { head.rawValue - min(head, current).rawValue }
}
