import HansardBindings

/// The mutations of one table within a group of events that is not sealed yet.
///
/// Writes append; lookups go through a small open-addressing hash table, so a fold sees what the
/// events before it in the same group did. Sealing sorts once and keeps the newest mutation of each
/// key.
///
/// A class around one struct: a call checks for exclusive access once, not at each property.
final class OverlayTable {
    private var storage = OverlayStorage()

    init() {}

    var isEmpty: Bool { storage.entries.isEmpty }

    /// Puts `value`, replacing what was there.
    func set(_ key: Span<UInt8>, to value: Span<UInt8>) { storage.set(key, to: value) }

    /// The same without arrays of their own for key and value: `append` appends the key and then
    /// the value, and returns the length of the key.
    func set(_ append: (inout [UInt8]) -> Int) { storage.set(append) }

    func delete(_ key: Span<UInt8>) { storage.delete(key) }

    /// The newest mutation of a key.
    func find(_ key: Span<UInt8>) -> Entry? { storage.find(key) }

    func value(of entry: Entry) -> [UInt8] { storage.value(of: entry) }

    /// The mutations as a sorted run.
    func sealed() -> Run { storage.sealed() }
}

/// The storage of an `OverlayTable`.
private struct OverlayStorage {
    private(set) var arena: [UInt8] = []
    private(set) var entries: [Entry] = []
    /// Entry number + 1 of the newest mutation of a key; 0 is an empty slot. Its size is a power of
    /// two.
    private var slots: [UInt32] = []
    private let seed: UInt64 = .random(in: .min ... .max)

    mutating func set(_ key: Span<UInt8>, to value: Span<UInt8>) {
        set {
            Bytes.append(key, to: &$0)
            Bytes.append(value, to: &$0)
            return key.count
        }
    }

    mutating func set(_ append: (inout [UInt8]) -> Int) {
        let offset = arena.count
        let keyLength = append(&arena)
        let valueLength = arena.count - offset - keyLength
        record(offset: offset, keyLength: keyLength, valueLength: Int32(valueLength))
    }

    mutating func delete(_ key: Span<UInt8>) {
        let offset = arena.count
        Bytes.append(key, to: &arena)
        record(offset: offset, keyLength: key.count, valueLength: Entry.deleted)
    }

    mutating func find(_ key: Span<UInt8>) -> Entry? {
        if entries.isEmpty { return nil }
        if slots.isEmpty { rehash() }
        let number = slots[slot(of: key)]
        return number == 0 ? nil : entries[Int(number) - 1]
    }

    func value(of entry: Entry) -> [UInt8] {
        Bytes.array(arena.span.extracting(entry.valueRange))
    }

    /// The mutations as a sorted run.
    func sealed() -> Run {
        let order = Self.sortedOrder(entries, arena: arena)
        var unique: [Entry] = []
        unique.reserveCapacity(order.count)
        let span = arena.span
        for numbered in order {
            let entry = entries[Int(numbered.number)]
            if let last = unique.last,
                last.compare(
                    in: span, to: span.extracting(entry.keyRange), prefix: entry.prefix) == 0
            {
                continue
            }
            unique.append(entry)
        }
        return Run(arena: arena, entries: unique)
    }

    /// Entry numbers by key, the newest of equal keys first.
    private static func sortedOrder(_ entries: [Entry], arena: [UInt8]) -> [Numbered] {
        var order: [Numbered] = []
        order.reserveCapacity(entries.count)
        for entry in entries {
            order.append(Numbered(prefix: entry.prefix, number: UInt32(order.count)))
        }
        let span = arena.span
        order.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let key = span.extracting(entries[Int(right.number)].keyRange)
            let result = Bytes.compare(span.extracting(entries[Int(left.number)].keyRange), key)
            return result == 0 ? left.number > right.number : result < 0
        }
        return order
    }

    /// The fields that most comparisons of a sort need, side by side in memory.
    private struct Numbered {
        let prefix: UInt64
        let number: UInt32
    }

    private mutating func record(offset: Int, keyLength: Int, valueLength: Int32) {
        precondition(keyLength <= Layout.keyBytesMax, "a key is at most 511 bytes")
        let range = offset..<offset + keyLength
        entries.append(
            Entry(
                prefix: Entry.prefix(of: arena.span.extracting(range)), offset: UInt32(offset),
                keyLength: UInt16(keyLength), valueLength: valueLength))
        // Tables that nothing is looked up in need no slots; most are only written.
        if slots.isEmpty { return }
        if entries.count * 2 > slots.count { return rehash() }
        let index = slot(of: arena.span.extracting(range))
        slots[index] = UInt32(entries.count)
    }

    /// Makes room for twice the entries there are, and enters them.
    private mutating func rehash() {
        var slotsCount = 64
        while slotsCount < 4 * entries.count { slotsCount *= 2 }
        slots = [UInt32](repeating: 0, count: slotsCount)
        for number in 0..<entries.count {
            let index = slot(of: arena.span.extracting(entries[number].keyRange))
            slots[index] = UInt32(number + 1)
        }
    }

    /// The slot that holds `key`, or the empty one where it would go.
    private func slot(of key: Span<UInt8>) -> Int {
        let mask = slots.count - 1
        let prefix = Entry.prefix(of: key)
        var index = Int(truncatingIfNeeded: hash(key, prefix: prefix)) & mask
        let span = arena.span
        while slots[index] != 0 {
            let entry = entries[Int(slots[index]) - 1]
            if entry.compare(in: span, to: key, prefix: prefix) == 0 { return index }
            index = (index + 1) & mask
        }
        return index
    }

    /// A quick mix of the ends of the key; seeded again each time, so that nobody can aim at it.
    private func hash(_ key: Span<UInt8>, prefix: UInt64) -> UInt64 {
        let tail =
            key.count > 8
            ? Bytes.loadBigEndian(key, at: key.count - 8, as: UInt64.self) : UInt64(key.count)
        var mixed = (prefix ^ seed) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 29) ^ tail) &* 0xBF58_476D_1CE4_E5B9
        return mixed ^ (mixed >> 32)
    }
}
