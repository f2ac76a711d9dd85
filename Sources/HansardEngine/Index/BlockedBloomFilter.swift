import HansardBindings

/// A small filter over the ids of a sealed partition: "certainly not here" in one cache line.
///
/// Bloom filter in blocks of 64 bytes (Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient
/// Bloom Filters", 2007), 12 bits a key and 6 probes: about one answer in a hundred is a false
/// "maybe".
struct BlockedBloomFilter: Sendable, Equatable {
    static let bitsPerKey = 12
    private static let wordsPerBlock = 8
    private static let probes = 6

    private(set) var words: [UInt64]
    private var blocksCount: UInt64 { UInt64(words.count / Self.wordsPerBlock) }

    init(keysCount: Int) {
        let blocks = max(1, (keysCount * Self.bitsPerKey + 511) / 512)
        words = [UInt64](repeating: 0, count: blocks * Self.wordsPerBlock)
    }

    /// Nil when the words are no whole number of blocks.
    init?(words: [UInt64]) {
        guard !words.isEmpty, words.count % Self.wordsPerBlock == 0 else { return nil }
        self.words = words
    }

    mutating func insert(_ hash: UInt64) {
        let start = block(of: hash)
        var probes = Self.mix(hash)
        for _ in 0..<Self.probes {
            words[start + Int(probes >> 6 & 7)] |= 1 << (probes & 63)
            probes >>= 9
        }
    }

    func mayContain(_ hash: UInt64) -> Bool {
        let start = block(of: hash)
        var probes = Self.mix(hash)
        for _ in 0..<Self.probes {
            if words[start + Int(probes >> 6 & 7)] & (1 << (probes & 63)) == 0 { return false }
            probes >>= 9
        }
        return true
    }

    private func block(of hash: UInt64) -> Int {
        Int(hash.multipliedFullWidth(by: blocksCount).high) * Self.wordsPerBlock
    }

    private static func mix(_ hash: UInt64) -> UInt64 {
        let mixed = (hash ^ hash >> 31) &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ mixed >> 32
    }
}
