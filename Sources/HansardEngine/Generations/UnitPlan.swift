import HansardBindings

/// Which of a program's units a generation of the index can serve as it is.
package struct UnitPlan {
    /// The core first, numbered as the generation is opened.
    package let served: [UnitDefinition]
    /// The version the generation holds of each other unit; nil where it has none.
    let lacking: [String: Int?]

    /// Everything, as for a generation that is new.
    init(all units: [UnitDefinition]) { self.init(served: units, lacking: [:]) }

    private init(served: [UnitDefinition], lacking: [String: Int?]) {
        self.served = served
        self.lacking = lacking
    }

    /// - Parameters:
    ///   - stored: what the generation says of itself.
    ///   - folds: whether a unit the generation has not is to be folded into it.
    ///
    /// A generation of another core, or with a unit of a newer version, is left to be refused: an
    /// older program must not take the index back unasked.
    init(
        _ units: [UnitDefinition], stored: [IndexGeneration.Unit],
        folds: (UnitDefinition) throws -> Bool
    ) rethrows {
        let versions = Dictionary(
            stored.map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
        guard versions[units[0].name] == units[0].version,
            units.allSatisfy({ versions[$0.name] ?? 0 <= $0.version })
        else {
            self.init(all: units)
            return
        }
        var lacking: [String: Int?] = [:]
        for unit in units where versions[unit.name] != unit.version {
            if let version = versions[unit.name] {
                lacking[unit.name] = .some(version)
            } else if try !folds(unit) {
                lacking[unit.name] = .some(nil)
            }
        }
        self.init(
            served: UnitDefinition.numbered(units.filter { lacking[$0.name] == nil }),
            lacking: lacking)
    }
}

extension UnitDefinition {
    /// The same units, numbered again.
    fileprivate static func numbered(_ units: [UnitDefinition]) -> [UnitDefinition] {
        var list: [UnitDefinition] = []
        for unit in units {
            list.append(
                UnitDefinition(
                    number: list.count, name: unit.name, version: unit.version,
                    tables: unit.tables,
                    firstTable: list.last.map { $0.firstTable + $0.tables.count } ?? 0,
                    projections: unit.projections))
        }
        return list
    }
}

extension StoreFiles {
    /// The units to open of a generation. Costs a look at its durable positions.
    package func plan(
        ofGeneration generation: UInt64, of log: Log, units: [UnitDefinition],
        settings: StoreSettings
    ) throws -> UnitPlan {
        let directory = index(generation: generation)
        // Opening it reports what can't be read.
        guard settings.changedUnits != .refuse,
            let stored = try? Index.units(in: directory, logID: log.id), !stored.isEmpty
        else { return UnitPlan(all: units) }
        let head = try log.environment.read { try log.head(in: $0) }
        return try UnitPlan(units, stored: stored) { unit in
            guard head.rawValue <= UInt64(settings.newUnitEventsMax) else { return false }
            return try !settings.isReadOnly || Index.hasTables(unit.tables, in: directory)
        }
    }
}
