import HansardBindings

/// What some leaves add to the tree: values alone, so that any thread can work it out.
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

    private struct State {
        var job: Job?
        var growth: TreeGrowth?
        var isEnded = false
    }

    /// Leaves from which on the thread is worth it: some 50 µs of hashing.
    static let leavesMin = 128

    private let state = ConditionLock(State())
    private var thread: DedicatedThread?
    /// What was begun: by this thread if it is small, else by the other.
    private var own: Job?
    private var isHandedOver = false

    deinit {
        state.withLock { $0.isEnded = true }
        state.broadcast()
        thread?.join()
    }

    /// Begins with the leaves that follow a tree with this right edge.
    func begin(_ leaves: [EventLeaf], after edge: CompactRange) {
        precondition(own == nil && !isHandedOver, "one group at a time")
        let job = Job(leaves: leaves, edge: edge)
        guard leaves.count >= Self.leavesMin, start() else {
            own = job
            return
        }
        isHandedOver = true
        state.withLock { $0.job = job }
        state.broadcast()
    }

    /// What the leaves do; nil when none were begun. Waits if need be.
    func finish() -> TreeGrowth? {
        if isHandedOver {
            isHandedOver = false
            return state.wait(until: { $0.growth != nil }) { state in
                defer { state.growth = nil }
                return state.growth
            }
        }
        defer { own = nil }
        return own?.growth()
    }

    /// Forgets what was begun.
    func abandon() {
        own = nil
        _ = finish()
    }

    /// Whether there is a thread: a system that has none to give is no reason to fail an append.
    private func start() -> Bool {
        if thread == nil {
            thread = try? DedicatedThread(name: "hansard-tree") { [state] in Self.run(state) }
        }
        return thread != nil
    }

    private static func run(_ state: ConditionLock<State>) {
        while let job = state.wait(
            until: { $0.job != nil || $0.isEnded },
            then: { state in
                defer { state.job = nil }
                return state.job
            })
        {
            let growth = job.growth()
            state.withLock { $0.growth = growth }
            state.broadcast()
        }
    }
}
