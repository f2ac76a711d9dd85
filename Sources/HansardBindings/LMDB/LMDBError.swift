internal import CLMDB

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A failed LMDB call: its code, the C function that answered it, and the path where there is one.
///
/// Absence is never an error: lookups answer `nil` or `false`.
public struct LMDBError: Error, Sendable, Equatable {
    /// LMDB's own code, or the operating system's `errno`.
    public let code: Code
    /// The C function that failed, such as `mdb_txn_commit`.
    public let call: String
    /// The environment's directory, when the failure concerns one.
    public let path: String?
    /// The fault with the data file, when it was refused before LMDB saw it.
    public let dataFileFailure: DataFileFailure?

    /// An error as the wrapped library would report it; tests of callers may make their own.
    public init(
        code: Code, call: String, path: String? = nil, dataFileFailure: DataFileFailure? = nil
    ) {
        self.code = code
        self.call = call
        self.path = path
        self.dataFileFailure = dataFileFailure
    }

    /// A return code of LMDB: negative for its own, positive for an `errno`.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        init(_ value: Int32) { rawValue = value }

        /// `MDB_KEYEXIST`: the key is there already, or an append was not in ascending order.
        public static let keyExists = Code(MDB_KEYEXIST)
        /// `MDB_NOTFOUND`: seen only where absence is a failure.
        public static let notFound = Code(MDB_NOTFOUND)
        /// `MDB_PAGE_NOTFOUND`: a page the tree refers to is missing.
        public static let pageNotFound = Code(MDB_PAGE_NOTFOUND)
        /// `MDB_CORRUPTED`: a page of the wrong type was found.
        public static let corrupted = Code(MDB_CORRUPTED)
        /// `MDB_PANIC`: an earlier failure ended this environment; close and reopen it.
        public static let panic = Code(MDB_PANIC)
        /// `MDB_VERSION_MISMATCH`: another version of the file format.
        public static let versionMismatch = Code(MDB_VERSION_MISMATCH)
        /// `MDB_INVALID`: not an LMDB file.
        public static let invalid = Code(MDB_INVALID)
        /// `MDB_MAP_FULL`: the map size has been reached.
        public static let mapFull = Code(MDB_MAP_FULL)
        /// `MDB_DBS_FULL`: more databases opened than `maxDatabases`.
        public static let databasesFull = Code(MDB_DBS_FULL)
        /// `MDB_READERS_FULL`: more readers at once than `maxReaders`.
        public static let readersFull = Code(MDB_READERS_FULL)
        /// `MDB_TXN_FULL`: too many changed pages in one transaction.
        public static let transactionFull = Code(MDB_TXN_FULL)
        /// `MDB_MAP_RESIZED`: another process outgrew this one's map.
        public static let mapResized = Code(MDB_MAP_RESIZED)
        /// `MDB_INCOMPATIBLE`: the database was made with another kind of key.
        public static let incompatible = Code(MDB_INCOMPATIBLE)
        /// `MDB_BAD_RSLOT`: a reader slot was used twice.
        public static let badReaderSlot = Code(MDB_BAD_RSLOT)
        /// `MDB_BAD_TXN`: an earlier failure ended the transaction; it can only be aborted.
        public static let badTransaction = Code(MDB_BAD_TXN)
        /// `MDB_BAD_VALSIZE`: a key that is empty or above 511 bytes, or a value above 4 GiB.
        public static let badValueSize = Code(MDB_BAD_VALSIZE)
        /// `MDB_BAD_DBI`: the database handle does not belong to this transaction.
        public static let badDatabase = Code(MDB_BAD_DBI)
        /// `ENOSPC`: the disk is full.
        public static let noSpace = Code(ENOSPC)
        /// `EIO`: an input or output error, or a full disk seen as a short write.
        public static let inputOutput = Code(EIO)
        /// `EACCES`: permission denied, or a write in a read-only environment.
        public static let permissionDenied = Code(EACCES)
        /// `EROFS`: the file system is read-only.
        public static let readOnlyFileSystem = Code(EROFS)
        /// `ENOENT`: no such directory or file.
        public static let noSuchFile = Code(ENOENT)
        /// `EAGAIN`: another process is in the way, or has the same process id in another
        /// namespace.
        public static let tryAgain = Code(EAGAIN)
        /// `EINVAL`: an argument LMDB does not take.
        public static let invalidArgument = Code(EINVAL)
        /// `ENOMEM`: no memory or no address space.
        public static let outOfMemory = Code(ENOMEM)
        /// `EBUSY`: this process has the environment open already.
        public static let alreadyOpen = Code(EBUSY)
        /// `EDEADLK`: this thread is already writing; a second write would wait for itself.
        public static let alreadyWriting = Code(EDEADLK)
    }
}

extension LMDBError: CustomStringConvertible {
    /// The failed call, its place, the reason, and the advice.
    public var description: String {
        let place = path.map { " (\($0))" } ?? ""
        if let dataFileFailure { return "\(call)\(place): \(dataFileFailure)" }
        return "\(call)\(place): \(code). \(code.advice)"
    }
}

extension LMDBError.Code: CustomStringConvertible {
    /// LMDB's own words for the code. Wraps `mdb_strerror`.
    public var description: String {
        switch self {
        case .alreadyOpen: return "this process has the environment open already"
        case .alreadyWriting: return "this thread is already writing"
        default:
            // `mdb_strerror` answers a static or thread-local C string, copied at once.
            return unsafe String(cString: mdb_strerror(rawValue))
        }
    }

    /// The advice.
    var advice: String {
        switch self {
        case .mapFull: "Open the environment with a larger map."
        case .mapResized: "Close the environment and open it with the larger map size."
        case .panic: "Close the environment and open it again."
        case .keyExists: "Appended keys must ascend."
        case .corrupted, .pageNotFound, .invalid: "Verify the data file or restore a backup."
        case .versionMismatch: "Dump it with the version that wrote it and load it again."
        case .readersFull: "Raise maxReaders, or look for readers that never end."
        case .databasesFull: "Raise maxDatabases."
        case .badTransaction: "Let the transaction abort; the failure before this one is the cause."
        case .badValueSize: "Keys have 1 to 511 bytes."
        case .noSpace: "Free some disk space and retry."
        case .inputOutput: "Check free disk space first, then the disk."
        case .permissionDenied, .readOnlyFileSystem: "Check the owner and mode of the files."
        case .tryAgain: "Retry; in containers sharing a volume, share the process namespace too."
        case .alreadyOpen: "Use Environment.shared, or the environment already open."
        case .alreadyWriting: "Pass the write transaction along instead of beginning another."
        case .outOfMemory: "Raise the limit on address space, or use a smaller map."
        default: "See the LMDB documentation of this call."
        }
    }
}

/// Turns LMDB's return code into success or a typed error. Every call goes through here.
@inline(__always)
func check(
    _ code: Int32, _ call: StaticString, path: String? = nil
) throws(LMDBError) {
    if code != MDB_SUCCESS {
        throw LMDBError(code: .init(code), call: "\(call)", path: path)
    }
}
