import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show sizes and positions of the store.",
        discussion: """
            Costs a few lookups, whatever the size of the store, and runs while the store is in use.

            'signed' shows how many events the latest checkpoint covers, and its age. 'external' \
            shows the last checkpoint that arrived in the external directory (--checkpoint-dir).

            EXAMPLES
              hansard stats
              hansard stats --json | jq .head
            """)

    @OptionGroup var store: AppendingStoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let store = try store.openForReading().store
        let statistics = try store.statistics()
        let signing = SigningState(
            proofs: store.proofState(), head: statistics.head, now: store.settings.clock())
        try Output.with { out in
            if output.json {
                return try out.line(statistics.record().merging(signing.record()))
            }
            for line in statistics.lines(Style.output, signing: signing) {
                try out.line(line)
            }
        }
    }
}
