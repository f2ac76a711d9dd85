import Hansard
import HansardBindings

/// Reads one page of a list: where it begins, what it leaves out, and where the next one begins.
struct PageWalk {
    /// No read transaction is long: more than this is read in several pages.
    static let limitMax = 10_000

    private let list: PageCursor.List
    private let limit: Int
    private var skip: Int
    private let direction: Direction
    private let prefix: [UInt8]
    private var range: KeyRange
    private var beginsInside = false

    init(
        list: PageCursor.List, prefix: [UInt8], limit: Int, skip: Int, _ direction: Direction
    ) throws(HansardError) {
        guard (0...Self.limitMax).contains(limit) else {
            throw HansardError(
                .invalidArgument,
                "a page has 0 to \(Self.limitMax) entries, not \(limit); use its cursor for the "
                    + "next page")
        }
        guard skip >= 0 else {
            throw HansardError(.invalidArgument, "\(skip) entries can't be skipped")
        }
        self.list = list
        self.limit = limit
        self.skip = skip
        self.direction = direction
        self.prefix = prefix
        range = KeyRange(prefix: prefix)
    }

    /// True if the cursor is of this list.
    func accepts(_ cursor: PageCursor) -> Bool {
        cursor.list == list && cursor.key.starts(with: prefix)
    }

    /// Begins after a cursor of this list.
    mutating func begin(after cursor: PageCursor?) throws(HansardError) {
        guard let cursor else { return }
        guard accepts(cursor) else {
            throw HansardError(
                .invalidArgument,
                "the cursor is of another list",
                advice: .beginWithoutCursor)
        }
        begin(after: cursor.key)
    }

    /// Begins after a key.
    mutating func begin(after key: [UInt8]) {
        beginsInside = true
        switch direction {
        case .forwards: range.lower = max(range.lower, key + [0])
        case .backwards: range.upper = range.upper.map { min($0, key) } ?? key
        }
    }

    /// Begins after all keys that begin with `part`.
    mutating func begin(behindAll part: [UInt8]) {
        beginsInside = true
        switch direction {
        case .forwards: range.lower = max(range.lower, KeyRange.successor(ofPrefix: part) ?? part)
        case .backwards: range.upper = range.upper.map { min($0, part) } ?? part
        }
    }

    /// Reads the page: of each entry what `item` makes of it, nil for one to pass over.
    ///
    /// - Parameter segments: ranges to read instead of the whole list, in ascending order.
    mutating func page<Item: Sendable>(
        of table: TableReader, _ item: (Span<UInt8>, Span<UInt8>) throws -> Item?
    ) throws -> Page<Item> {
        try page(of: [(table, KeyRange(prefix: prefix))], item)
    }

    /// As `page(of:)`, of tables that have a part of the list's keys each, no key in two of them.
    mutating func page<Item: Sendable>(
        ofMerged tables: [TableReader], _ item: (Span<UInt8>, Span<UInt8>) throws -> Item?
    ) throws -> Page<Item> {
        let part = Part(range: KeyRange(prefix: prefix), tables: MergedTables(tables))
        return try page(ofParts: [part], item)
    }

    /// An entry that belongs into a list and is not in its table.
    struct Entry {
        let key: [UInt8]
        let value: [UInt8]
    }

    /// As `page(of:)`, with entries that the table lacks in their places.
    mutating func page<Item: Sendable>(
        of table: TableReader, with entries: [Entry],
        _ item: (Span<UInt8>, Span<UInt8>) throws -> Item?
    ) throws -> Page<Item> {
        var parts: [Part] = []
        var rest = KeyRange(prefix: prefix)
        for entry in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            parts.append(Part(range: KeyRange(from: rest.lower, to: entry.key), table: table))
            let behind = entry.key + [0]
            parts.append(Part(range: KeyRange(from: entry.key, to: behind), entry: entry))
            rest.lower = behind
        }
        return try page(ofParts: parts + [Part(range: rest, table: table)], item)
    }

    /// As `page(of:)`, over parts of the list that follow each other, in ascending order.
    mutating func page<Item: Sendable>(
        of parts: [(table: TableReader, range: KeyRange)],
        _ item: (Span<UInt8>, Span<UInt8>) throws -> Item?
    ) throws -> Page<Item> {
        try page(ofParts: parts.map { Part(range: $0.range, table: $0.table) }, item)
    }

    /// A range of the list: of a table, of several, or one entry.
    private struct Part {
        let range: KeyRange
        var table: TableReader?
        var tables: MergedTables?
        var entry: Entry?

        func scan(
            _ range: KeyRange, _ direction: Direction,
            _ body: (Span<UInt8>, Span<UInt8>) throws -> Bool
        ) throws {
            try table?.scan(range, direction, body)
            try tables?.scan(range, direction, body)
            if let entry { _ = try body(entry.key.span, entry.value.span) }
        }
    }

    private mutating func page<Item: Sendable>(
        ofParts parts: [Part], _ item: (Span<UInt8>, Span<UInt8>) throws -> Item?
    ) throws -> Page<Item> {
        var items: [Item] = []
        var first: [UInt8]?
        var last: [UInt8] = []
        var hasMore = false
        var hasBefore = beginsInside
        for part in direction == .forwards ? parts : parts.reversed() {
            guard let range = range.intersection(part.range), !hasMore else { continue }
            try part.scan(range, direction) { key, value in
                guard let found = try item(key, value) else { return true }
                if skip > 0 {
                    skip -= 1
                    hasBefore = true
                    return true
                }
                if items.count == limit {
                    hasMore = true
                    return false
                }
                items.append(found)
                if first == nil { first = Bytes.array(key) }
                if items.count == limit { last = Bytes.array(key) }
                return true
            }
        }
        return Page(
            items: items,
            next: hasMore && limit > 0 ? PageCursor(list: list, key: last) : nil,
            previous: hasBefore ? first.map { PageCursor(list: list, key: $0) } : nil)
    }
}

extension KeyRange {
    /// The intersection; nil when it is empty.
    func intersection(_ other: KeyRange) -> KeyRange? {
        let lower = max(self.lower, other.lower)
        let uppers = [self.upper, other.upper].compactMap { $0 }
        let upper = uppers.count == 2 ? min(uppers[0], uppers[1]) : uppers.first
        if let upper, !lower.lexicographicallyPrecedes(upper) { return nil }
        return KeyRange(from: lower, to: upper)
    }
}

private func max(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
    a.lexicographicallyPrecedes(b) ? b : a
}

private func min(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
    b.lexicographicallyPrecedes(a) ? b : a
}
