public import Hansard

/// The shapes of the chat domain's events: the versions written today, and the steps that lead
/// there from older ones. docs/SCHEMA-CHANGES.md says how to add one.
public enum ChatUpcasters {
    public static let all = Upcasters(
        versions: Dictionary(uniqueKeysWithValues: ChatEventTypes.all.map { ($0, 1) }))

    /// Store.Settings under which the chat domain's events are read in their current shapes.
    public static func added(to settings: Store.Settings) -> Store.Settings {
        var settings = settings
        settings.upcasters = settings.upcasters.merging(all)
        return settings
    }
}
