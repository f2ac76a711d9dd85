import HansardBindings
import Synchronization

/// The filters of sealed partitions, read from the index once and kept in memory (1.5 MB a million
/// ids).
final class IDFilters: Sendable {
    /// Filters are stored in pieces that share LMDB's pages instead of taking whole ones.
    static let wordsPerPiece = 240

    /// By partition, from the first; a copy costs one counted reference.
    private let loaded = Mutex<[BlockedBloomFilter]>([])
    private let table: Database

    init(table: Database) { self.table = table }

    /// The filters of the sealed partitions, from the first on, as many as the index has of
    /// `count`.
    func sealed(_ count: Int, in index: IndexReader) throws -> [BlockedBloomFilter] {
        let known = loaded.withLock { $0 }
        if known.count >= count { return known }
        var filters = known
        while filters.count < count, let filter = try read(UInt64(filters.count), in: index) {
            filters.append(filter)
        }
        loaded.withLock { [filters] in if $0.count < filters.count { $0 = filters } }
        return filters
    }

    private func read(_ partition: UInt64, in index: IndexReader) throws -> BlockedBloomFilter? {
        var words: [UInt64] = []
        var wordsCount: UInt64 = 0
        var piece: UInt16 = 0
        while let row = try index.value(Self.key(partition, piece).span, in: table) {
            guard row.count % 8 == 0 else { return nil }
            // The first piece begins with the number of words, so that a missing piece is noticed.
            if piece == 0 {
                wordsCount = Bytes.loadLittleEndian(row.span, at: 0, as: UInt64.self)
            }
            for offset in stride(from: piece == 0 ? 8 : 0, to: row.count, by: 8) {
                words.append(Bytes.loadLittleEndian(row.span, at: offset, as: UInt64.self))
            }
            piece += 1
        }
        return UInt64(words.count) == wordsCount ? BlockedBloomFilter(words: words) : nil
    }

    /// Writes a filter in the transaction that seals its partition.
    static func write(
        _ filter: BlockedBloomFilter, partition: UInt64, to table: Database,
        in transaction: borrowing WriteTransaction
    ) throws {
        var piece: UInt16 = 0
        var start = 0
        while start < filter.words.count {
            let end = min(filter.words.count, start + wordsPerPiece)
            var row: [UInt8] = []
            if piece == 0 { Bytes.appendLittleEndian(UInt64(filter.words.count), to: &row) }
            for word in filter.words[start..<end] { Bytes.appendLittleEndian(word, to: &row) }
            try transaction.put(row.span, for: key(partition, piece).span, in: table)
            start = end
            piece += 1
        }
    }

    private static func key(_ partition: UInt64, _ piece: UInt16) -> [UInt8] {
        var key: [UInt8] = []
        IDTable.appendPartition(partition, to: &key)
        Bytes.appendBigEndian(piece, to: &key)
        return key
    }
}
