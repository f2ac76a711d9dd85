import ArgumentParser
import Hansard
import HansardChat
import Records

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show sizes and positions of the store.",
        discussion: """
            Costs a few lookups, whatever the store's size, and may be run while the store is in use.

            EXAMPLES
              hansard stats
              hansard stats --json | jq .head
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let statistics = try store.openForReading().store.statistics()
        try Output.with { out in
            if output.json { return try out.line(try statistics.record()) }
            for line in statistics.lines(Style.output) { try out.line(line) }
        }
    }
}
