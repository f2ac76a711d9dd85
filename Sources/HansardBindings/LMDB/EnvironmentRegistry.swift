internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif
internal import SystemPackage

/// Which files this process has open with LMDB, by device and inode.
///
/// A second environment on one file would share the process's locks: closing either drops them, and
/// the next process to open resets the lock table under live readers.
enum EnvironmentRegistry {
    private struct Entry {
        let files: [FileIdentity]
        let number: UInt64
        let isShared: Bool
        weak var environment: Environment?
    }

    private static let entries = Mutex<[Entry]>([])

    /// The result of an attempt to open.
    enum Outcome {
        case opened
        case shared(Environment)
        case refused
        /// The environment found is being closed on another thread.
        case closing
    }

    /// Runs `open` unless the directory's files are open already. One opens or closes at a time.
    static func open(
        _ directory: String, number: UInt64, shared: Bool, _ open: () throws(LMDBError) -> Void
    ) throws(LMDBError) -> Outcome {
        try entries.withLock { (list: inout sending [Entry]) throws(LMDBError) -> Outcome in
            let before = identities(directory)
            if let entry = list.first(where: { !$0.files.allSatisfy { !before.contains($0) } }) {
                guard shared, entry.isShared else { return .refused }
                return entry.environment.map { .shared($0) } ?? .closing
            }
            try open()
            list.append(
                Entry(
                    files: identities(directory), number: number, isShared: shared,
                    environment: nil))
            return .opened
        }
    }

    /// Records the object that `shared` hands out from now on.
    static func attach(_ environment: Environment, number: UInt64) {
        entries.withLock { list in
            if let index = list.firstIndex(where: { $0.number == number }) {
                list[index].environment = environment
            }
        }
    }

    /// Runs `close` and forgets the environment, with no opening in between.
    static func close(number: UInt64, _ close: () -> Void) {
        entries.withLock { list in
            close()
            list.removeAll { $0.number == number }
        }
    }

    /// True if this or any other process has the directory's files open.
    ///
    /// Everyone who does holds a shared lock on the first byte of `lock.mdb`. It is looked for only
    /// when this process has no environment there, whose locks the look would drop.
    static func isOpen(_ directory: String) -> Bool {
        entries.withLock { list in
            let found = identities(directory)
            if list.contains(where: { !$0.files.allSatisfy { !found.contains($0) } }) {
                return true
            }
            return isLocked("\(directory)/lock.mdb")
        }
    }

    private static func isLocked(_ path: String) -> Bool {
        do {
            // Asking takes no permission to write, unlike taking the lock.
            let file = try PlainFile(reading: path)
            var lock = flock()
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            lock.l_len = 1
            // The lock is a local that the call fills in with one that is in the way.
            let code = unsafe fcntl(file.descriptor.rawValue, F_GETLK, &lock)
            return code == -1 || lock.l_type != Int16(F_UNLCK)
        } catch {
            // What can't be looked at may be in use.
            return !error.isNotFound
        }
    }

    private static func identities(_ directory: String) -> [FileIdentity] {
        ["data.mdb", "lock.mdb"].compactMap { try? FileSystem.identity(of: "\(directory)/\($0)") }
    }
}
