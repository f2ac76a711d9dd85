import ArgumentParser

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Export or import the log, with every field of every event.",
        discussion: """
            'hansard export' writes the mutations of the chat, for any gateway of this kind. \
            'hansard log export' writes the log event by event, with positions, ids, times and all \
            other fields of the envelope. docs/IMPORT.md describes the format.

            EXAMPLES
              hansard log export --raw --output record.log.jsonl.zst
              hansard log import record.log.jsonl.zst --into ~/record
            """,
        subcommands: [LogExportCommand.self, LogImportCommand.self])
}
