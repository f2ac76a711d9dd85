import Bindings

extension Engine {
    var tree: UnitState? { units.last.flatMap { $0.definition.isTree ? $0 : nil } }

    /// Makes ready for `foldTree`: reads the tree's right edge where it is not known. To be called
    /// before folding begins in a transaction of the log.
    func readTreeEdge(
        in transaction: borrowing some Reading & ~Copyable, codec: EventCodec,
        over reader: IndexReader
    ) throws {
        guard let tree else { return }
        let size = tree.foldedThrough.rawValue
        if treeEdge.size == size { return }
        let first = size - size % TreeTable.blockLeaves + 1
        var rest: [MerkleHash] = []
        try log.forEachLeaf(
            from: Position(first), through: tree.foldedThrough, in: transaction, codec: codec
        ) { rest.append($0.hash) }
        treeEdge = try TreeRows(view: tree.view(over: reader)).edge(size: size, rest: rest)
    }

    /// Adds the leaf of the event at `position`, unless the tree has it.
    func foldTree(_ leaf: MerkleHash, at position: Position) {
        guard let tree, tree.foldedThrough < position else { return }
        precondition(treeEdge.size == tree.foldedThrough.rawValue, "the tree's edge was read")
        treeEdge.append(leaf) { level, index, root in
            guard TreeTable.isStored(level: level) else { return }
            let key = TreeTable.key(level: level, index: index)
            tree.overlays[TreeTable.nodes].set(key.span, to: root.bytes.span)
        }
        tree.advance(to: position)
    }

    /// From where on folding needs leaves; nil when it needs none.
    var leavesNeededAfter: Position? { tree?.foldedThrough }
}
