import HansardBindings

/// The mutations of one table over a range of positions: sorted, each key once, never changed
/// again.
///
/// A run is shared by every read that began while it was current. Looking a key up costs one binary
/// search.
final class Run: Sendable {
    let arena: [UInt8]
    let entries: [Entry]

    init(arena: [UInt8], entries: [Entry]) {
        self.arena = arena
        self.entries = entries
    }

    var isEmpty: Bool { entries.isEmpty }
    /// The memory of the run, in bytes.
    var bytesCount: Int { arena.count + entries.count * MemoryLayout<Entry>.stride }

    /// Index of the first entry whose key is not before `key`.
    func lowerBound(_ key: Span<UInt8>) -> Int {
        let prefix = Entry.prefix(of: key)
        let (arena, entries) = (arena, entries)
        let span = arena.span
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].compare(in: span, to: key, prefix: prefix) < 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The entry with exactly this key.
    func find(_ key: Span<UInt8>) -> Entry? {
        let index = lowerBound(key)
        guard index < entries.count else { return nil }
        let entry = entries[index]
        let arena = arena
        let isMatch = entry.compare(in: arena.span, to: key, prefix: Entry.prefix(of: key)) == 0
        return isMatch ? entry : nil
    }

    func value(of entry: Entry) -> [UInt8] {
        let arena = arena
        return Bytes.array(arena.span.extracting(entry.valueRange))
    }

    /// One run with the entries of both; where a key is in both, `newer` wins.
    static func merging(older: Run, newer: Run) -> Run {
        if older.isEmpty { return newer }
        if newer.isEmpty { return older }
        var merger = RunMerger(capacityEntries: older.entries.count + newer.entries.count)
        merger.merge(older, newer)
        return merger.finish()
    }
}

/// Copies the entries of two runs into one.
private struct RunMerger {
    var arena: [UInt8] = []
    var entries: [Entry] = []

    init(capacityEntries: Int) {
        entries.reserveCapacity(capacityEntries)
        arena.reserveCapacity(capacityEntries * 32)
    }

    mutating func merge(_ older: Run, _ newer: Run) {
        let (oldBytes, newBytes) = (older.arena, newer.arena)
        let oldArena = oldBytes.span
        let newArena = newBytes.span
        var (old, new) = (0, 0)
        while old < older.entries.count && new < newer.entries.count {
            let oldEntry = older.entries[old]
            let newEntry = newer.entries[new]
            let newKey = newArena.extracting(newEntry.keyRange)
            let order = oldEntry.compare(in: oldArena, to: newKey, prefix: newEntry.prefix)
            if order < 0 {
                append(oldEntry, from: oldArena)
                old += 1
            } else {
                append(newEntry, from: newArena)
                new += 1
                if order == 0 { old += 1 }
            }
        }
        while old < older.entries.count {
            append(older.entries[old], from: oldArena)
            old += 1
        }
        while new < newer.entries.count {
            append(newer.entries[new], from: newArena)
            new += 1
        }
    }

    private mutating func append(_ entry: Entry, from source: Span<UInt8>) {
        let offset = UInt32(arena.count)
        Bytes.append(
            source.extracting(entry.keyRange.lowerBound..<entry.valueRange.upperBound), to: &arena)
        entries.append(
            Entry(
                prefix: entry.prefix, offset: offset, keyLength: entry.keyLength,
                valueLength: entry.valueLength))
    }

    consuming func finish() -> Run { Run(arena: arena, entries: entries) }
}
