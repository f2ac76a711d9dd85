import HansardEngine

extension HistoryCheck {
    /// A log's tree that grows event by event and meets the checkpoints that were signed of it.
    struct SignedTree {
        private(set) var tree = CompactRange()
        /// The checkpoints that cover more events than the tree has, the smallest first.
        private(set) var rest: ArraySlice<Checkpoint>

        /// - Parameter signed: the smallest first.
        init(_ signed: [Checkpoint]) { rest = signed.drop { $0.size == 0 } }

        /// The last event that any checkpoint covers.
        var end: Position { Position(rest.last?.size ?? tree.size) }

        /// Goes on with the leaves of the events that come next.
        ///
        /// - Parameter met: called at each checkpoint with the tree of the events it covers.
        mutating func append(_ leaves: [MerkleHash], met: (Checkpoint, CompactRange) -> Void) {
            for leaf in leaves {
                tree.append(leaf)
                while let next = rest.first, next.size == tree.size {
                    rest.removeFirst()
                    met(next, tree)
                }
            }
        }
    }
}
