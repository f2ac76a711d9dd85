import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

/// Which events to print: the same for every verb that prints them.
struct EventOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Print events of this stream: category/id.", valueName: "stream"))
    var stream: String?
    @Option(
        help: ArgumentHelp("Print events of this type; may be repeated.", valueName: "type"))
    var type: [String] = []
    @Option(
        help: ArgumentHelp(
            "Print events of the agent's stream, and events whose agent_id, source_agent_id, "
                + "target_agent_id or agents name it.", valueName: "id"))
    var agent: String?
    @Option(help: ArgumentHelp("Print events that this actor appended.", valueName: "name"))
    var actor: String?

    func validate() throws { _ = try filter() }

    func filter() throws -> EventFilter {
        var filter = EventFilter()
        do { filter.stream = try stream.map { try StreamName(text: $0) } } catch {
            throw ValidationError("--stream: \(ErrorText.of(error))")
        }
        guard type.allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("--type must not be empty.")
        }
        filter.types = Set(type.map { EventType($0) })
        filter.mention = try agent.map { .agent(try GivenID.identifier($0)) }
        filter.actor = actor
        return filter
    }
}

/// Moments from the command line.
enum GivenTime {
    static let help = """
        2025-03-03T07:00:00Z, 2025-03-03T07:00 or 2025-03-03 (in UTC unless an offset is given)
        """

    /// The time that a text gives.
    static func instant(_ text: String, option: String) throws -> Instant {
        do { return try Instant(whole(text)) } catch {
            throw ValidationError("\(option): '\(text)' is not a time: write it as \(help).")
        }
    }

    /// A date or a time of minutes with what it leaves out; any other text as it is.
    private static func whole(_ text: String) -> String {
        if text.utf8.count == dateLength { return text + "T00:00:00Z" }
        let rest = text.utf8.dropFirst(minutesLength)
        let isOffset = rest.first.map { "Zz+-".utf8.contains($0) } ?? true
        guard text.utf8.count >= minutesLength, isOffset else { return text }
        return "\(text.prefix(minutesLength)):00\(text.dropFirst(minutesLength))"
    }

    /// `2025-03-03`, `2025-03-03T07:00`
    private static let dateLength = 10
    private static let minutesLength = 16
}
