import HansardBindings

extension Projector {
    package var tree: UnitState? { units.last.flatMap { $0.definition.isTree ? $0 : nil } }

    /// Makes ready for `foldTree`: reads the tree's right edge where it is not known. To be called
    /// before folding begins in a transaction of the log.
    ///
    /// Where one of the last events is damaged, or a row is, the tree stops alone: everything else
    /// goes on without.
    func readTreeEdge(
        in transaction: borrowing some Reading & ~Copyable, codec: EventCodec,
        over reader: IndexReader
    ) throws {
        guard let tree, tree.stop == nil else { return }
        do {
            try readEdge(of: tree, in: transaction, codec: codec, over: reader)
        } catch let error as HansardError {
            tree.stop(at: error.position ?? tree.foldedThrough.next, because: error.what)
        }
    }

    private func readEdge(
        of tree: UnitState, in transaction: borrowing some Reading & ~Copyable,
        codec: EventCodec, over reader: IndexReader
    ) throws {
        let size = tree.foldedThrough.rawValue
        if treeEdge.size == size { return }
        let first = size - size % TreeTable.blockLeaves + 1
        var rest: [MerkleHash] = []
        try log.forEachLeaf(
            from: Position(first), through: tree.foldedThrough, in: transaction, codec: codec
        ) { rest.append($0.hash) }
        treeEdge = try TreeRows(view: tree.view(over: reader)).edge(size: size, rest: rest)
    }

    /// Adds the leaf of the event at a position, if the tree does not have it.
    func foldTree(_ leaf: MerkleHash, at position: Position) {
        guard let tree, tree.stop == nil, tree.foldedThrough < position else { return }
        precondition(treeEdge.size == tree.foldedThrough.rawValue, "the tree's edge was read")
        treeEdge.append(leaf) { level, index, root in
            guard TreeTable.isStored(level: level) else { return }
            Self.put(root, level: level, index: index, in: tree)
        }
        tree.advance(to: position)
    }

    /// Adds leaves that were worked out already, and follow those the tree has.
    func growTree(by growth: TreeGrowth) {
        guard let tree, tree.stop == nil, growth.leavesCount > 0 else { return }
        for _ in 0..<growth.leavesCount { tree.advance(to: tree.foldedThrough.next) }
        precondition(growth.edge.size == tree.foldedThrough.rawValue, "leaves are added in order")
        treeEdge = growth.edge
        for node in growth.nodes {
            Self.put(node.root, level: node.level, index: node.index, in: tree)
        }
    }

    private static func put(
        _ root: MerkleHash, level: Int, index: UInt64, in tree: UnitState
    ) {
        let key = TreeTable.key(level: level, index: index)
        tree.overlays[TreeTable.nodes].set(key.span, to: root.bytes.span)
    }

    /// From where on folding needs leaves; nil when it needs none.
    var leavesNeededAfter: Position? {
        tree.flatMap { $0.stop == nil ? $0.foldedThrough : nil }
    }
}
