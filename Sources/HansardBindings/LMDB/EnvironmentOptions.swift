extension Environment {
    /// The options with which an environment is opened.
    public struct Options: Sendable, Equatable {
        /// Address space to reserve, and the most the file can grow to. The file does not grow by
        /// it. Where the process may not have so much, smaller sizes are tried.
        public var mapSizeBytes = 1 << 40
        /// Readers at once in all processes. The first process to open sets it for all.
        public var maxReaders = 512
        /// Named databases at once.
        public var maxDatabases = 64
        /// True to refuse writes (`MDB_RDONLY`). The files must exist.
        public var isReadOnly = false
        /// True if a commit waits for the disk. False (`MDB_NOSYNC`) may corrupt the file in a
        /// power failure: only for files that do not count yet.
        public var isSynchronous = true
        /// Permissions of a new `data.mdb`; `lock.mdb` also lets the group write if it may read.
        public var fileMode: UInt32 = 0o640

        /// The defaults: a terabyte of address space, synchronous, writable.
        public init() {}
    }
}
