/// A table of the index, by its place in the store's list of tables.
///
/// The list is the core's tables followed by those of each projection, in the order in which the
/// projections were given to the store. Numbers are never stored; names are.
public struct TableID: Hashable, Sendable {
    let number: Int
}

/// What a table is called and who owns it.
struct TableDefinition: Sendable {
    /// Name of the LMDB sub-database.
    let name: String
    /// Number of the unit that alone may write it.
    let unit: Int
}
