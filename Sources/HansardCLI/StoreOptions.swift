import ArgumentParser
import Bindings
import Hansard
import HansardChat
import Projections

/// Where the store is: the same for every verb.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The store's directory. (default: the environment's HANSARD_STORE)", valueName: "dir"),
        completion: .directory)
    var store: String?

    func path() throws -> String {
        if let store, !store.isEmpty { return store }
        if let path = ProcessEnvironment["HANSARD_STORE"] { return path }
        throw ValidationError("Name the store: --store DIR, or set HANSARD_STORE.")
    }

    /// Opens the store to append to it.
    func openForWriting() throws -> Chat { try Chat.open(try path(), settings: Self.settings) }

    /// Opens the store to read it: for reading only where this user may not write.
    func openForReading() throws -> Chat {
        let path = try path()
        var settings = Self.settings
        settings.isReadOnly = !StoreOptions.isWritable(path)
        return try Chat.open(path, settings: settings)
    }

    /// A verb ends too soon to build anything in the background; 'hansard rebuild' does.
    private static var settings: Settings {
        var settings = Settings()
        settings.changedUnits = .wait
        return settings
    }

    /// Opens the log alone, which needs no index.
    func openLog() throws -> LogReader {
        let path = try path()
        var settings = Settings()
        settings.isReadOnly = !StoreOptions.isWritable(path)
        return try LogReader(path: path, settings: ChatUpcasters.added(to: settings))
    }

    /// Whether all of a store's files and directories may be written to.
    private static func isWritable(_ path: String) -> Bool {
        guard FileSystem.isWritable(path) else { return false }
        guard let names = try? FileSystem.names(in: path) else { return true }
        return names.allSatisfy { isWritable("\(path)/\($0)") }
    }
}

/// `--json`, on every verb that prints.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON: one object, or one a line for lists.")
    var json = false
}
