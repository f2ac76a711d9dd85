extension LogReader {
    /// Opens the log of a store for reading. Nothing is folded and nothing written.
    ///
    /// - Parameter isRaw: whether events are read as they are stored, in the shapes of the programs
    ///   that wrote them, instead of as `StoreSettings.upcasters` make them. Every sound event can
    ///   be read so.
    /// - Throws: `HansardError`: `notAStore`, `newerFormat`, `corruptEvent`, `noPermission`.
    public init(
        path: String, settings: StoreSettings = StoreSettings(), isRaw: Bool = false
    ) throws(HansardError) {
        self.init(try StoreFiles(directory: path).openLog(settings: settings), isRaw: isRaw)
    }

    /// The log of an open store.
    public init(_ store: Store, isRaw: Bool = false) {
        self.init(store.log, isRaw: isRaw)
    }
}
