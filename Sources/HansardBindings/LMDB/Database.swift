/// A named table inside an environment: LMDB's `MDB_dbi` with its name.
///
/// A plain value, good for as long as its environment is open and only with that environment: using
/// it with another is a precondition failure.
public struct Database: Sendable, Hashable {
    /// The name it was opened by; empty for the two unnamed trees every environment has.
    public let name: String
    /// True if the keys are 64-bit integers (`MDB_INTEGERKEY`) rather than bytes.
    public let hasIntegerKeys: Bool
    @usableFromInline let handle: UInt32
    @usableFromInline let environment: UInt64
}

/// The size and shape of one database. Wraps `MDB_stat`.
public struct DatabaseStatistics: Sendable, Equatable {
    /// Number of entries.
    public let entries: Int
    /// Levels of the tree.
    public let depth: Int
    /// Inner pages.
    public let branchPages: Int
    /// Pages of keys and small values.
    public let leafPages: Int
    /// Pages of values too large for a leaf.
    public let overflowPages: Int
    /// Bytes in a page.
    public let pageSize: Int
    /// All pages in use by this database.
    public var pages: Int { branchPages + leafPages + overflowPages }
    /// Bytes in use by this database: pages times page size.
    public var liveBytes: Int { pages * pageSize }
}

/// The state of an environment. Wraps `MDB_envinfo`.
public struct EnvironmentInformation: Sendable, Equatable {
    /// Bytes of address space reserved; the file cannot outgrow it.
    public let mapSize: Int
    /// Number of the last page in use, so that the file needs `(lastPage + 1) * pageSize` bytes.
    public let lastPage: Int
    /// The last committed transaction.
    public let lastTransactionID: UInt64
    /// Reader slots ever in use at once, in all processes. The count falls only when all have
    /// closed.
    public let readersInUse: Int
    /// Reader slots there are.
    public let maxReaders: Int
    /// Bytes in a page.
    public let pageSize: Int
    /// Bytes the file needs: every page up to the last.
    public var usedBytes: Int { (lastPage + 1) * pageSize }
}
