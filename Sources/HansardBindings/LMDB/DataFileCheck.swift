/// The reason a data file was refused before LMDB opened it.
public enum DataFileFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing in it.
    case empty
    /// Neither meta page carries LMDB's mark.
    case notLMDB
    /// Another version of the format than this library's.
    case otherVersion(found: UInt32, supported: UInt32)
    /// Shorter than its newest meta page says. Opening it would read past its end.
    case truncated(have: Int, need: Int)
    /// Marked as LMDB's, but neither meta page makes sense.
    case damaged
    /// A meta page is damaged and the other one sound: LMDB might choose either.
    case oneMetaDamaged(page: Int)
    /// The file could not be read: the `errno`.
    case unreadable(code: Int32)

    /// The fault, and what to do.
    public var description: String {
        switch self {
        case .empty: "the data file is empty"
        case .notLMDB: "not an LMDB data file; check the path"
        case .otherVersion(let found, let supported):
            "LMDB format \(found), this library reads \(supported); dump and load it"
        case .truncated(let have, let need):
            "truncated: have \(have) bytes, need \(need); restore a backup"
        case .damaged: "both meta pages are damaged; restore a backup"
        case .oneMetaDamaged(let page): "meta page \(page) is damaged; restore a backup"
        case .unreadable(let code): "cannot be read (errno \(code)); check owner and mode"
        }
    }
}

/// Reads the two meta pages of an LMDB data file with bounds checked, as `mdb_env_open` does not.
///
/// LMDB maps the file and follows its numbers: a file cut short ends in SIGBUS, or opens empty.
/// The check costs one open and two reads, takes no lock, and touches only the data file.
public enum DataFileCheck {
    /// The meta page LMDB would choose: the newer of the two.
    public struct Summary: Sendable, Equatable {
        /// Bytes in a page.
        public let pageSize: Int
        /// The last page in use.
        public let lastPage: Int
        /// The last committed transaction.
        public let transactionID: UInt64
        /// Bytes the file had when checked.
        public let fileSize: Int
    }

    /// Bytes of a page header before the meta, and of the meta, in LMDB 0.9 on 64-bit machines.
    private static let headerSize = 16
    private static let metaSize = 136
    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let version: UInt32 = 1
    private static let metaFlag: UInt16 = 0x08

    /// Checks the data file at `path`.
    ///
    /// A writer of another process may change the file between two reads; so a file that looks
    /// damaged is looked at again before it is called so.
    public static func check(_ path: String) throws(DataFileFailure) -> Summary {
        var failure = DataFileFailure.damaged
        for attempt in 0..<attemptsMax {
            if attempt > 0 { Pause.milliseconds(2) }
            do { return try checkOnce(path) } catch {
                failure = error
                switch error {
                case .damaged, .oneMetaDamaged, .truncated: continue
                default: throw error
                }
            }
        }
        throw failure
    }

    private static let attemptsMax = 5

    private static func checkOnce(_ path: String) throws(DataFileFailure) -> Summary {
        let file = try open(path)
        let first = try meta(at: 0, page: 0, of: file)
        guard case .good(let zero) = first else { return try rescue(file, first) }
        guard case .good(let one) = try meta(at: zero.pageSize, page: 1, of: file),
            one.pageSize == zero.pageSize
        else { throw .oneMetaDamaged(page: 1) }
        // Commits alternate between the metas, so that their numbers are never further than one
        // apart.
        let apart =
            max(zero.transactionID, one.transactionID)
            - min(zero.transactionID, one.transactionID)
        if apart > 1 { throw .damaged }
        // As LMDB chooses: the greater transaction; page 0 when they are equal.
        let newest = one.transactionID > zero.transactionID ? one : zero
        // The size is read last, since another process may be adding pages.
        let size = try length(of: file)
        let (pages, wrapped) = newest.lastPage.addingReportingOverflow(1)
        let (need, overflow) = pages.multipliedReportingOverflow(by: newest.pageSize)
        if wrapped || overflow { throw .damaged }
        if size < need, try !isWhole(path, newest, size) {
            throw .truncated(have: size, need: need)
        }
        return Summary(
            pageSize: newest.pageSize, lastPage: newest.lastPage,
            transactionID: newest.transactionID, fileSize: size)
    }

