import Dispatch
import HansardBindings

extension Store {
    /// Has the writer record the acts that wait.
    ///
    /// What can't be recorded now, because the disk is full or a unit must be built, waits for the
    /// next append of any process: it is in the log already.
    package func recordActs() {
        guard !settings.isReadOnly, let isWaiting = try? log.hasActsToRecord(in: files), isWaiting
        else { return }
        let answered = DispatchSemaphore(value: 0)
        writer.recordActs { _ in answered.signal() }
        answered.wait()
    }
}

/// Records acts of tools that work on a store's files without opening it.
struct ActRecorder {
    let log: Log
    let files: StoreFiles
    let units: [UnitDefinition]
    let settings: StoreSettings

    /// Records what waits, through the writer of this process's open store, or else of one that is
    /// opened for it. What can't be recorded now waits for the next append.
    func record() {
        guard let isWaiting = try? log.hasActsToRecord(in: files), isWaiting else { return }
        if let identity = try? FileSystem.identity(of: files.logData),
            let store = StoreRegistry.shared.openStore(identity)
        {
            return store.recordActs()
        }
        var settings = settings
        settings.changedUnits = .wait
        guard let store = try? Store(files: files, definitions: units, settings: settings) else {
            return
        }
        // The index takes it up when it is next opened, if it can't be written now.
        try? store.close()
    }
}
