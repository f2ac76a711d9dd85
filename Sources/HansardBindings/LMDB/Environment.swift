internal import CLMDB
internal import Synchronization

/// An LMDB environment: one directory with `data.mdb` and `lock.mdb`, open in this process once.
///
/// Any thread may read at any time, each read seeing one snapshot; one thread writes at a time,
/// among all processes. Always `MDB_NOTLS`, so that a reader slot belongs to the transaction. Never
/// `MDB_WRITEMAP` (a full disk would kill the process), never `MDB_NOMEMINIT` (old memory would
/// reach the disk). Not `MDB_NORDAHEAD`: a log is read in order, which readahead serves.
@safe public final class Environment {
    /// The directory as it was given.
    public let directory: String
    let pointer: OpaquePointer
    /// Tells this environment's databases from another's.
    let number: UInt64
    let isShared: Bool
    /// Slots of dead readers that were freed when it was opened.
    public let deadReadersFreed: Int
    let gate = TransactionGate()
    let databases = Mutex<[String: Database]>([:])
    let opening = Mutex<Void>(())
    /// The kernel's number of the thread that is writing, or zero.
    let writer = Atomic<UInt64>(0)
    /// For the one write transaction there can be.
    let loans = Loans()

    /// Opens the environment in an existing directory, creating its files when there are none.
    ///
    /// Checks the data file first (`DataFileCheck`), frees the slots of dead readers, and retries
    /// for up to half a second when another process is just opening or closing. Wraps
    /// `mdb_env_open`.
    /// - Throws: `alreadyOpen` when this process has the same files open; an error with
    ///   `dataFileFailure` for a data file that must not be opened; `noSuchFile`,
    ///   `permissionDenied`.
    public init(directory: String, options: Options = .init()) throws(LMDBError) {
        let number = Self.nextNumber.wrappingAdd(1, ordering: .relaxed).newValue
        var opened: OpaquePointer?
        var dead = 0
        _ = try EnvironmentRegistry.open(directory, number: number, shared: false) {
            () throws(LMDBError) in
            unsafe opened = try EnvironmentOpening.open(directory, options, dead: &dead)
        }
        guard let opened = unsafe opened else {
            throw LMDBError(code: .alreadyOpen, call: "mdb_env_open", path: directory)
        }
        unsafe pointer = opened
        self.directory = directory
        self.number = number
        isShared = false
        deadReadersFreed = dead
    }

    private static let nextNumber = Atomic<UInt64>(0)

    deinit { finish() }

    /// Closes the environment; again is harmless. Wraps `mdb_env_close`.
    ///
    /// A transaction still open is a precondition failure, and so is any use afterwards. One that
    /// was obtained by `shared` stays open until its last holder lets go of it.
    public func close() { if !isShared { finish() } }

    private func finish() {
        guard gate.close() else { return }
        EnvironmentRegistry.close(number: number) {
            // The gate has let every transaction out and lets none in.
            unsafe mdb_env_close(pointer)
        }
    }

    /// The environment open on these files, or a newly opened one: for several users in one
    /// process.
    ///
    /// Holders share the object; it closes when the last lets go. `options` count for the first
    /// only.
    /// - Throws: as `init`; `alreadyOpen` when the files were opened by `init`.
    public static func shared(
        directory: String, options: Options = .init()
    ) throws(LMDBError) -> Environment {
        for _ in 0..<1_000 {
            var opened: OpaquePointer?
            var dead = 0
            let number = nextNumber.wrappingAdd(1, ordering: .relaxed).newValue
            let outcome = try EnvironmentRegistry.open(directory, number: number, shared: true) {
                () throws(LMDBError) in
                unsafe opened = try EnvironmentOpening.open(directory, options, dead: &dead)
            }
            switch outcome {
            case .shared(let environment): return environment
            case .opened:
                return unsafe Environment(adopting: opened!, directory, number: number, dead)
            case .refused:
                throw LMDBError(code: .alreadyOpen, call: "mdb_env_open", path: directory)
            case .closing: Pause.milliseconds(1)
            }
        }
        throw LMDBError(code: .alreadyOpen, call: "mdb_env_open", path: directory)
    }

    /// Takes over an environment just opened for sharing.
    private init(
        adopting opened: OpaquePointer, _ directory: String, number: UInt64, _ dead: Int
    ) {
        unsafe pointer = opened
        self.directory = directory
        self.number = number
        isShared = true
        deadReadersFreed = dead
        EnvironmentRegistry.attach(self, number: number)
    }
}

// Sendable: LMDB locks what threads share; the pointer never changes, `loans` belongs to the one
// write transaction, which LMDB's writer lock keeps single, and the rest is atomic or in a `Mutex`.
extension Environment: @unchecked Sendable {}
