import ArgumentParser
import Hansard
import HansardRecords

struct BackupPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove old full copies and checkpoints of a backup.",
        discussion: """
            Segments are never removed, because a restore reads all of them from the first one.

            EXAMPLES
              hansard backup prune /backup/record --keep 2
            """)

    @Argument(
        help: ArgumentHelp("The backup's directory.", valueName: "dir"), completion: .directory)
    var directory: String
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Number of full copies to keep.", valueName: "n")
    )
    var keep = 5
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if keep < 1 {
            throw ValidationError(
                "--keep must be at least 1. To keep no full copy, remove the backup's directory 'full' yourself."
            )
        }
    }

    func run() throws {
        let removed = try BackupPrune(directory).run(keep: keep)
        try Output.with { out in
            if output.json {
                return try out.line(Record([("removed", .array(removed.map { .string($0) }))]))
            }
            if removed.isEmpty { try out.line("nothing to remove") }
            for name in removed { try out.line("removed \(Printable.line(name))") }
        }
    }
}
