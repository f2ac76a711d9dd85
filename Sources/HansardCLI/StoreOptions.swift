import ArgumentParser
import Hansard
import HansardBindings
import HansardChat
import HansardProjections

/// The place where the store is: the same for every verb.
struct StoreOptions: ParsableArguments, StoreOpening {
    @OptionGroup var place: StorePlace
    /// Taken here too, where they may stand before the verb; help tells of them where they matter.
    @OptionGroup(visibility: .hidden) var checkpoints: CheckpointOptions
}

/// The same for verbs that append, or look at where checkpoints are kept.
struct AppendingStoreOptions: ParsableArguments, StoreOpening {
    @OptionGroup var place: StorePlace
    @OptionGroup var checkpoints: CheckpointOptions
}

/// `--store`.
struct StorePlace: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The store's directory. (default: HANSARD_STORE of the environment)", valueName: "dir"),
        completion: .directory)
    var store: String?
}

/// The place where new checkpoints are kept besides.
struct CheckpointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An external directory for the latest checkpoint. (default: HANSARD_CHECKPOINT_DIR of "
                + "the environment)", valueName: "dir"),
        completion: .directory)
    var checkpointDir: String?
    @Option(
        help: ArgumentHelp(
            "A shell command that copies each new checkpoint, the file $1, out of the store. "
                + "(default: HANSARD_CHECKPOINT_COMMAND of the environment)", valueName: "command"))
    var checkpointCommand: String?
}

/// The ways in which verbs open the store that their options name.
protocol StoreOpening {
    var place: StorePlace { get }
    var checkpoints: CheckpointOptions { get }
}

extension StoreOpening {
    /// The directory as it was given; nil when the environment names it.
    var store: String? { place.store }

    /// The place where checkpoints are kept besides, as the options or the environment say.
    var settings: Store.Settings {
        var settings = Store.Settings()
        settings.checkpointDirectory =
            checkpoints.checkpointDir ?? ProcessEnvironment["HANSARD_CHECKPOINT_DIR"]
        settings.checkpointCommand =
            checkpoints.checkpointCommand ?? ProcessEnvironment["HANSARD_CHECKPOINT_COMMAND"]
        let path = try? path()
        settings.checkpointFailed = { failure in
            // DurablePositions are for the store's owner to sign; others append all the same.
            if failure.code == .noPermission, let path, !StoreOwner.isThisUser(of: path) { return }
            Diagnostics.say(
                "the events are durable, but their checkpoint failed: \(ErrorText.of(failure))"
            )
        }
        settings.actor = ActingOptions.operatorName
        // A verb ends too soon to build anything in the background; 'hansard rebuild' does.
        settings.changedUnits = .wait
        return settings
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
    /// - Parameter tellsSigning: whether failures to sign are printed as they happen; false for
    ///   what reports them itself.
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
        settings.isReadOnly = !StoreOwner.isWritable(path)
        return try Chat.open(path, settings: settings)
    }

    /// The messages that the index says are redacted, for logs that can't tell any more; nil when
    /// it can't be read. Nothing is written for it.
    func redactedMessages() -> [Position: Position]? {
        guard let path = try? path() else { return nil }
        var settings = settings
        settings.isReadOnly = true
        // The verbs that need the index report what is in the way.
        let chat = try? Chat.open(path, settings: settings)
        return try? chat?.read { try $0.redactedMessages() }
    }

    /// Opens the log alone, which needs no index.
    func openLog() throws -> LogReader {
        let path = try path()
        var settings = Store.Settings()
        settings.isReadOnly = !StoreOwner.isWritable(path)
        return try LogReader(path: path, settings: ChatUpcasters.added(to: settings))
    }

    /// The generations of the index, to look at them: for reading only where this user may not
    /// write.
    func openGenerations() throws -> IndexGenerations {
        let path = try path()
        var settings = Store.Settings()
        settings.isReadOnly = !StoreOwner.isWritable(path)
        return try IndexGenerations(path: path, settings: settings)
    }
}

/// The rights of this user on a store's files.
private enum StoreOwner {
    static func isThisUser(of store: String) -> Bool {
        let owner = try? FileSystem.information(of: "\(store)/log").ownerID
        return owner == nil || owner == ProcessIdentity.effectiveUserID
    }

    /// True if all of a store's files and directories may be written to. The key and checkpoints
    /// are their owner's; without them appends go on.
    static func isWritable(_ path: String) -> Bool {
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
                "the events are durable, but the index could not be written: \(ErrorText.of(error))"
            )
        }
    }
}
