public import Hansard
import HansardProjections

/// The chat domain on an event store: the commands that write it and the queries that read it.
public struct Chat: Sendable {
    public let store: Store

    /// Opens a store with the projections of the chat domain. `Store.open` says what is thrown.
    public static func open(
        _ path: String, settings: Store.Settings = .init()
    ) throws(HansardError) -> Chat {
        Chat(
            store: try Store.open(
                path, units: ChatUnits.all, settings: ChatUpcasters.added(to: settings)))
    }

    public init(store: Store) { self.store = store }
}
