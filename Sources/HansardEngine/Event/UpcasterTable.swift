import HansardRecords

/// Upcasters that were checked, ready to be looked up.
package struct UpcasterTable: Sendable {
    private struct Chain {
        /// The version this program writes.
        var current: Int
        /// The step from version `n` is at `n - 1`.
        var steps: [Upcaster]
    }

    private let chains: [EventType: Chain]
    /// True if an event of version 1 is current whatever its type: nothing to look up then.
    private let isFirstCurrent: Bool

    /// For readers of what is stored.
    static let none = UpcasterTable()

    private init() {
        chains = [:]
        isFirstCurrent = true
    }

    /// - Throws: `HansardError` (`invalidArgument`): a step that is missing or there twice, a
    ///   version out of bounds, steps that lead in a circle.
    init(_ upcasters: Upcasters) throws(HansardError) {
        var chains: [EventType: Chain] = [:]
        let stepsByType = Dictionary(grouping: upcasters.steps, by: \.type)
        for (type, steps) in stepsByType {
            let sorted = steps.sorted { $0.version < $1.version }
            for (number, step) in sorted.enumerated() where step.version != number + 1 {
                throw Self.refusal(
                    step.version == number
                        ? "two upcasters of \(type) begin at version \(number)"
                        : "no upcaster of \(type) begins at version \(number + 1)")
            }
            chains[type] = Chain(current: sorted.count + 1, steps: sorted)
        }
        for (type, version) in upcasters.versions {
            guard (1...Int(UInt16.max)).contains(version) else {
                throw Self.refusal("\(type) has no version, or two different ones")
            }
            let chain = chains[type] ?? Chain(current: version, steps: [])
            guard chain.current == version, chain.steps.count == version - 1 else {
                throw Self.refusal(
                    "\(type) is at version \(version), and its upcasters lead to version "
                        + "\(chain.steps.count + 1)")
            }
            chains[type] = chain
        }
        self.chains = chains
        isFirstCurrent = chains.values.allSatisfy(\.steps.isEmpty)
        try checkTargets()
    }

    /// Every type a step may lead to is there in that version, and no way leads in a circle.
    private func checkTargets() throws(HansardError) {
        for chain in chains.values {
            for step in chain.steps {
                for (type, version) in step.others {
                    let current = chains[type]?.current ?? version
                    guard (1...current).contains(version), type != step.type else {
                        throw Self.refusal(
                            "an upcaster of \(step.type) leads to version \(version) of \(type), "
                                + "which is at version \(current)")
                    }
                }
            }
        }
        for type in chains.keys { _ = try reachable(from: type, path: []) }
    }

    /// The types an event of a type may be read as.
    ///
    /// Types, not versions, must not lead in a circle: stricter than needed, and easily seen.
    private func reachable(
        from type: EventType, path: [EventType]
    ) throws(HansardError) -> Set<EventType> {
        guard !path.contains(type) else {
            let way = (path + [type]).map(\.rawValue).joined(separator: " → ")
            throw Self.refusal("upcasters lead in a circle: \(way)")
        }
        var types: Set = [type]
        for step in chains[type]?.steps ?? [] {
            for other in step.others.keys {
                types.formUnion(try reachable(from: other, path: path + [type]))
            }
        }
        return types
    }

    /// The types an event stored under `type` may be read as; just that one when it has no steps.
    func types(readFrom type: EventType) -> Set<EventType> {
        // Circles were refused before.
        (try? reachable(from: type, path: [])) ?? [type]
    }

    private static func refusal(_ what: String) -> HansardError {
        HansardError(
            .invalidArgument,
            "\(what): each type has one upcaster for every version before its current one")
    }

    /// The event in the shape this program knows.
    ///
    /// One comparison for events of version 1 while no type has another; a look-up otherwise.
    /// - Throws: `HansardError`: `newerEvent`, `upcastFailed`, naming `position` when it has one.
    func current(_ event: Event, at position: Position?) throws(HansardError) -> Event {
        let version = event.schemaVersion
        if isFirstCurrent && version == 1 { return event }
        guard let chain = chains[event.type], version != chain.current else { return event }
        guard version < chain.current else {
            throw HansardError(
                .newerEvent,
                "\(Self.name(position)) is version \(version) of \(event.type), but this program "
                    + "knows up to version \(chain.current)",
                advice: .useNewerProgram, position: position, stream: event.stream)
        }
        return try upcast(event, at: position)
    }

    private func upcast(_ event: Event, at position: Position?) throws(HansardError) -> Event {
        var shape = EventShape(
            type: event.type, data: event.data, metadata: event.metadata,
            filledFields: event.filledFields)
        var (type, version) = (event.type, event.schemaVersion)
        while let chain = chains[type], version < chain.current {
            let step = chain.steps[version - 1]
            do {
                try step.change(&shape)
            } catch {
                throw Self.failure(step, event, position, "failed: \(error)")
            }
            if shape.type == type {
                version += 1
            } else if let other = step.others[shape.type] {
                (type, version) = (shape.type, other)
            } else {
                throw Self.failure(
                    step, event, position, "returned \(shape.type), which it does not name")
            }
        }
        return event.with(shape, version: version)
    }

    private static func failure(
        _ step: Upcaster, _ event: Event, _ position: Position?, _ what: String
    ) -> HansardError {
        HansardError(
            .upcastFailed,
            "\(name(position)): the upcaster of \(step.type) from version \(step.version) "
                + "\(what)",
            advice: .fixUpcaster, position: position, stream: event.stream)
    }

    private static func name(_ position: Position?) -> String {
        position.map { "event \($0)" } ?? "the event"
    }
}

extension Event {
    /// The same fact in another shape.
    fileprivate func with(_ shape: EventShape, version: Int) -> Event {
        Event(
            id: id, type: shape.type, stream: stream, schemaVersion: version, lifecycle: lifecycle,
            actor: actor, onBehalfOf: onBehalfOf, correlationID: correlationID,
            causationID: causationID, claims: claims, data: shape.data, metadata: shape.metadata,
            filledFields: shape.filledFields)
    }
}
