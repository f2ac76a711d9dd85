import HansardBindings
import HansardRecords

/// The places of a store's files, and their creation.
///
/// A store is made under another name, flushed and renamed: after a crash there is a whole store or
/// none. (LMDB itself does not flush the first page it writes, and a torn one cannot be opened.)
package struct StoreFiles {
    /// Without a slash at its end.
    package let directory: String
    /// The implementation of signing; nil where nothing is signed.
    package let signing: (any LogSigning)?

    package init(directory: String, signing: (any LogSigning)? = nil) {
        self.signing = signing
        var trimmed = directory[...]
        while trimmed.count > 1 && trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.directory = String(trimmed)
    }

    package var log: String { "\(directory)/\(Layout.logDirectory)" }
    package func index(generation: UInt64) -> String {
        "\(directory)/\(Layout.indexDirectory(generation: generation))"
    }
    package var logData: String { "\(log)/data.mdb" }

    /// Opens the log alone, for tools that need no index.
    ///
    /// - Throws: `HansardError`: `notAStore`, `newerFormat`, `corruptEvent`, `noPermission`.
    package func openLog(settings: StoreSettings) throws(HansardError) -> Log {
        try checkIsStore()
        do {
            try checkFileSystem(settings: settings)
            return try Log(directory: log, settings: settings)
        } catch {
            throw HansardError.wrapping(error, doing: "opening the log of \(directory)")
        }
    }

    /// Opens the generation of the index that is live, with the units it can serve.
    ///
    /// It may be replaced and removed between the look at its number and the opening; then the
    /// number is another, and is looked at again.
    func openLiveIndex(
        of log: Log, units: [UnitDefinition], settings: StoreSettings
    ) throws -> (index: Index, plan: UnitPlan) {
        func live() throws -> UInt64 {
            try log.environment.read { try log.generation(in: $0) }
        }
        while true {
            let generation = try live()
            do {
                let plan = try plan(
                    ofGeneration: generation, of: log, units: units, settings: settings)
                let index = try Index(
                    directory: index(generation: generation), generation: generation,
                    units: plan.served, logID: log.id, isReadOnly: settings.isReadOnly)
                return (index, plan)
            } catch {
                if try live() == generation { throw error }
            }
        }
    }

    /// Makes a new store.
    ///
    /// - Throws: `HansardError`: `alreadyExists` when the directory is there and not empty, and
    ///   what the system refuses.
    func create(settings: StoreSettings) throws(HansardError) {
        do {
            try make(settings)
        } catch {
            throw HansardError.wrapping(error, doing: "making the store \(directory)")
        }
    }

    private func make(_ settings: StoreSettings) throws {
        try checkFileSystem(settings: settings)
        try checkIsEmpty()
        let temporary = "\(directory).new-\(Identifier.random().text)"
        try FileSystem.createDirectory(temporary, mode: 0o750)
        do {
            try fill(StoreFiles(directory: temporary, signing: signing), settings)
            try FileSystem.rename(temporary, to: directory)
        } catch {
            try? FileSystem.removeTree(temporary)
            throw error
        }
        try FileSystem.synchroniseDirectory(FileSystem.parent(of: directory))
    }

    /// Refuses a place for a new store where something is.
    package func checkIsEmpty() throws {
        guard FileSystem.exists(directory) else { return }
        let what: String
        if try !FileSystem.information(of: directory).isDirectory {
            what = "is not a directory"
        } else if try FileSystem.names(in: directory).isEmpty {
            return
        } else {
            what = FileSystem.exists(logData) ? "is a store already" : "is not empty"
        }
        throw HansardError(
            .alreadyExists,
            "\(directory) \(what)",
            advice: .nameEmptyDirectory, path: directory)
    }

    private func fill(_ files: StoreFiles, _ settings: StoreSettings) throws {
        try FileSystem.createDirectory(files.log, mode: 0o750)
        let environment = try Environment(directory: files.log)
        let meta = try environment.openDatabase(Layout.meta, create: true)
        _ = try environment.openDatabase(Layout.events, integerKeys: true, create: true)
        let dictionaries = try environment.openDatabase(
            Layout.dictionaries, integerKeys: true, create: true)
        guard let meta, let dictionaries else {
            throw HansardError(
                .internalError,
                "LMDB made no tables in \(files.log)",
                advice: .report, path: files.log)
        }
        let identity = LogMeta(new: settings.clock())
        try environment.write { transaction in
            try identity.write(to: meta, in: transaction)
            let dictionary = InitialDictionary.bytes
            if !dictionary.isEmpty {
                try transaction.append(dictionary.span, integerKey: 1, to: dictionaries)
            }
        }
        environment.close()
        try FileSystem.synchroniseFile(files.logData)
        try FileSystem.synchroniseDirectory(files.log)
        try signing?.storeCreated(at: files.directory, logID: identity.id)
    }

    /// Refuses file systems that LMDB's map and locks do not work on.
    package func checkFileSystem(settings: StoreSettings) throws {
        if settings.allowsNetworkFileSystem { return }
        let place = FileSystem.exists(directory) ? directory : FileSystem.parent(of: directory)
        guard FileSystem.exists(place) else {
            throw HansardError(
                .invalidArgument,
                "the directory \(place) does not exist",
                advice: .createDirectory(path: place), path: place)
        }
        guard case .network(let name) = try FileSystemCheck.kind(of: place) else { return }
        throw HansardError(
            .unsupportedFileSystem,
            "\(directory) is on \(name), where LMDB's locks are not reliable",
            advice: .useLocalDisk, path: directory)
    }

    /// Refuses what is no store, with a sentence on what it looks like instead.
    package func checkIsStore() throws(HansardError) {
        let unreadable: SystemError
        do {
            if try FileSystem.size(of: logData) > 0 { return }
            throw HansardError(
                .corruptEvent,
                "the log \(logData) is empty: it was cut",
                advice: .restoreFromBackup, path: logData)
        } catch let error as HansardError {
            throw error
        } catch let error as SystemError {
            unreadable = error
        } catch {
            throw HansardError.wrapping(error, doing: "opening the store \(directory)")
        }
        if unreadable.isPermissionDenied {
            throw HansardError.wrapping(unreadable, doing: "opening the store \(directory)")
        }
        if !FileSystem.exists(directory) {
            throw HansardError(
                .notAStore,
                "there is no store at \(directory)",
                advice: .createStore(path: directory), path: directory)
        }
        throw HansardError(
            .notAStore,
            "\(directory) holds no store (\(Layout.logDirectory)/data.mdb is missing)",
            advice: .nameStore, path: directory)
    }
}
