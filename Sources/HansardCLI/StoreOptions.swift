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

    @Option(
        help: ArgumentHelp(
            "A directory outside the store for the latest checkpoint.", valueName: "dir",
            visibility: .hidden),
        completion: .directory)
    var checkpointDir: String?

    @Option(
        help: ArgumentHelp(
            "A shell command that takes each new checkpoint, the file $1, elsewhere.",
            valueName: "command", visibility: .hidden))
    var checkpointCommand: String?

    /// Where checkpoints are kept besides, as the options or the environment say.
    var settings: Settings {
        var settings = Settings()
        settings.checkpointDirectory =
            checkpointDir ?? ProcessEnvironment["HANSARD_CHECKPOINT_DIR"]
        settings.checkpointCommand =
            checkpointCommand ?? ProcessEnvironment["HANSARD_CHECKPOINT_COMMAND"]
        let path = try? path()
        settings.checkpointFailed = { failure in
            // Checkpoints are for the store's owner to sign; others append all the same.
            if failure.code == .noPermission, let path, !Self.isOwner(of: path) { return }
            Diagnostics.say(
                "what was appended is durable, but there is trouble with its checkpoint: \(failure)"
            )
        }
        settings.actor = ActingOptions.operatorName
        // A verb ends too soon to build anything in the background; 'hansard rebuild' does.
        settings.changedUnits = .wait
        return settings
    }

    private static func isOwner(of store: String) -> Bool {
        let owner = try? FileSystem.information(of: "\(store)/log").ownerID
        return owner == nil || owner == ProcessIdentity.effectiveUserID
    }

    func path() throws -> String {
        if let store {
            if store.isEmpty { throw ValidationError("--store is empty: name the directory.") }
            return store
        }
        if let path = ProcessEnvironment["HANSARD_STORE"] { return path }
        throw ValidationError("Name the store: --store DIR, or set HANSARD_STORE.")
    }

    /// Opens the store to append to it.
    ///
    /// From then on Ctrl-C ends the program only where the verb lets it: what it has begun to
    /// append it finishes.
    ///
    /// - Parameter tellsSigning: whether failures to sign are told as they happen; false for what
    ///   reports them itself.
    func openForWriting(tellsSigning: Bool = true) throws -> Chat {
        var settings = settings
        if !tellsSigning { settings.checkpointFailed = nil }
        let chat = try Chat.open(try path(), settings: settings)
        Interruption.watch()
        return chat
    }

    /// Opens the store to read it: for reading only where this user may not write.
    func openForReading() throws -> Chat {
        let path = try path()
        var settings = settings
        settings.isReadOnly = !StoreOptions.isWritable(path)
        return try Chat.open(path, settings: settings)
    }

    /// Opens the log alone, which needs no index.
    func openLog() throws -> LogReader {
        let path = try path()
        var settings = Settings()
        settings.isReadOnly = !StoreOptions.isWritable(path)
        return try LogReader(path: path, settings: ChatUpcasters.added(to: settings))
    }

    /// The generations of the index, to look at them: for reading only where this user may not
    /// write.
    func openGenerations() throws -> IndexGenerations {
        let path = try path()
        var settings = Settings()
        settings.isReadOnly = !StoreOptions.isWritable(path)
        return try IndexGenerations(path: path, settings: settings)
    }

    /// Whether all of a store's files and directories may be written to. The key and checkpoints
    /// are their owner's; without them appends go on.
    private static func isWritable(_ path: String) -> Bool {
        guard FileSystem.isWritable(path) else { return false }
        guard let names = try? FileSystem.names(in: path) else { return true }
        return names.allSatisfy {
            ["keys", "checkpoints"].contains($0) || isWritable("\(path)/\($0)")
        }
    }
}

/// `--json`, on every verb that prints.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON: one object, or one a line for lists.")
    var json = false
}

extension Store {
    /// Closes a store whose appends were answered. That the index could not be written takes
    /// nothing back: it is said, and the next opening folds it again.
    func closeAfterAppending() {
        do { try close() } catch {
            Diagnostics.say(
                "what was appended is durable, but the index could not be written: \(error)")
        }
    }
}
