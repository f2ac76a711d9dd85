import HansardBindings

/// The nodes that some leaves add to the tree: values alone, so that any thread can work it out.
struct TreeGrowth: Sendable {
    /// A complete subtree that has a row.
    struct Node: Sendable {
        let level: Int
        let index: UInt64
        let root: MerkleHash
    }

    let leavesCount: Int
    /// The right edge with them.
    private(set) var edge: CompactRange
    private(set) var nodes: [Node] = []

    /// Adds leaves, in order, to the tree with this right edge.
    init(of leaves: [EventLeaf], after edge: CompactRange) {
        leavesCount = leaves.count
        self.edge = edge
        nodes.reserveCapacity(leaves.count / Int(TreeTable.blockLeaves) + 2)
        for leaf in leaves {
            self.edge.append(leaf.hash) { level, index, root in
                guard TreeTable.isStored(level: level) else { return }
                nodes.append(Node(level: level, index: index, root: root))
            }
        }
    }
}

/// Works out what the leaves of a group do to the tree while the writer waits for the disk.
///
/// For one thread, which begins a group, commits it, and then takes what came out. Small groups are
/// worked out by that thread itself: handing them over would cost more than it saves.
final class TreeThread {
    private struct Job: Sendable {
        let leaves: [EventLeaf]
        let edge: CompactRange

        func growth() -> TreeGrowth { TreeGrowth(of: leaves, after: edge) }
    }

    /// Leaves from which on the thread is worth it: some 50 µs of hashing.
    static let leavesMin = 128

    private var thread: Pipeline<Job, TreeGrowth>?
    /// The job that was begun: by this thread if it is small, else by the other.
    private var own: Job?
    private var isHandedOver = false

    /// Begins with the leaves that follow a tree with this right edge.
    func begin(_ leaves: [EventLeaf], after edge: CompactRange) {
        precondition(own == nil && !isHandedOver, "one group at a time")
        let job = Job(leaves: leaves, edge: edge)
        guard leaves.count >= Self.leavesMin, let thread = started() else {
            own = job
            return
        }
        isHandedOver = true
        thread.begin(job)
    }

    /// The growth by the leaves; nil when none were begun. Waits if need be.
    func finish() throws -> TreeGrowth? {
        if isHandedOver {
            isHandedOver = false
            return try thread?.next()
        }
        defer { own = nil }
        return own?.growth()
    }

    /// Forgets what was begun.
    func abandon() {
        own = nil
        // The group's own failure is thrown; nobody needs what the tree made of it.
        _ = Result { try finish() }
    }

    /// The thread; nil when the system has none to give, which is no reason to fail an append.
    private func started() -> Pipeline<Job, TreeGrowth>? {
        if thread == nil {
            thread = try? Pipeline(name: "hansard-tree", threads: 1) { { $0.growth() } }
        }
        return thread
    }
}
