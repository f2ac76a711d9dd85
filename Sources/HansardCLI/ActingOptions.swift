import ArgumentParser
import Bindings
import HansardChat

/// Who a change is recorded for, on every verb that changes something.
struct ActingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "On whose behalf, as it shall stand in the history.", valueName: "name"))
    var onBehalfOf: String?

    /// The user of the operating system, for themselves.
    static var operatorOnly: Provenance { Provenance(actor: operatorName) }

    /// Who the log says did what verbs do to the store itself.
    static var operatorName: String { "os-user:\(ProcessUser.name)" }

    /// The actor is the user of the operating system.
    var provenance: Provenance {
        Provenance(actor: Self.operatorName, onBehalfOf: onBehalfOf)
    }
}
