/// The place where a table is: its unit and its number within it.
package struct TablePlace: Sendable {
    package let unit: Int
    let table: Int

    static func byName(_ units: [UnitDefinition]) -> [String: TablePlace] {
        var places: [String: TablePlace] = [:]
        for unit in units {
            for (number, name) in unit.tables.enumerated() {
                precondition(places[name] == nil, "two tables are called \(name)")
                places[name] = TablePlace(unit: unit.number, table: number)
            }
        }
        return places
    }
}