    /// True if a short file lacks only pages that nothing refers to.
    private static func isWhole(
        _ path: String, _ meta: Meta, _ size: Int
    ) throws(DataFileFailure) -> Bool {
        do throws(SystemError) {
            var walk = DataFileWalk(
                try PlainFile(reading: path), pageSize: meta.pageSize, fileSize: size)
            if try !walk.isWhole(root: meta.freeRoot) { return false }
            return try walk.isWhole(root: meta.mainRoot)
        } catch { throw .unreadable(code: error.code) }
    }

    private struct Meta {
        let pageSize: Int
        let freeRoot: UInt64
        let mainRoot: UInt64
        let lastPage: Int
        let transactionID: UInt64
    }

    private enum Reading {
        case short, unmarked, nonsense
        case otherVersion(UInt32)
        case good(Meta)
    }

    /// Page 0 is not sound. Look for page 1 at each page size, to tell damage from another file.
    private static func rescue(_ file: borrowing PlainFile, _ first: Reading)
        throws(DataFileFailure) -> Summary
    {
        if case .otherVersion(let found) = first {
            throw .otherVersion(found: found, supported: version)
        }
        let size = try length(of: file)
        if size == 0 { throw .empty }
        var pageSize = 512
        while pageSize <= 65536 {
            if case .good(let one) = try meta(at: pageSize, page: 1, of: file),
                one.pageSize == pageSize
            {
                throw .oneMetaDamaged(page: 0)
            }
            pageSize *= 2
        }
        switch first {
        case .short: throw .truncated(have: size, need: 2 * 4096)
        case .unmarked: throw .notLMDB
        default: throw .damaged
        }
    }

    /// Reads one meta page and checks each number before anything uses it.
    private static func meta(
        at offset: Int, page: UInt64, of file: borrowing PlainFile
    ) throws(DataFileFailure) -> Reading {
        let bytes = try read(file, at: offset)
        guard bytes.count == headerSize + metaSize else { return .short }
        let span = bytes.span
        func word(_ at: Int) -> UInt64 { Bytes.loadLittleEndian(span, at: at, as: UInt64.self) }
        func half(_ at: Int) -> UInt32 { Bytes.loadLittleEndian(span, at: at, as: UInt32.self) }
        guard half(16) == magic else { return .unmarked }
        guard half(20) == version else { return .otherVersion(half(20)) }
        let flags = Bytes.loadLittleEndian(span, at: 10, as: UInt16.self)
        // mm_dbs[FREE_DBI].md_pad holds the page size, mm_dbs[MAIN_DBI].md_root the main tree.
        let pageSize = Int(half(40))
        let (freeRoot, mainRoot) = (word(80), word(128))
        let lastPage = word(136)
        let isPowerOfTwo = pageSize & (pageSize - 1) == 0
        guard word(0) == page, flags & metaFlag != 0, pageSize >= 512, pageSize <= 65536,
            isPowerOfTwo, lastPage >= 1, lastPage < 1 << 48,
            isRoot(freeRoot, lastPage), isRoot(mainRoot, lastPage)
        else { return .nonsense }
        return .good(
            Meta(
                pageSize: pageSize, freeRoot: freeRoot, mainRoot: mainRoot, lastPage: Int(lastPage),
                transactionID: word(144)))
    }

    /// A root is a page after the metas, or `P_INVALID` for an empty tree.
    private static func isRoot(_ page: UInt64, _ lastPage: UInt64) -> Bool {
        page == .max || (page >= 2 && page <= lastPage)
    }

    private static func open(_ path: String) throws(DataFileFailure) -> PlainFile {
        do { return try PlainFile(reading: path) } catch { throw .unreadable(code: error.code) }
    }

    private static func length(of file: borrowing PlainFile) throws(DataFileFailure) -> Int {
        do { return try file.size() } catch { throw .unreadable(code: error.code) }
    }

    private static func read(_ file: borrowing PlainFile, at offset: Int) throws(DataFileFailure)
        -> [UInt8]
    {
        do {
            return try file.read(headerSize + metaSize, at: offset)
        } catch { throw .unreadable(code: error.code) }
    }
}
