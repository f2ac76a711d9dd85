extension Store {
    /// The units that can't be read yet, none as a rule.
    public func unitStatuses() -> [UnitStatus] { statuses.list(in: fold.published) }
}
