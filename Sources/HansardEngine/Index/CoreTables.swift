/// The core's tables, in their order within its unit. They belong to the log's format and are what
/// the writer's checks read; no projection can stop them.
enum CoreTables {
    /// Which events hold or claim an id. `IDTable` has the keys; values are empty.
    static let ids = 0
    /// Stream ordinal → `StreamHead`.
    static let streams = 1

    static let unitName = "core"
    static let unitVersion = 1
    static let names = ["core.ids", "core.streams"]
}
