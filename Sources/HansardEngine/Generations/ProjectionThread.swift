import HansardBindings

/// Folds chunks of events into the projections of an engine, while the caller folds the same chunk
/// into the core.
final class ProjectionThread {
    private struct State {
        var chunks: [[DecodedEvent]]?
        var outcome: Result<Void, any Error>?
        var isEnded = false
    }

    /// What the thread shares with its owner.
    private final class Shared: @unchecked Sendable {
        // Sendable because the owner touches nothing of the engine but the core between handing a
        // chunk over and taking the outcome, and the thread nothing at all at other times.
        let engine: Engine
        let state = ConditionLock(State())

        init(_ engine: Engine) { self.engine = engine }
    }

    private let shared: Shared
    private let thread: DedicatedThread

    init(_ engine: Engine) throws {
        let shared = Shared(engine)
        self.shared = shared
        thread = try DedicatedThread(name: "hansard-project") { Self.run(shared) }
    }

    deinit {
        shared.state.withLock { $0.isEnded = true }
        shared.state.broadcast()
        thread.join()
    }

    /// Runs `foldCore` while the projections fold the chunks; returns when both are done.
    ///
    /// - Throws: what either throws.
    func fold(_ chunks: [[DecodedEvent]], _ foldCore: () throws -> Void) throws {
        shared.state.withLock { $0.chunks = chunks }
        shared.state.broadcast()
        let core = Result { try foldCore() }
        let projections = shared.state.wait(until: { $0.outcome != nil }) { state in
            defer { state.outcome = nil }
            return state.outcome
        }
        try core.get()
        try projections?.get()
    }

    private static func run(_ shared: Shared) {
        while let chunks = shared.state.wait(
            until: { $0.chunks != nil || $0.isEnded },
            then: { state in
                defer { state.chunks = nil }
                return state.chunks
            })
        {
            let outcome = Result { try fold(chunks, shared.engine) }
            shared.state.withLock { $0.outcome = outcome }
            shared.state.broadcast()
        }
    }

    private static func fold(_ chunks: [[DecodedEvent]], _ engine: Engine) throws {
        let reader = try IndexReader(engine.index)
        // A span lends its elements; a loop over the array would copy each, with all it refers to.
        for chunk in chunks {
            let events = chunk.span
            for number in events.indices {
                let position = events[number].recorded.position
                try engine.foldProjections(events[number].recorded, over: reader)
                if let leaf = events[number].leaf { engine.foldTree(leaf, at: position) }
            }
        }
        engine.sealProjections()
    }
}
