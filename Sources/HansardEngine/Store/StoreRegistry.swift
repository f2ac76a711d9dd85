import HansardBindings
import Synchronization

/// The stores open in this process, by device and inode of the log's file.
///
/// Opening one again gives the same store: LMDB loses its locks when a process opens a file twice.
final class StoreRegistry: Sendable {
    static let shared = StoreRegistry()

    private struct Entry: Sendable {
        weak var store: Store?
    }

    private let entries = Mutex<[FileIdentity: Entry]>([:])

    /// The open store of this file, or the one `open` makes.
    func store(
        _ identity: FileIdentity, open: () throws -> Store
    ) throws -> Store {
        try entries.withLock { entries in
            entries = entries.filter { $0.value.store?.isClosed == false }
            if let store = entries[identity]?.store { return store }
            let store = try open()
            entries[identity] = Entry(store: store)
            return store
        }
    }

    /// The store of this file that is open in this process; nil when none is.
    func openStore(_ identity: FileIdentity) -> Store? {
        entries.withLock { entries in
            entries[identity]?.store.flatMap { $0.isClosed ? nil : $0 }
        }
    }
}
