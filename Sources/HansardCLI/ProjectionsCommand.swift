import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct ProjectionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projections", abstract: "Show how far each projection is.",
        discussion: """
            POSITION is the last event reads see, LAG how many they miss, DURABLE the last one written to the \
            index: the events after it are kept in memory, or folded again at the next opening; JSON calls it the \
            unit's 'checkpoint'. A unit that could not fold an event has stopped; it says where and why, and all others go on. Fix the \
            projection and open the store again, and it catches up from the log. A unit of which the index has \
            an older version, or none, is 'rebuilding': run 'hansard rebuild', unless a program of this version \
            runs, which builds it by itself. Until then reads of it are refused, and all others answered. A \
            unit of another program is 'foreign': this program leaves it as it is, and that one keeps it \
            current while it runs. Where and why that one last found it stopped is shown too.

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
