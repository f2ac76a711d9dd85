import ArgumentParser
import Hansard
import HansardChat

/// The options of every verb.
struct BenchOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The store's directory.", valueName: "dir"))
    var store: String

    @Flag(name: .long, help: "Print a JSON object a line instead of tables.")
    var json = false

    func open(_ settings: Store.Settings = .init()) throws -> Chat {
        try Chat.open(store, settings: settings)
    }

    /// Opens the store after making it if it is not there; `suffix` is appended to its path.
    func openOrCreate(_ settings: Store.Settings = .init(), suffix: String = "") throws -> Chat {
        let path = store + suffix
        do { try Store.create(at: path) } catch let error where error.code == .alreadyExists {
            return try Chat.open(path, settings: settings)
        }
        return try Chat.open(path, settings: settings)
    }
}
