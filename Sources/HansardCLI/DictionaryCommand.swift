import ArgumentParser
import Foundation
import Hansard
import HansardChat

struct DictionaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dictionary", abstract: "Train compression dictionaries.",
        subcommands: [Train.self])

    struct Train: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train", abstract: "Train a dictionary on the store's events.",
            discussion: """
                The dictionary holds pieces of the events' text: whoever gets it can read them.

                Example: hansard dictionary train --store chats --output chats.zdict
                """)

        @OptionGroup var store: StoreOptions
        @Option(help: ArgumentHelp("File to write; it must not exist.", valueName: "file"))
        var output: String
        @Option(help: "Size of the dictionary in bytes.")
        var bytes = 256 << 10

        func run() async throws {
            let chat = try Chat.open(store.path())
            let dictionary = try chat.store.trainDictionary(bytesMax: bytes)
            try Data(dictionary).write(
                to: URL(fileURLWithPath: output), options: .withoutOverwriting)
            print("wrote \(dictionary.count) bytes to \(output); they hold text of the events")
        }
    }
}
