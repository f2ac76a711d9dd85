import ArgumentParser

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Take the log itself out, or in: every field of every event.",
        discussion: """
            'hansard export' writes what was done in the chat, for any program of the gateway's kind; this \
            writes the log, event by event, with positions, ids, times and all else that stands in an \
            envelope. docs/IMPORT.md has the format.

            EXAMPLES
              hansard log export --raw --output record.log.jsonl.zst
              hansard log import record.log.jsonl.zst --into ~/record
            """,
        subcommands: [LogExportCommand.self, LogImportCommand.self])
}
