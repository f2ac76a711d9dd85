extension Store {
    /// Adds a compression dictionary to the log, for every process and for ever, and compresses new
    /// events with it from now on. Events there are keep theirs.
    ///
    /// This process uses it at once, others from the next look they take at the log. The dictionary
    /// is read with the log: every reader of the log can read the text it holds. Waits for the
    /// writer.
    /// - Parameter actor: who the log shall say did it; nil for `StoreSettings.actor`.
    /// - Returns: its id, the next after the newest.
    /// - Throws: `HansardError`: `invalidArgument` for bytes that are no zstd dictionary or more
    ///   than 16 MiB; `full`; `noPermission`; `closed`.
    public func addDictionary(
        _ bytes: [UInt8], actor: String? = nil
    ) throws(HansardError) -> Int {
        if isClosed { throw HansardError(.closed, "the store is closed") }
        if settings.isReadOnly {
            throw HansardError(
                .noPermission,
                "the store was opened for reading only",
                advice: .openForWriting)
        }
        let id: Int
        do {
            id = try log.addDictionary(bytes) { id in
                OperatorAct.dictionaryAdded(id: id, bytes: bytes.count)
                    .event(by: actor, settings)
            }
        } catch {
            throw HansardError.wrapping(error, doing: "adding a dictionary")
        }
        recordActs()
        return id
    }
}
