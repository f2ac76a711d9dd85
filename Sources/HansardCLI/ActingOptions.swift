import ArgumentParser
import HansardBindings
import HansardChat
import HansardRecords

/// The options that say for whom and why a change is recorded, on every verb that changes
/// something.
struct ActingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "User the actor acts for (not authenticated).", valueName: "name"))
    var onBehalfOf: String?
    @Option(
        help: ArgumentHelp(
            "Id of the request or case that the change belongs to.", valueName: "id"))
    var correlation: String?
    @Option(help: ArgumentHelp("Id of the event that caused the change.", valueName: "id"))
    var causation: String?

    func validate() throws { _ = try provenance }

    /// The actor of what verbs do to the store itself.
    static var operatorName: String { "os-user:\(ProcessUser.name)" }

    /// The actor is the user of the operating system.
    var provenance: Provenance {
        get throws {
            Provenance(
                actor: Self.operatorName, onBehalfOf: onBehalfOf,
                correlationID: try Self.identifier(correlation, option: "--correlation"),
                causationID: try Self.identifier(causation, option: "--causation"))
        }
    }

    /// The options that were given.
    var given: [String] {
        [
            ("--on-behalf-of", onBehalfOf), ("--correlation", correlation),
            ("--causation", causation),
        ].filter { $0.1 != nil }.map(\.0)
    }

    private static func identifier(_ text: String?, option: String) throws -> Identifier? {
        guard let text else { return nil }
        do { return try Identifier(text) } catch {
            throw ValidationError("\(option): this is not an id: \(ErrorText.withoutPlace(error)).")
        }
    }
}

/// `--show-redacted`, why and for whom: it is recorded.
struct ShowingOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Also show the text of redacted messages. Each showing is recorded."))
    var showRedacted = false
    @Option(
        help: ArgumentHelp(
            "With --show-redacted: the reason, which is recorded.", valueName: "text"))
    var reason: String?
    @OptionGroup var acting: ActingOptions

    func validate() throws {
        let given = (reason == nil ? [] : ["--reason"]) + acting.given
        if let first = given.first, !showRedacted {
            throw ValidationError("\(first) needs --show-redacted.")
        }
    }
}
