/// The reaction of a store to projections that the index does not hold in this program's versions.
public enum ChangedUnits: Sendable {
    /// Serves all others at once, and builds a new generation of the index in the background. Reads
    /// of the changed ones are answered `rebuilding` until then. The generation in use stays as it
    /// is for programs of the older versions.
    case build
    /// The same without building: another process, or `hansard rebuild`, has to. What is opened for
    /// reading only does this in place of `build`.
    case wait
    /// The store is not opened: `corruptIndex`.
    case refuse
}
