import ArgumentParser
import Hansard
import HansardBindings
import HansardChat

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Append mutations from JSON Lines, plain or .zst.",
        discussion: """
            Each line is an object whose 'op' says what it does, such as create_session or create_message; \
            docs/IMPORT.md has all sixteen. Lines are appended in their order. What is in the store already is passed over, so an import that was \
            interrupted goes on when it is run again.

            The first line that can't be imported ends the import: the lines before it are in the store, and \
            so may be some that were under way behind it. With --keep-going such lines are named and the rest \
            is imported. Either way the exit status is then 65.

            EXAMPLES
              hansard import conversations.jsonl.zst
              zstdcat *.jsonl.zst | hansard import
              hansard import --keep-going --json old.jsonl > summary.json
            """)

    @OptionGroup var store: AppendingStoreOptions
    @Argument(
        help: "Files to read, in order; '-' is standard input.", completion: .file())
    var files: [String] = ["-"]
    @Flag(help: "Go on after a line that can't be imported.")
    var keepGoing = false
    @Flag(
        help: ArgumentHelp(
            "Leave out what lines say of who did it and why ($provenance): for input from others."))
    var ignoreProvenance = false
    @Flag(name: .shortAndLong, help: "No progress, and no summary.")
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
                    + "go on", status: status)
        }
        if session.totals.report.failed > 0 {
            let failed = Figures.counted(session.totals.report.failed, "line")
            throw CommandFailure(
                "\(failed) could not be imported, see above; mend and import again: what is in the "
                    + "store already is passed over", status: .badInput)
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
