import ArgumentParser

@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hansard-bench",
        abstract: "Measures a store: appends, reads, opening. Build it with -c release.",
        subcommands: [
            FillCommand.self, LookupCommand.self, OpenCommand.self, CrashOpenCommand.self,
            SinglesCommand.self, FollowCommand.self, SwapCommand.self, DeleteCommand.self,
            ProveCommand.self, TreeCommand.self, PastCommand.self, WatchCommand.self,
            UpcastCommand.self, BackupCommand.self,
        ])
}
