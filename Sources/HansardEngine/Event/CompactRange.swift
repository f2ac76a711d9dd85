/// The right edge of a Merkle tree that grows leaf by leaf: the roots of its complete subtrees, one
/// for each bit of its size, the largest first. All that is needed to go on and to tell the root.
///
/// Appending costs one hash on average. A value of at most 64 hashes; not for two threads at once.
public struct CompactRange: Sendable, Equatable {
    /// The number of leaves.
    public private(set) var size: UInt64 = 0
    /// Roots of complete subtrees, from the left.
    package private(set) var subtrees: [MerkleHash] = []

    /// The tree without leaves.
    public init() {}

    /// A tree of `size` leaves whose complete subtrees are known, the largest first.
    package init(size: UInt64, subtrees: [MerkleHash]) {
        precondition(subtrees.count == size.nonzeroBitCount, "one subtree for each bit of the size")
        self.size = size
        self.subtrees = subtrees
    }

    /// Appends a leaf by its hash.
    public mutating func append(_ leaf: MerkleHash) { append(leaf) { _, _, _ in } }

    /// The same; `body` is called with each subtree above the leaf that is complete now: its level,
    /// from 1, its number on that level, from 0, and its root.
    mutating func append(
        _ leaf: MerkleHash, _ body: (_ level: Int, _ index: UInt64, MerkleHash) throws -> Void
    ) rethrows {
        var root = leaf
        var index = size
        var level = 0
        size += 1
        while index & 1 == 1, let left = subtrees.popLast() {
            root = .node(left, root)
            index >>= 1
            level += 1
            try body(level, index, root)
        }
        subtrees.append(root)
    }

    /// The root of the whole tree. Costs a hash for each bit of the size.
    public var root: MerkleHash {
        guard var root = subtrees.last else { return .emptyRoot }
        for left in subtrees.dropLast().reversed() { root = .node(left, root) }
        return root
    }
}
