import ArgumentParser
import Hansard
import HansardBindings
import HansardChat

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Append mutations from JSON Lines, plain or .zst.",
        discussion: """
            Each line is an object. Its field 'op' names the mutation, such as create_session or \
            create_message; docs/IMPORT.md has all sixteen. Lines are appended in their order. \
            Mutations that are already in the store are skipped, so an interrupted import \
            continues when it is run again.

            The first line that can't be imported ends the import. The lines before it are in the \
            store, and some after it may be. With --keep-going, the verb reports these lines and \
            imports the rest. In both cases the exit status is 65.

            EXAMPLES
              hansard import conversations.jsonl.zst
              zstdcat *.jsonl.zst | hansard import
              hansard import --keep-going --json old.jsonl > summary.json
            """)

    @OptionGroup var store: AppendingStoreOptions
    @Argument(
        help: "Files to read, in order; '-' is standard input.", completion: .file())
    var files: [String] = ["-"]
    @Flag(help: "Continue after a line that can't be imported.")
    var keepGoing = false
    @Flag(
        help: ArgumentHelp(
            "Ignore who did it and why ($provenance), for input that is not trusted."))
    var ignoreProvenance = false
    @Flag(name: .shortAndLong, help: "Print no progress and no summary.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if files.contains("-") && StandardStream.input.isTerminal {
            Diagnostics.say("reading from the terminal; end the input with Ctrl-D")
        }
        let chat = try store.openForWriting()
        Interruption.watch()
        let session = ImportSession(
            chat: chat, keepsGoing: keepGoing, takesProvenance: !ignoreProvenance,
            isQuiet: quiet || output.json)
        let outcome = await session.run(files)
        let closing = Result { () throws(HansardError) in try chat.store.close() }
        // The reader of the output may have gone; the status still says how the import ended.
        let told = Result { try report(session.totals, outcome) }
        try outcome.get()
        try closing.get()
        if let status = ExitStatus.interruption {
            throw CommandFailure(
                "interrupted: everything counted above is in the store; run the same import again to "
                    + "continue", status: status)
        }
        if session.totals.report.failed > 0 {
            let failed = Figures.counted(session.totals.report.failed, "line")
            throw CommandFailure(
                "\(failed) could not be imported, see above; fix them and import again, because "
                    + "mutations that are already in the store are skipped", status: .badInput)
        }
        try told.get()
    }

    private func report(_ totals: ImportTotals, _ outcome: Result<Void, any Error>) throws {
        if output.json {
            try Output.with { try $0.line(try totals.record()) }
        } else if !quiet && (totals.report.lines > 0 || (try? outcome.get()) != nil) {
            Diagnostics.write(totals.summary + "\n")
        }
    }
}
