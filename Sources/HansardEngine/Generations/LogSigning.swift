import HansardBindings

/// The seam between the projector and the signing of its log: the projector knows when to sign, an
/// implementation knows keys, checkpoints and their files.
package protocol LogSigning: Sendable {
    /// Prepares a new log's keys and its first checkpoint, before the store gets its name.
    func storeCreated(at directory: String, logID: String) throws

    /// The last event that was signed; nil when nothing was, or that can't be read.
    func signedThrough(at directory: String, logID: String) -> Position?

    /// True if the public key is the one that signs, and no rotation is under way.
    func isInForce(key: String, at directory: String, logID: String) -> Bool

    /// The signer of an open store, which may write.
    func signer(of log: Log, at directory: String, settings: StoreSettings) -> any LogSigner
}

/// Signs the log of one open store. Called from the thread that writes the index.
package protocol LogSigner: AnyObject, Sendable {
    /// Signs what a flush has written. A failure is kept and reported by the signer: neither
    /// appends nor the index depend on it.
    func indexFlushed(_ index: Index)

    /// Waits for what is under way.
    func close()
}
