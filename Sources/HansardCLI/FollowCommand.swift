import ArgumentParser
import Hansard
import HansardBindings
import HansardChat

struct FollowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow", abstract: "Print events as they are appended.",
        discussion: """
            Prints every event from a position on, in order and each once, whichever process \
            appends it. Ctrl-C ends the verb between two events with status 130. To continue, give \
            --from the next position.

            If --from is the position after the log's last event, the verb waits for that event. A \
            higher position is an error, because no follower of this log can have seen the events \
            before it.

            \(EventJSON.help)

            EXAMPLES
              hansard follow
              hansard follow --from start --type message.created
              hansard follow --from 88813 --json >> events.jsonl
              hansard follow --limit 1 --stream deploy/42   # wait for one event
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var events: EventOptions
    @Option(
        help: ArgumentHelp(
            "Position of the first event to print, 'start', or 'head' for new events.",
            valueName: "place"))
    var from = "head"
    @Option(
        parsing: .unconditional, help: ArgumentHelp("End after this many events.", valueName: "n"))
    var limit: Int?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let limit { try PageOptions.check(limit: limit) }
        if case nil = place {
            throw ValidationError("--from must be a position, 'start' or 'head', not '\(from)'.")
        }
    }

    private enum Place {
        case head
        case after(Position)
    }

    private var place: Place? {
        switch from {
        case "head": .head
        case "start": .after(.zero)
        default: UInt64(from).flatMap { $0 == 0 ? nil : .after(Position($0 - 1)) }
        }
    }

    func run() async throws {
        let store = try store.openForReading().store
        let filter = try events.filter()
        let start: Position
        let head = try store.read { $0.position }
        switch place {
        case .after(let position)?: start = position
        default: start = head
        }
        guard start <= head else {
            throw CommandFailure.notFound(
                "there is no event \(from): the log ends at \(head). Give --from a position of this log, "
                    + "\(head.next) for the next one to come, or 'head'", at: head)
        }
        Interruption.watch()
        let sequence = store.events(after: start, matching: filter)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await print(sequence, of: store) } catch {
                    throw DamagedEvent.failure(error) {
                        "The events before it were printed; --from \($0.next) continues after it"
                    }
                }
            }
            group.addTask { await untilUnwanted() }
            defer { group.cancelAll() }
            try await group.next()
        }
        if let ending = ExitStatus.interruption { throw ending.code }
    }

    private func print(_ sequence: EventSequence, of store: Store) async throws {
        var iterator = sequence.makeAsyncIterator()
        var printer = EventPrinter(json: output.json, style: .output)
        var left = limit ?? .max
        var out = Output()
        try printer.printHeader(to: &out)
        try out.flush()
        while left > 0, let chunk = try await iterator.nextChunk() {
            let shown = try store.read { view in
                try chunk.prefix(left).map { try ShownEvents.shown($0, in: view) }
            }
            for event in shown { try printer.print(event, to: &out) }
            try out.flush()
            left -= shown.count
        }
    }

    /// Returns when somebody has asked to end, or nobody reads the output any more.
    private func untilUnwanted() async {
        while !Task.isCancelled && Interruption.signal == nil
            && !StandardStream.output.isReaderGone
        {
            // Cancelled when what is printed ends by itself.
            try? await Task.sleep(for: .milliseconds(50))
        }
    }
}
