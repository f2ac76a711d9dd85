import HansardBindings

/// A new generation of the index, folded from the log's first event in a directory of its own.
///
/// Commits don't wait for the disk: the files count for nothing until they have been flushed whole.
/// The caller's thread folds the core; the projections, which never read the core, the decoding
/// and the writing have threads of their own.
package final class GenerationBuild {
    let index: Index
    private let projector: Projector
    private let projections: ProjectionThread
    private let flushing: BackgroundFlush
    private let mayStop: Set<String>

    /// The bound of one transaction. Larger ones write fewer pages twice; these stay
    /// below 60,000 changed pages, beyond which LMDB would spill.
    private static let flushEventsMax = 128_000
    private static let flushBytesMax = 96 << 20

    /// Begins in an empty directory.
    package init(
        of log: Log, in directory: String, generation: UInt64, units: [UnitDefinition],
        mayStop: Set<String> = []
    ) throws {
        self.mayStop = mayStop
        index = try Index(
            scratch: directory, generation: generation, units: units, logID: log.id)
        projector = try Projector(
            log: log, index: index, published: Publication(Published(empty: index)))
        projections = try ProjectionThread(projector)
        flushing = BackgroundFlush(index)
    }

    /// The last event folded.
    var end: Position { projector.core.foldedThrough }

    /// Units that could not fold an event and are left where they are.
    var stopped: Set<String> { Set(projector.units.compactMap(\.stop?.unit)) }

    /// Folds on to `last`, telling `onChunk` the last event folded every few thousand.
    ///
    /// - Throws: what `onChunk` throws, which ends the build; `HansardError`: `corruptEvent`,
    ///   `unitStopped`.
    package func fold(through last: Position, onChunk: (Position) throws -> Void) throws {
        try DecodedEvents.forEachChunk(
            of: projector.log, from: end.next, through: last, hasLeaves: needsLeaves
        ) { chunk in
            try fold(next: [chunk])
            try onChunk(end)
        }
    }

    /// Folds the events that follow the last one folded. Some thousands at a time cost less each
    /// than some hundreds.
    ///
    /// - Throws: `HansardError`: `corruptEvent`, `unitStopped`.
    package func fold(next chunks: [[DecodedEvent]]) throws {
        try fold(chunks)
        try checkNoneStopped()
        try flushIfLarge()
    }

    /// True if the tree is built too, so that events are to come with their leaves.
    package var needsLeaves: Bool { projector.tree != nil }

    /// Begins a flush when the tail is large; waits for the one before when it is twice that.
    private func flushIfLarge() throws {
        try flushing.collect(projector)
        if isTailLarge(times: 2) { try flushing.wait(projector) }
        if isTailLarge(times: 1) && !flushing.isRunning { try flushing.begin(projector) }
    }

    private func isTailLarge(times: Int) -> Bool {
        projector.tailEventsCount >= times * Self.flushEventsMax
            || projector.tailBytesCount >= times * Self.flushBytesMax
    }

    private func fold(_ chunks: [[DecodedEvent]]) throws {
        try projections.fold(chunks) {
            let reader = try IndexReader(index)
            // A span lends its elements; a loop over the array would copy each.
            for chunk in chunks {
                let events = chunk.span
                for number in events.indices {
                    try projector.foldCore(events[number], over: reader)
                }
            }
            projector.sealCore()
        }
    }

    /// A generation without one of its units would be a step back from the live one.
    private func checkNoneStopped() throws(HansardError) {
        let stops = projector.units.compactMap(\.stop)
        guard let stop = stops.first(where: { !mayStop.contains($0.unit) }) else { return }
        throw HansardError(
            .unitStopped,
            "'\(stop.unit)' stops at event \(stop.position): \(stop.reason); the index in use "
                + "is unchanged",
            advice: .fixProjection, position: stop.position)
    }

    /// Writes what is left, flushes the file to the disk and closes it.
    ///
    /// - Parameter step: called between tables; what it throws ends the build.
    package func finish(step: () throws -> Void = {}) throws {
        try flushing.wait(projector)
        try step()
        try projector.flush(step: step)
        try step()
        try index.environment.sync()
        index.environment.close()
    }
}
