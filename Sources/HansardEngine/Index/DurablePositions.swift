import HansardBindings

/// The durable position of each unit in one generation of the index.
package struct DurablePositions: Sendable, Equatable {
    /// By unit number; the core is number 0.
    package var positions: [Position]

    var core: Position { positions[0] }
    package var earliest: Position { positions.min() ?? .zero }
}

/// The definition of a unit: the core or some projections.
package struct UnitDefinition: Sendable {
    package let number: Int
    package let name: String
    package let version: Int
    package let tables: [String]
    /// Number of its first table among all tables of the store.
    package let firstTable: Int
    /// Empty for the core and the tree.
    let projections: [any Projection]

    /// True if it is the Merkle tree, which is folded from leaves instead of events.
    package var isTree: Bool { number > 0 && projections.isEmpty && name == TreeTable.unitName }

    /// The core first, then the units in their order, last the tree.
    package static func list(_ units: [ProjectionUnit], keepsTree: Bool) -> [UnitDefinition] {
        var list = [
            UnitDefinition(
                number: 0, name: CoreTables.unitName, version: CoreTables.unitVersion,
                tables: CoreTables.names, firstTable: 0, projections: [])
        ]
        for unit in units {
            let last = list[list.count - 1]
            list.append(
                UnitDefinition(
                    number: list.count, name: unit.name, version: unit.version,
                    tables: unit.tableNames, firstTable: last.firstTable + last.tables.count,
                    projections: unit.projections))
        }
        return keepsTree ? withTree(list) : list
    }

    /// The units, and the tree behind them unless it is there.
    package static func withTree(_ units: [UnitDefinition]) -> [UnitDefinition] {
        guard let last = units.last, !last.isTree else { return units }
        let tree = UnitDefinition(
            number: units.count, name: TreeTable.unitName, version: TreeTable.unitVersion,
            tables: TreeTable.names, firstTable: last.firstTable + last.tables.count,
            projections: [])
        return units + [tree]
    }
}
