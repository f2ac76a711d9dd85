import ArgumentParser
import Foundation
import Hansard
import HansardChat

struct CrashOpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crash-open",
        abstract: "Kill a process that appends, then open its store and read what is current.")

    @OptionGroup var options: BenchOptions
    @Option(help: "Events the store is to have before; missing ones are appended.")
    var events = 100_000
    @Option(help: "Seconds of appending after which the process is killed.") var seconds = 1.5
    @Option(help: "How often.") var times = 3
    @Option(parsing: .upToNextOption, help: "JSON Lines files, plain or .zst.")
    var corpus = ["Tests/Fixtures/excerpt.jsonl"]

    func run() async throws {
        var report = Report("crash-open", isJSON: options.json)
        var known = try fillUp()
        for _ in 0..<times {
            let output = Pipe()
            let child = try start(events: .max, output: output)
            // Its first row comes when it begins to append.
            _ = output.fileHandleForReading.availableData
            try await Task.sleep(for: .seconds(seconds))
            guard child.isRunning else { throw ValidationError("the child ended by itself") }
            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            let opening = try Opening(options)
            guard opening.head > known else {
                throw ValidationError("of \(known) events and more, \(opening.head) are there")
            }
            known = opening.head
            try report.add(opening.cells)
            try opening.chat.store.close()
        }
    }

    /// Appends what the store misses to have its events.
    private func fillUp() throws -> Position {
        let store = try options.openOrCreate().store
        let head = try store.read { $0.position }
        try store.close()
        let missing = events - Int(head.rawValue)
        if missing <= 0 { return head }
        let child = try start(events: missing, output: nil)
        child.waitUntilExit()
        guard child.terminationStatus == 0 else { throw ExitCode(child.terminationStatus) }
        return Position(UInt64(events))
    }

    /// Starts this program again to append.
    private func start(events: Int, output: Pipe?) throws -> Process {
        let child = Process()
        child.executableURL = Bundle.main.executableURL
        child.arguments =
            ["fill", "--store", options.store, "--events", "\(events)", "--corpus"] + corpus
        child.standardOutput = output ?? FileHandle.nullDevice
        try child.run()
        return child
    }
}
