import HansardBindings

/// Folds chunks of events into the projections of a projector, while the caller folds the same
/// chunk into the core.
final class ProjectionThread {
    /// The state that the thread shares with its owner.
    private struct Shared: @unchecked Sendable {
        // Sendable because the owner touches nothing of the projector but the core between handing
        // chunks over and taking the outcome, and the thread nothing at all at other times.
        let projector: Projector
    }

    private let folds: Pipeline<[[DecodedEvent]], Void>

    init(_ projector: Projector) throws {
        let shared = Shared(projector: projector)
        folds = try Pipeline(name: "hansard-project", threads: 1) {
            { try Self.fold($0, shared.projector) }
        }
    }

    /// Runs `foldCore` while the projections fold the chunks; returns when both are done.
    ///
    /// - Throws: what either throws.
    func fold(_ chunks: [[DecodedEvent]], _ foldCore: () throws -> Void) throws {
        folds.begin(chunks)
        let core = Result { try foldCore() }
        let projections = Result { try folds.next() }
        try core.get()
        try projections.get()
    }

    private static func fold(_ chunks: [[DecodedEvent]], _ projector: Projector) throws {
        let reader = try IndexReader(projector.index)
        // A span lends its elements; a loop over the array would copy each, with all it refers to.
        for chunk in chunks {
            let events = chunk.span
            for number in events.indices {
                let position = events[number].recorded.position
                try projector.foldProjections(events[number].recorded, over: reader)
                if let leaf = events[number].leaf { projector.foldTree(leaf, at: position) }
            }
        }
        projector.sealProjections()
    }
}
