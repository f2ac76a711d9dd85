extension Store {
    /// The units that can't be read yet, none as a rule.
    public func unitRebuilds() -> [UnitRebuild] { rebuilds.list(in: fold.published) }
}
