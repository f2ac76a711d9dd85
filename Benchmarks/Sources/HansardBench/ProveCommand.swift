import ArgumentParser
import Hansard
import HansardChat

struct ProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove events at random, one after the other, each from the checkpoint's file on.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Proofs to make. The first tenth is left out of the figures.") var count = 2_000

    func run() async throws {
        let store = try options.open().store
        let head = try store.checkpoint().checkpoint.size
        guard head > 0, count >= 10 else { throw ValidationError("there is nothing to prove") }
        let keys = try store.signingKeys()
        var (made, checked) = (Latencies(), Latencies())
        for number in 0..<count {
            let position = Position(.random(in: 1...head))
            let (proof, took) = try measured { try store.inclusionProof(of: position) }
            let (_, tookToCheck) = try measured { try proof.check(keys: keys) }
            if number < count / 10 { continue }
            made.add(took)
            checked.add(tookToCheck)
        }
        try store.close()
        var report = Report("prove", isJSON: options.json)
        for (what, latencies) in [("made", made), ("checked", checked)] {
            let summary = latencies.summary
            try report.add([
                Report.Cell("what", what), Report.Cell("events", Int(head)),
                Report.Cell("count", latencies.count), Report.Cell("p50_us", summary.p50),
                Report.Cell("p99_us", summary.p99), Report.Cell("max_us", summary.max),
            ])
        }
    }
}
