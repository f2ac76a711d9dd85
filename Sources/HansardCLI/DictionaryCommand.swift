import ArgumentParser
import Bindings
import Hansard
import HansardChat
import Records

struct DictionaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dictionary", abstract: "Train compression dictionaries.",
        subcommands: [Train.self])

    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train", abstract: "Train a dictionary on the store's events.",
            discussion: """
                The dictionary holds pieces of the events' text: whoever gets it can read them.

                EXAMPLES
                  hansard dictionary train --output chats.zdict
                """)

        @OptionGroup var store: StoreOptions
        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("File to write; it must not exist.", valueName: "file"),
            completion: .file())
        var output: String
        @Option(help: "Size of the dictionary in bytes.")
        var bytes = 256 << 10
        @OptionGroup var form: OutputOptions

        func validate() throws {
            guard (1_024...(16 << 20)).contains(bytes) else {
                throw ValidationError("--bytes is from 1024 to 16777216")
            }
        }

        func run() throws {
            let chat = try store.openForReading()
            let dictionary = try chat.store.trainDictionary(bytesMax: bytes)
            do { try FileSystem.writeNewFile(output, dictionary.span) } catch {
                throw CommandFailure("can't write \(output): \(error)")
            }
            let size = dictionary.count
            try Output.with { out in
                if form.json {
                    return try out.line(
                        Record([("path", .string(output)), ("bytes", .integer(Int64(size)))]))
                }
                try out.line(
                    "wrote \(Figures.grouped(size)) bytes to \(Printable.line(output)); they hold text "
                        + "of the events")
            }
        }
    }
}
