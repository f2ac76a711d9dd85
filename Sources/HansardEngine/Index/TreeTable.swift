import HansardBindings

/// The tree's one table: the roots of complete subtrees of 16, 256, 4,096… leaves. All between is a
/// few hashes away from them; what is below 16 leaves comes from the log's events.
package enum TreeTable {
    static let unitName = "tree"
    static let unitVersion = 1
    package static let names = ["tree.nodes"]
    static let nodes = 0

    /// Levels between two that are stored. Each level kept costs half of the one below: with every
    /// fourth there is a row for 15 events.
    package static let step = 4
    /// Leaves below a row of the lowest level.
    package static let blockLeaves: UInt64 = 1 << UInt64(step)

    static func isStored(level: Int) -> Bool { level > 0 && level.isMultiple(of: step) }

    /// The key of a subtree: its level, then its number on it.
    static func key(level: Int, index: UInt64) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(10)
        key.append(UInt8(level))
        OrderedInteger.append(index, to: &key)
        return key
    }
}

/// Subtrees of at least 16 leaves, from the rows of a view.
package struct TreeRows {
    let view: UnitView

    package init(view: UnitView) { self.view = view }

    /// The root of a complete subtree.
    ///
    /// - Throws: `HansardError` (`corruptIndex`) when a row is missing or malformed.
    package func node(level: Int, index: UInt64) throws -> MerkleHash {
        precondition(level >= TreeTable.step, "smaller subtrees have no rows")
        if TreeTable.isStored(level: level) { return try row(level, index) }
        return .node(
            try node(level: level - 1, index: 2 * index),
            try node(level: level - 1, index: 2 * index + 1))
    }

    private func row(_ level: Int, _ index: UInt64) throws -> MerkleHash {
        let key = TreeTable.key(level: level, index: index)
        guard let row = try view.get(key.span, table: TreeTable.nodes),
            let hash = MerkleHash(row.span)
        else {
            throw HansardError(
                .corruptIndex,
                "the tree lacks subtree \(index) of level \(level): the index is damaged",
                advice: .rebuild)
        }
        return hash
    }

    /// The right edge of a tree of `size` leaves, given the leaves after its last whole block.
    func edge(size: UInt64, rest: [MerkleHash]) throws -> CompactRange {
        let whole = size - UInt64(rest.count)
        var subtrees: [MerkleHash] = []
        for level in (TreeTable.step..<64).reversed() where whole >> UInt64(level) & 1 == 1 {
            // The number of the subtree: all bits above its own, and it is the left one.
            let index = (whole >> UInt64(level)) - 1
            subtrees.append(try node(level: level, index: index))
        }
        var edge = CompactRange(size: whole, subtrees: subtrees)
        for leaf in rest { edge.append(leaf) }
        return edge
    }
}
