import HansardBindings

/// Merges runs and an LMDB cursor into one ordered walk; of equal keys the newest level's entry
/// counts.
struct MergedScan {
    /// Newest first.
    private var cursors: [RunCursor]
    private let range: KeyRange
    private let direction: Direction
    /// The cursor's key when it stands within the range.
    private var indexKey: [UInt8] = []
    private var indexIsAtEnd = false

    init(runs: [Run], range: KeyRange, direction: Direction) {
        cursors = runs.compactMap { RunCursor($0, range: range, direction: direction) }
        self.range = range
        self.direction = direction
    }

    mutating func run(
        over cursor: inout Cursor,
        _ body: (Span<UInt8>, Span<UInt8>) throws -> Bool
    ) throws {
        try seek(&cursor)
        while true {
            guard let winner = nextRun() else {
                if indexIsAtEnd { return }
                if try !emitIndex(&cursor, body) { return }
                continue
            }
            let order = indexIsAtEnd ? -1 : compareToIndex(cursors[winner])
            if order > 0 {
                if try !emitIndex(&cursor, body) { return }
                continue
            }
            let (run, entry) = (cursors[winner].run, cursors[winner].entry)
            if order == 0 { try advance(&cursor) }
            skip(keyOf: entry, in: run)
            if entry.isDeleted { continue }
            let arena = run.arena
            let span = arena.span
            let goesOn = try body(
                span.extracting(entry.keyRange), span.extracting(entry.valueRange))
            if !goesOn { return }
        }
    }

    /// The run whose current key comes first in walking order; the newest of several.
    private func nextRun() -> Int? {
        var best: Int?
        for number in cursors.indices where !cursors[number].isAtEnd {
            guard let other = best else {
                best = number
                continue
            }
            if compare(cursors[number], cursors[other]) < 0 { best = number }
        }
        return best
    }

    private func compare(_ left: RunCursor, _ right: RunCursor) -> Int {
        let (entry, other) = (left.entry, right.entry)
        let (leftArena, rightArena) = (left.run.arena, right.run.arena)
        let key = rightArena.span.extracting(other.keyRange)
        let order = entry.compare(in: leftArena.span, to: key, prefix: other.prefix)
        return direction == .forwards ? order : -order
    }

    private func compareToIndex(_ cursor: RunCursor) -> Int {
        let arena = cursor.run.arena
        let span = arena.span
        let order = Bytes.compare(span.extracting(cursor.entry.keyRange), indexKey.span)
        return direction == .forwards ? order : -order
    }

    /// Moves every run at this key past it.
    private mutating func skip(keyOf entry: Entry, in run: Run) {
        let arena = run.arena
        let span = arena.span
        for number in cursors.indices where !cursors[number].isAtEnd {
            let key = span.extracting(entry.keyRange)
            let other = cursors[number]
            let otherArena = other.run.arena
            if other.entry.compare(
                in: otherArena.span, to: key, prefix: entry.prefix) == 0
            {
                cursors[number].advance()
            }
        }
    }

    private mutating func emitIndex(
        _ cursor: inout Cursor,
        _ body: (Span<UInt8>, Span<UInt8>) throws -> Bool
    ) throws -> Bool {
        let goesOn = try cursor.withCurrent { key, value in try body(key, value) }
        if goesOn { try advance(&cursor) }
        return goesOn
    }

    private mutating func seek(_ cursor: inout Cursor) throws {
        let isFound: Bool
        switch direction {
        case .forwards:
            isFound = try Self.seek(&cursor, atOrAfter: range.lower)
        case .backwards:
            if let upper = range.upper, try Self.seek(&cursor, atOrAfter: upper) {
                isFound = try cursor.previous()
            } else {
                isFound = try cursor.last()
            }
        }
        try readKey(&cursor, isFound: isFound)
    }

    /// Bounds may be what LMDB takes for no key: empty, or longer than any key.
    private static func seek(_ cursor: inout Cursor, atOrAfter bound: [UInt8]) throws -> Bool {
        if bound.isEmpty { return try cursor.first() }
        if bound.count <= Layout.keyBytesMax { return try cursor.seek(atOrAfter: bound.span) }
        let longest = Array(bound.prefix(Layout.keyBytesMax))
        guard try cursor.seek(atOrAfter: longest.span) else { return false }
        let isBefore = try cursor.withCurrent { key, _ in Bytes.equal(key, longest.span) }
        return isBefore ? try cursor.next() : true
    }

    private mutating func advance(_ cursor: inout Cursor) throws {
        let isFound = try direction == .forwards ? cursor.next() : cursor.previous()
        try readKey(&cursor, isFound: isFound)
    }

    private mutating func readKey(_ cursor: inout Cursor, isFound: Bool) throws {
        indexKey.removeAll(keepingCapacity: true)
        guard isFound else {
            indexIsAtEnd = true
            return
        }
        try cursor.appendKey(to: &indexKey)
        switch direction {
        case .forwards:
            if let upper = range.upper {
                indexIsAtEnd = Bytes.compare(indexKey.span, upper.span) >= 0
            }
        case .backwards:
            indexIsAtEnd = Bytes.compare(indexKey.span, range.lower.span) < 0
        }
    }
}
