import ArgumentParser
import Hansard
import HansardChat

/// What every verb takes.
struct BenchOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The store's directory.", valueName: "dir"))
    var store: String

    @Flag(name: .long, help: "Print a JSON object a line instead of tables.")
    var json = false

    func open(_ settings: Settings = Settings()) throws -> Chat {
        try Chat.open(store, settings: settings)
    }

    /// Opens the store after making it if it is not there.
    func openOrCreate(_ settings: Settings = Settings()) throws -> Chat {
        do { try Store.create(at: store) } catch let error where error.code == .alreadyExists {
            return try open(settings)
        }
        return try open(settings)
    }
}
