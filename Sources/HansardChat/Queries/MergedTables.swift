import Hansard
import HansardBindings

/// Several tables read as one, in the order of their keys. No key is in two of them.
struct MergedTables {
    private let tables: [TableReader]
    /// Entries read from each table at a time: what is read in vain is at most this much.
    private let chunk: Int

    init(_ tables: [TableReader], chunk: Int = 64) {
        (self.tables, self.chunk) = (tables, chunk)
    }

    private typealias Entry = (key: [UInt8], value: [UInt8])

    /// Hands the entries of a range to `body` until it returns false.
    ///
    /// Costs a search in each table for every `chunk` entries handed out.
    func scan(
        _ range: KeyRange, _ direction: Direction,
        _ body: (Span<UInt8>, Span<UInt8>) throws -> Bool
    ) throws {
        var rest = range
        while true {
            let (entries, end) = try nextEntries(rest, direction)
            for entry in entries where try !body(entry.key.span, entry.value.span) { return }
            guard let end else { return }
            switch direction {
            case .forwards: rest.lower = end + [0]
            case .backwards: rest.upper = end
            }
        }
    }

    /// The next entries of all tables in order, and the key up to which they are complete; nil
    /// when that is the end of the range.
    private func nextEntries(
        _ range: KeyRange, _ direction: Direction
    ) throws -> (entries: [Entry], end: [UInt8]?) {
        func isBefore(_ a: [UInt8], _ b: [UInt8]) -> Bool {
            direction == .forwards
                ? a.lexicographicallyPrecedes(b) : b.lexicographicallyPrecedes(a)
        }
        var entries: [Entry] = []
        var end: [UInt8]?
        for table in tables {
            var (count, last) = (0, [UInt8]())
            try table.scan(range, direction) { key, value in
                last = Bytes.array(key)
                entries.append((last, Bytes.array(value)))
                count += 1
                return count < chunk
            }
            if count == chunk, end.map({ isBefore(last, $0) }) ?? true { end = last }
        }
        // Behind `end` a table may have entries that were not read yet.
        let complete = entries.filter { entry in end.map { !isBefore($0, entry.key) } ?? true }
        return (complete.sorted { isBefore($0.key, $1.key) }, end)
    }
}
