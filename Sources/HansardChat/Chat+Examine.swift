public import Hansard
import HansardProjections

extension Chat {
    /// Looks at a store with the projections of the chat domain, without changing it.
    /// `StoreExamination` says more.
    public static func examine(
        _ path: String, settings: Store.Settings = .init()
    ) -> StoreExamination {
        StoreExamination(
            path: path, units: ChatUnits.all, settings: ChatUpcasters.added(to: settings))
    }
}
