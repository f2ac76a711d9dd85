private import HansardBindings
import HansardEngine

/// Roots and proofs of the log's tree at any size up to that of a view.
///
/// Costs some hundred lookups and the hashing of up to 32 events. Not Sendable, and no longer
/// valid than what it reads from.
final class TreeReader {
    /// The number of leaves.
    let size: UInt64
    private let rows: TreeRows
    /// Hashes of the leaves at a range of positions, from the log.
    private let leaves: (ClosedRange<UInt64>) throws -> [MerkleHash]
    /// By the number of their block.
    private var blocks: [UInt64: [MerkleHash]] = [:]

    init(
        size: UInt64, rows: TreeRows,
        leaves: @escaping (ClosedRange<UInt64>) throws -> [MerkleHash]
    ) {
        self.size = size
        self.rows = rows
        self.leaves = leaves
    }

    /// The root of the first `size` leaves.
    func root(size: UInt64) throws -> MerkleHash {
        precondition(size <= self.size, "the tree is not that large")
        return size == 0 ? .emptyRoot : try root(from: 0, count: size)
    }

    /// The right edge of the tree of the first `size` leaves, to which more can be appended.
    func edge(size: UInt64) throws -> CompactRange {
        precondition(size <= self.size, "the tree is not that large")
        var subtrees: [MerkleHash] = []
        var start: UInt64 = 0
        for bit in (0..<64).reversed() where size & (1 << UInt64(bit)) != 0 {
            subtrees.append(try root(from: start, count: 1 << UInt64(bit)))
            start += 1 << UInt64(bit)
        }
        return CompactRange(size: size, subtrees: subtrees)
    }

    /// The hashes beside the way from leaf `index` to the root of the first `size`, lowest first.
    func inclusion(of index: UInt64, inTreeOf size: UInt64) throws -> [MerkleHash] {
        precondition(index < size && size <= self.size, "the leaf is in the tree")
        var path: [MerkleHash] = []
        var (start, count) = (UInt64(0), size)
        while count > 1 {
            let half = Self.half(of: count)
            if index < start + half {
                path.append(try root(from: start + half, count: count - half))
                count = half
            } else {
                path.append(try root(from: start, count: half))
                (start, count) = (start + half, count - half)
            }
        }
        return path.reversed()
    }

    /// The proof that the first `old` leaves begin the tree of the first `new`: RFC 6962, 2.1.2.
    func consistency(from old: UInt64, to new: UInt64) throws -> [MerkleHash] {
        precondition(old <= new && new <= size, "the trees are there")
        if old == 0 || old == new { return [] }
        var path: [MerkleHash] = []
        var (start, count) = (UInt64(0), new)
        while old != start + count {
            let half = Self.half(of: count)
            if old <= start + half {
                path.append(try root(from: start + half, count: count - half))
                count = half
            } else {
                path.append(try root(from: start, count: half))
                (start, count) = (start + half, count - half)
            }
        }
        // The checker has the old root; when that is this subtree it is not repeated.
        if start > 0 { path.append(try root(from: start, count: count)) }
        return path.reversed()
    }

    /// The root of `count` leaves, which begin where a subtree of that many would.
    private func root(from start: UInt64, count: UInt64) throws -> MerkleHash {
        if count & (count - 1) == 0 {
            let level = count.trailingZeroBitCount
            return try node(level: level, index: start >> UInt64(level))
        }
        let half = Self.half(of: count)
        return .node(
            try root(from: start, count: half),
            try root(from: start + half, count: count - half))
    }

    private func node(level: Int, index: UInt64) throws -> MerkleHash {
        if level >= TreeTable.step { return try rows.node(level: level, index: index) }
        if level == 0 { return try leaf(index) }
        return .node(
            try node(level: level - 1, index: 2 * index),
            try node(level: level - 1, index: 2 * index + 1))
    }

    private func leaf(_ index: UInt64) throws -> MerkleHash {
        let block = index / TreeTable.blockLeaves
        let offset = Int(index % TreeTable.blockLeaves)
        if let known = blocks[block] { return known[offset] }
        let first = block * TreeTable.blockLeaves
        let hashes = try leaves(first + 1...min(size, first + TreeTable.blockLeaves))
        blocks[block] = hashes
        return hashes[offset]
    }

    /// The largest power of two below `count`, which is at least 2.
    private static func half(of count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}

extension ReadView {
    /// The log's tree at the view's position.
    ///
    /// - Throws: `HansardError` (`invalidArgument`) when the store was opened without it.
    func tree() throws -> TreeReader {
        guard let unit = treeUnit else {
            throw treeRebuild
                ?? HansardError(
                    .invalidArgument,
                    "the store was opened without the tree",
                    advice: .setSetting("keepsTree"))
        }
        if let stop = published.units[unit].stop {
            throw HansardError(
                .unitStopped,
                "the tree stopped at event \(stop.position), so nothing can be proved: "
                    + "\(stop.reason)",
                advice: .rebuild, position: stop.position)
        }
        return TreeReader(size: position.rawValue, rows: TreeRows(view: view(ofUnit: unit))) {
            try self.leafHashes(at: $0)
        }
    }
}

/// Leaves of a log, from a snapshot of it.
private final class LeafSource {
    private let log: Log
    private let codec: EventCodec
    private let events: ReadSnapshot

    init(_ log: Log, _ codec: EventCodec) throws {
        self.log = log
        self.codec = codec
        events = try log.environment.beginRead()
    }

    func hashes(at positions: ClosedRange<UInt64>) throws -> [MerkleHash] {
        var hashes: [MerkleHash] = []
        try log.forEachLeaf(
            from: Position(positions.lowerBound), through: Position(positions.upperBound),
            in: events, codec: codec
        ) { hashes.append($0.hash) }
        return hashes
    }
}

extension TreeReader {
    /// The tree as the files of an index have it, without what is in memory.
    convenience init(durable index: Index, log: Log, codec: EventCodec) throws {
        guard let unit = index.units.last, unit.isTree else {
            throw HansardError(.invalidArgument, "the index was opened without the tree")
        }
        let reader = try IndexReader(index)
        let end = reader.durablePositions.positions[unit.number]
        let view = UnitView(
            tail: UnitTail(base: end), index: reader, firstTable: unit.firstTable)
        let source = try LeafSource(log, codec)
        self.init(size: end.rawValue, rows: TreeRows(view: view)) { try source.hashes(at: $0) }
    }

    /// The tree of a projector that has folded all there is.
    convenience init(
        folded unit: UnitState, over index: Index, log: Log, codec: EventCodec
    ) throws {
        let source = try LeafSource(log, codec)
        self.init(
            size: unit.foldedThrough.rawValue,
            rows: TreeRows(view: unit.view(over: try IndexReader(index)))
        ) { try source.hashes(at: $0) }
    }
}
