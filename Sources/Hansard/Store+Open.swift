extension Store {
    /// Makes a new, empty store in a directory that is empty or not there.
    ///
    /// Crash-safe: afterwards there is a whole store or none.
    /// - Throws: `HansardError`: `alreadyExists`, `noPermission`, `full`, `system`.
    public static func create(
        at path: String, settings: Store.Settings = .init()
    ) throws(HansardError) {
        try create(at: path, settings: settings, signing: CheckpointSigning())
    }

    /// `create`, unless there is a store at `path`: true when it made one.
    ///
    /// - Throws: as `create`; `alreadyExists` for a directory with something else in it.
    @discardableResult
    public static func createIfMissing(
        at path: String, settings: Store.Settings = .init()
    ) throws(HansardError) -> Bool {
        do { try create(at: path, settings: settings) } catch {
            let isStore = (try? LogReader(path: path, settings: settings)) != nil
            guard error.code == .alreadyExists, isStore else { throw error }
            return false
        }
        return true
    }

    /// Opens a store and folds what the index does not have yet: at most a few seconds of events
    /// after a crash, the whole log when the index is missing.
    ///
    /// Projections whose version is newer than the index's are built in the background
    /// (`Store.Settings.changedUnits`); all else is there at once.
    /// - Parameter units: the projections to keep. When the store is open in this process already
    ///   they are ignored and that store is returned.
    /// - Throws: `HansardError`: `notAStore`, `newerFormat`, `corruptIndex`, `corruptEvent`,
    ///   `logRolledBack`, `noPermission`, `system`.
    public static func open(
        _ path: String, units: [ProjectionUnit], settings: Store.Settings = .init()
    ) throws(HansardError) -> Store {
        try open(path, units: units, settings: settings, signing: CheckpointSigning())
    }
}
