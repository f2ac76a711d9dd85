public import HansardEngine

/// Checks of the proofs of RFC 6962, as RFC 9162 (2.1.3.2 and 2.1.4.2) states them: pure functions
/// of a few hashes that need neither the log nor the tree.
public enum MerkleProofs {
    /// True if the leaf with number `index`, from 0, and this hash is in the tree of `size` leaves
    /// with this root.
    ///
    /// - Parameter path: the hashes beside the way from the leaf to the root.
    public static func verifyInclusion(
        of leaf: MerkleHash, at index: UInt64, inTreeOf size: UInt64, root: MerkleHash,
        path: [MerkleHash]
    ) -> Bool {
        guard index < size else { return false }
        var (node, last) = (index, size - 1)
        var hash = leaf
        for sibling in path {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                // At the right edge there are levels without a sibling.
                while node & 1 == 0 && node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = .node(hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// True if the tree of `oldSize` leaves with `oldRoot` is what the tree of `newSize` leaves
    /// with `newRoot` was before more were appended. Any tree grows from the empty one.
    public static func verifyConsistency(
        from oldSize: UInt64, root oldRoot: MerkleHash,
        to newSize: UInt64, root newRoot: MerkleHash, path: [MerkleHash]
    ) -> Bool {
        if oldSize > newSize { return false }
        if oldSize == newSize { return path.isEmpty && oldRoot == newRoot }
        if oldSize == 0 { return path.isEmpty && oldRoot == .emptyRoot }
        // A complete tree is a node of the new one, and not repeated in the proof.
        let isComplete = oldSize & (oldSize - 1) == 0
        guard let first = isComplete ? oldRoot : path.first else { return false }
        var (node, last) = (oldSize - 1, newSize - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (old, new) = (first, first)
        for sibling in isComplete ? path[...] : path.dropFirst() {
            if last == 0 { return false }
            if node & 1 == 1 || node == last {
                old = .node(sibling, old)
                new = .node(sibling, new)
                while node & 1 == 0 && node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                new = .node(new, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
