/// Follows every page reference of an LMDB data file, reading it as a plain file with bounds
/// checked.
///
/// For a file shorter than its meta page says: LMDB does not write pages that a transaction took at
/// the end and freed again, so such a file is healthy when nothing refers to what is missing. Reads
/// every page in use; only for that rare case. The layout is that of LMDB 0.9's mdb.c (`MDB_page`,
/// `MDB_node`).
struct DataFileWalk: ~Copyable {
    private let file: PlainFile
    private let pageSize: Int
    /// Pages that are whole in the file.
    private let pagesCount: Int
    /// Pages still allowed to be visited: more means a cycle, which is damage.
    private var budget: Int

    private static let branchFlag: UInt16 = 0x01
    private static let leafFlag: UInt16 = 0x02
    private static let bigDataFlag: UInt16 = 0x01
    private static let subDatabaseFlag: UInt16 = 0x02
    private static let headerSize = 16
    private static let depthMax = 32

    init(_ file: consuming PlainFile, pageSize: Int, fileSize: Int) {
        self.file = file
        self.pageSize = pageSize
        pagesCount = fileSize / pageSize
        budget = pagesCount
    }

    /// True if every page reachable from `root` is in the file and well-formed.
    mutating func isWhole(root: UInt64, depth: Int = 0) throws(SystemError) -> Bool {
        if root == .max { return true }
        guard root >= 2, root < UInt64(pagesCount), depth < Self.depthMax, budget > 0 else {
            return false
        }
        budget -= 1
        let page = try file.read(pageSize, at: Int(root) * pageSize)
        guard page.count == pageSize, number(page, 0, as: UInt64.self) == root else { return false }
        let flags = number(page, 10, as: UInt16.self)
        let lower = Int(number(page, 12, as: UInt16.self))
        guard lower >= Self.headerSize, lower <= pageSize, lower % 2 == 0 else { return false }
        for slot in stride(from: Self.headerSize, to: lower, by: 2) {
            let node = Int(number(page, slot, as: UInt16.self))
            guard node >= lower, node + 8 <= pageSize else { return false }
            if flags & Self.branchFlag != 0 {
                if try !isWhole(root: child(page, node), depth: depth + 1) { return false }
            } else if flags & Self.leafFlag != 0 {
                if try !isLeafNodeWhole(page, node, depth) { return false }
            } else {
                return false
            }
        }
        return true
    }

    private mutating func isLeafNodeWhole(
        _ page: [UInt8], _ node: Int, _ depth: Int
    ) throws(SystemError) -> Bool {
        let size =
            UInt64(number(page, node, as: UInt16.self))
            | UInt64(number(page, node + 2, as: UInt16.self)) << 16
        let flags = number(page, node + 4, as: UInt16.self)
        let data = node + 8 + Int(number(page, node + 6, as: UInt16.self))
        if flags & Self.bigDataFlag != 0 {
            guard data + 8 <= pageSize else { return false }
            let first = number(page, data, as: UInt64.self)
            let count = (UInt64(Self.headerSize) + size + UInt64(pageSize) - 1) / UInt64(pageSize)
            return first >= 2 && first < UInt64(pagesCount) && count <= UInt64(pagesCount) - first
        }
        if flags & Self.subDatabaseFlag != 0 {
            // A sub-database's record ends with the number of its root page.
            guard size == 48, data + 48 <= pageSize else { return false }
            return try isWhole(root: number(page, data + 40, as: UInt64.self), depth: depth + 1)
        }
        return data + Int(size) <= pageSize
    }

    /// The page a branch node refers to: 48 bits, in the fields a leaf node uses for size and
    /// flags.
    private func child(_ page: [UInt8], _ node: Int) -> UInt64 {
        UInt64(number(page, node, as: UInt16.self))
            | UInt64(number(page, node + 2, as: UInt16.self)) << 16
            | UInt64(number(page, node + 4, as: UInt16.self)) << 32
    }

    private func number<T: FixedWidthInteger>(_ page: [UInt8], _ at: Int, as: T.Type) -> T {
        Bytes.loadLittleEndian(page.span, at: at, as: T.self)
    }
}
