import ArgumentParser
import Hansard
import HansardChat

struct OpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open a store and read what is current.")

    @OptionGroup var options: BenchOptions

    func run() async throws {
        var report = Report("open", isJSON: options.json)
        let opening = try Opening(options)
        try report.add(opening.cells)
        try opening.chat.store.close()
    }
}

/// A store just opened, and how long that took.
struct Opening {
    let chat: Chat
    let head: Position
    let cells: [Report.Cell]

    init(_ options: BenchOptions) throws {
        let opened = try measured { try options.open() }
        let store = opened.result.store
        let read = try measured {
            try store.read { view in
                _ = try view.sessions(limit: 50)
                return view.position
            }
        }
        chat = opened.result
        head = read.result
        cells = [
            Report.Cell("events", Int(read.result.rawValue)),
            Report.Cell("tail_events", try store.statistics().tailEventsCount),
            Report.Cell("open_ms", opened.took.inMilliseconds, places: 2),
            Report.Cell("first_read_ms", read.took.inMilliseconds, places: 2),
            Report.Cell("total_ms", (opened.took + read.took).inMilliseconds, places: 2),
        ]
    }
}
