extension Rebuilder {
    /// - Parameters:
    ///   - units: the projections of this program; the new generation has their versions.
    ///   - keep: how many generations to keep besides the new one: the one that was live, then the
    ///     newest. Those that some process has open stay as well.
    ///   - keepsForeignUnits: whether units of other programs, which this one can't build, are
    ///     copied from the live generation as they are; their programs fold on from there. An old
    ///     generation that alone has such a unit stays then, whatever `keep` says.
    ///   - readsOldIndex: false for an index whose pages are known to be damaged: following them
    ///     can end the process. No unit of another program is copied or reported then.
    ///   - acceptsRollback: whether to build on a log that ends before what its index has seen or
    ///     what was signed of it.
    ///   - cause: what the log shall say this was for; `actor`, who asked for it, nil for
    ///     `Store.Settings.actor`.
    /// - Throws: `HansardError`: `notAStore`, `newerFormat`, `corruptEvent`, `noPermission`,
    ///   `invalidArgument`.
    public init(
        path: String, units: [ProjectionUnit], keep: Int = 1, keepsForeignUnits: Bool = true,
        readsOldIndex: Bool = true, acceptsRollback: Bool = false,
        cause: OperatorAct.IndexSwapCause = .rebuild, actor: String? = nil,
        settings: Store.Settings = .init()
    ) throws(HansardError) {
        try self.init(
            path: path, units: units, keep: keep, keepsForeignUnits: keepsForeignUnits,
            readsOldIndex: readsOldIndex, acceptsRollback: acceptsRollback, cause: cause,
            actor: actor, settings: settings, signing: CheckpointSigning())
    }
}

extension IndexGenerations {
    /// - Parameter units: this program's projections. Units that the index has besides, of other
    ///   programs, are then not lost: `use` and `drop` refuse. Nil: nothing is looked after.
    /// - Throws: `HansardError`: `notAStore`, `newerFormat`, `corruptEvent`, `noPermission`.
    public init(
        path: String, units: [ProjectionUnit]? = nil, settings: Store.Settings = .init()
    ) throws(HansardError) {
        try self.init(
            path: path, units: units, settings: settings, signing: CheckpointSigning())
    }
}
