import HansardBindings

/// One mutation of a table: where its key and value are in an arena.
///
/// Tables are compared by key in the order LMDB uses: bytes, then length. The first eight bytes of
/// the key are kept beside the reference, so that most comparisons never touch the arena.
struct Entry: Sendable {
    /// The first eight bytes of the key as a big-endian number, short keys filled with zeros.
    let prefix: UInt64
    let offset: UInt32
    let keyLength: UInt16
    /// Length of the value in bytes, or `Entry.deleted`.
    let valueLength: Int32

    /// Marks that the key was removed: the levels below must not be asked.
    static let deleted: Int32 = -1

    var isDeleted: Bool { valueLength == Entry.deleted }
    var keyRange: Range<Int> { Int(offset)..<Int(offset) + Int(keyLength) }
    var valueRange: Range<Int> {
        let start = Int(offset) + Int(keyLength)
        return start..<start + Int(max(0, valueLength))
    }

    /// The number that orders keys by their first eight bytes.
    static func prefix(of key: Span<UInt8>) -> UInt64 {
        if key.count >= 8 { return Bytes.loadBigEndian(key, at: 0, as: UInt64.self) }
        var prefix: UInt64 = 0
        for index in 0..<key.count {
            prefix |= UInt64(key[index]) << UInt64(56 - 8 * index)
        }
        return prefix
    }

    /// True if this entry's key stands before, at or after `key`.
    func compare(
        in arena: Span<UInt8>, to key: Span<UInt8>, prefix other: UInt64
    ) -> Int {
        if prefix != other { return prefix < other ? -1 : 1 }
        return Bytes.compare(arena.extracting(keyRange), key)
    }
}
