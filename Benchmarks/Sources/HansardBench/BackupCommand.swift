import ArgumentParser
import Foundation
import Hansard
import HansardBindings
import HansardChat
import HansardProjections
import HansardRecords

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract:
            "Back a store up and restore it, with several sizes of block and levels, by turns.",
        discussion: """
            Each round does every combination once. The store is only read; what is written goes to new \
            directories under --scratch and is removed.
            """)

    @OptionGroup var options: BenchOptions
    @Option(help: "Where backups and restored stores go.") var scratch: String
    @Option(parsing: .upToNextOption, help: "Kilobytes of a block before compression.")
    var blocks = [2_048]
    @Option(parsing: .upToNextOption, help: "Levels of a block's compression.") var levels = [3]
    @Option(
        parsing: .upToNextOption,
        help: "Levels of the restored log's compression; 0 restores nothing.")
    var logLevels = [3]
    @Option(help: "How often each.") var rounds = 3

    func run() async throws {
        var report = Report("backup", isJSON: options.json)
        for round in 1...max(1, rounds) {
            for block in blocks {
                for level in levels { try measure(round, block, level, &report) }
            }
        }
    }

    private func measure(
        _ round: Int, _ block: Int, _ level: Int, _ report: inout Report
    ) throws {
        var settings = Backup.Settings()
        settings.blockBytes = block << 10
        settings.compressionLevel = level
        let directory = "\(scratch)/backup-\(block)-\(level)"
        try? FileManager.default.removeItem(atPath: directory)
        let done = try Backup(ofStore: options.store, to: directory, settings: settings).run()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for logLevel in logLevels {
            var cells = [
                Report.Cell("round", round), Report.Cell("block_kB", block),
                Report.Cell("level", level),
                Report.Cell("backup_seconds", done.duration.inSeconds, places: 2),
                Report.Cell("B_per_event", perEvent(done.bytesCount, done), places: 1),
            ]
            if logLevel > 0 { cells += try restore(directory, logLevel, done) }
            try report.add(cells)
        }
    }

    private func restore(
        _ directory: String, _ level: Int, _ done: BackupReport
    ) throws -> [Report.Cell] {
        let path = directory + "-restored"
        try? FileManager.default.removeItem(atPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var settings = Store.Settings()
        settings.compressionLevel = level
        let restore = Restore(from: directory, into: path, units: ChatUnits.all, settings: settings)
        let (_, took) = try measured { try restore.run() }
        let log = try Chat.open(path).store.statistics().log.liveBytes
        return [
            Report.Cell("log_level", level),
            .rate("restored_per_s", done.eventsCount, in: took),
            Report.Cell("log_B_per_event", perEvent(log, done), places: 1),
        ]
    }

    private func perEvent(_ bytes: Int, _ done: BackupReport) -> Double {
        Double(bytes) / Double(max(1, done.eventsCount))
    }
}
