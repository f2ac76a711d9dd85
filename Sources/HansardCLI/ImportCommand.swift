import ArgumentParser
import Hansard
import HansardChat

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Append mutations from JSON Lines, plain or .zst.")

    @OptionGroup var store: StoreOptions
    @Argument(help: "Files to read, in order; '-' is standard input.")
    var files: [String] = ["-"]

    func run() async throws {
        let chat = try Chat.open(store.path())
        for file in files {
            let source =
                file == "-" ? ImportSource.standardInput() : try ImportSource(path: file)
            let report = try await Importer(into: chat).run(source)
            print(report)
        }
        try chat.store.close()
    }
}
