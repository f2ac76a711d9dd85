import ArgumentParser
import Hansard
import HansardBindings
import HansardChat

struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print the log's events, the oldest first.",
        discussion: """
            Options filter the events; an event must pass all filters. Times are recorded times, \
            written as \(GivenTime.help). Reading one stream costs time in proportion to the \
            stream, not to the log.

            \(EventJSON.help)

            EXAMPLES
              hansard events --reverse --limit 20
              hansard events --stream session/31e98348-3540-5675-9335-82f20c802054 --json
              hansard events --agent multiwoz-clerk --type message.created \\
                  --since 2025-03-03
              hansard events --after 590 --json | jq -c '[.position, .type]'
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var events: EventOptions
    @Option(help: ArgumentHelp("Print events after this position.", valueName: "position"))
    var after: UInt64 = 0
    @Option(help: ArgumentHelp("Print events up to this position.", valueName: "position"))
    var through: UInt64?
    @Option(help: ArgumentHelp("Print events recorded at this time or later.", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("Print events recorded at this time or earlier.", valueName: "time"))
    var until: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Print at most this many events. (default: all)", valueName: "n"))
    var limit: Int?
    @Flag(help: "Begin with the newest event.")
    var reverse = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let limit { try PageOptions.check(limit: limit) }
        if let through, through <= after {
            throw ValidationError("--through \(through) is not after --after \(after).")
        }
        _ = try filter()
    }

    func run() throws {
        let store = try store.openForReading().store
        Interruption.watch()
        let head = try store.read { $0.position }
        guard Position(after) <= head else {
            throw CommandFailure.notFound(
                "there is no event \(after): the log ends at \(head). Give --after a position of this "
                    + "log", at: head)
        }
        if let through, Position(through) > head {
            throw CommandFailure.notFound(
                "there is no event \(through): the log ends at \(head). Leave --through out to print up to "
                    + "there", at: head)
        }
        try DamagedEvent.advising(advice) { try print(store) }
    }

    /// The command that reads on past a damaged event.
    private func advice(at damaged: Position) -> String {
        if !reverse {
            return "The events before it were printed; --after \(damaged) continues after it"
        }
        return damaged > Position(1)
            ? "The events after it were printed; --through \(damaged.rawValue - 1) continues before it"
            : "The events after it were printed"
    }

    private func print(_ store: Store) throws {
        var scan = EventScan(
            store, matching: try filter(), reverse ? .backwards : .forwards)
        var printer = EventPrinter(json: output.json, style: .output)
        var left = limit ?? .max
        try Output.with { out in
            while !scan.isAtEnd && left > 0 {
                let page = try scan.next(limit: left) { try ShownEvents.shown($0, in: $1) }
                for event in page { try printer.print(event, to: &out) }
                left -= page.count
                if let ending = ExitStatus.interruption {
                    try out.flush()
                    throw ending.code
                }
            }
            if !output.json && left == limit ?? .max { try out.line("no events") }
        }
    }

    private func filter() throws -> EventFilter {
        var filter = try events.filter()
        filter.after = Position(after)
        filter.through = through.map { Position($0) }
        filter.since = try since.map { try GivenTime.instant($0, option: "--since") }
        filter.until = try until.map { try GivenTime.instant($0, option: "--until") }
        return filter
    }
}
