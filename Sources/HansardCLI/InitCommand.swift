import ArgumentParser
import Hansard

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a new, empty store.")

    @OptionGroup var store: StoreOptions

    func run() async throws {
        let path = try store.path()
        try Store.create(at: path)
        print("made an empty store in \(path)")
    }
}
