import Bindings
import Synchronization

/// The filters of sealed partitions, read from the index once and kept in memory (1.5 MB a million
/// ids).
final class IDFilters: Sendable {
    /// Filters are stored in pieces that share LMDB's pages instead of taking whole ones.
    static let wordsPerPiece = 240

    private let loaded = Mutex<[UInt64: BlockedBloomFilter]>([:])
    private let table: Database

    init(table: Database) { self.table = table }

    func mayContain(_ hash: UInt64, _ partition: UInt64, in index: IndexReader) throws -> Bool {
        let known = loaded.withLock { $0[partition]?.mayContain(hash) }
        if let known { return known }
        return try filter(partition, in: index)?.mayContain(hash) ?? true
    }

    /// The filter of a sealed partition; nil when the index has none for it.
    func filter(_ partition: UInt64, in index: IndexReader) throws -> BlockedBloomFilter? {
        if let known = loaded.withLock({ $0[partition] }) { return known }
        guard let filter = try read(partition, in: index) else { return nil }
        loaded.withLock { $0[partition] = filter }
        return filter
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
