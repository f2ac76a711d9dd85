import HansardBindings
package import HansardEngine

/// Signs logs with Ed25519 keys and C2SP checkpoints, in files beside the database
/// (docs/PROOFS.md).
package struct CheckpointSigning: LogSigning {
    package init() {}

    package func storeCreated(at directory: String, logID: String) throws {
        try CheckpointFiles(directory: directory, logID: logID).create()
    }

    package func signedThrough(at directory: String, logID: String) -> Position? {
        CheckpointFiles(directory: directory, logID: logID).signedThrough
    }

    package func isInForce(key: String, at directory: String, logID: String) -> Bool {
        let files = CheckpointFiles(directory: directory, logID: logID)
        // Keys that can't be read now are looked at again the next time.
        guard let last = try? files.trusted().last else { return false }
        return last.description == key && !FileSystem.exists(files.nextKey)
    }

    package func signer(
        of log: Log, at directory: String, settings: Store.Settings
    ) -> any LogSigner {
        CheckpointKeeper(directory: directory, log: log, settings: settings)
    }
}
