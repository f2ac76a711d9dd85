import ArgumentParser
import Foundation
import Hansard
import HansardChat

/// Where the store is: the same for every verb.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The store's directory. Default: the environment's HANSARD_STORE.", valueName: "dir"))
    var store: String?

    func path() throws -> String {
        if let store { return store }
        if let path = ProcessInfo.processInfo.environment["HANSARD_STORE"], !path.isEmpty {
            return path
        }
        throw ValidationError("name the store: --store DIR, or set HANSARD_STORE")
    }
}
