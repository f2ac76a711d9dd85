import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct ProjectionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projections", abstract: "Show the position of each projection.",
        discussion: """
            COLUMNS
              POSITION  the last event that reads see
              LAG       the number of events that reads miss
              DURABLE   the last event written to the index ('checkpoint' in JSON)

            Events after DURABLE are kept in memory, or folded again at the next opening.

            A unit that could not fold an event has stopped, and all others continue. The output \
            names the event and the reason. Fix the projection and open the store again; the unit \
            then catches up from the log.

            A unit is 'rebuilding' if the index has an older version of it, or none. Run 'hansard \
            rebuild', unless a program of this version runs, which builds the unit by itself. \
            Until then reads of this unit are refused, and all others are answered.

            A unit of another program is 'foreign'. This program leaves it unchanged, and the \
            other program keeps it current while it runs. If the unit has stopped, the output has \
            the event and the reason which that program recorded.

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
                return try UnitFields.all(of: statistics).forEach { try out.line(Record($0)) }
            }
            let table = ProjectionTable(style: .output, head: statistics.head)
            for line in table.lines(statistics.units, foreign: statistics.otherUnits) {
                try out.line(line)
            }
        }
    }
}

/// Units in columns, and beneath each that stopped, why.
struct ProjectionTable {
    let style: Style
    let head: Position

    func lines(
        _ units: [StoreStatistics.Unit], foreign: [IndexGeneration.Unit] = []
    ) -> [String] {
        let names = units.map(\.name) + foreign.map(\.name)
        let width = max(4, names.map { TextLayout.columns(of: Printable.line($0)) }.max() ?? 0)
        let header =
            TextLayout.padded("NAME", to: width) + "  VERSION  STATE       POSITION       LAG"
            + "   DURABLE"
        return [style.dim(header)] + units.flatMap { lines($0, width) }
            + foreign.flatMap { lines(foreign: $0, width) }
    }

    private func lines(foreign unit: IndexGeneration.Unit, _ width: Int) -> [String] {
        let line =
            TextLayout.padded(Printable.line(unit.name), to: width) + "  "
            + right("\(unit.version)", 7) + "  " + TextLayout.padded("foreign", to: 10)
            + right("-", 10) + right("-", 10)
            + right(Figures.grouped(Int(unit.durablePosition.rawValue)), 10)
        return unit.stop.map { [line, text($0)] } ?? [line]
    }

    private func text(_ stop: UnitStop) -> String {
        style.warning("  stopped at event \(stop.position): \(Printable.line(stop.reason))")
    }

    private func lines(_ unit: StoreStatistics.Unit, _ width: Int) -> [String] {
        var line = TextLayout.padded(Printable.line(unit.name), to: width)
        line += "  " + right("\(unit.version)", 7) + "  "
        let state = TextLayout.padded(unit.state, to: 10)
        line += unit.state == "current" ? state : style.warning(state)
        for number in [
            unit.current.rawValue, unit.lag(behind: head), unit.durablePosition.rawValue,
        ] {
            line += right(Figures.grouped(Int(number)), 10)
        }
        if let rebuild = unit.rebuild {
            let has = rebuild.storedVersion.map { "version \($0)" } ?? "none"
            return [line, "  the index has \(has): \(Printable.line("\(rebuild)"))"]
        }
        return unit.stop.map { [line, text($0)] } ?? [line]
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

extension StoreStatistics.Unit {
    /// `current`, `stopped` or `rebuilding`.
    var state: String {
        if rebuild != nil { return "rebuilding" }
        return stop == nil ? "current" : "stopped"
    }

    /// Events that reads of this unit do not see.
    func lag(behind head: Position) -> UInt64 { head.rawValue - min(head, current).rawValue }
}
