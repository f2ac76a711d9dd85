import Foundation
import HansardTesting

/// A running `HansardCrashWorker` and what it has answered so far.
final class WorkerProcess: Sendable {
    private let process: Process
    private let collector = LineCollector()

    /// Starts a worker that builds so many generations of the index.
    static func rebuilding(
        _ store: String, count: Int, prefix: [String] = []
    ) throws -> WorkerProcess {
        try WorkerProcess(prefix, [store, "\(count)", "0", "rebuild"])
    }

    /// Starts a worker that has a newer version of the messages, and ends when they were built.
    static func upgrading(_ store: String, prefix: [String] = []) throws -> WorkerProcess {
        try WorkerProcess(prefix, [store, "0", "0", "upgrade"])
    }

    /// Starts a worker, with `prefix` in front of its command line.
    convenience init(
        _ store: String, seed: UInt64, pool: UInt64, operations: Int, prefix: [String] = []
    ) throws {
        try self.init(prefix, [store, "\(seed)", "\(pool)", "\(operations)"])
    }

    private init(_ prefix: [String], _ arguments: [String]) throws {
        let directory = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let worker = directory.appending(path: "HansardCrashWorker").path
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = prefix + [worker] + arguments
        try collector.start(process)
    }

    /// The lines it has written. Whole lines only: a line goes into the pipe whole or not at all.
    var lines: [String] { collector.lines }

    /// Waits until it has written so many lines, or has ended.
    func wait(forLines count: Int) { collector.wait(forLines: count) }

    enum End {
        case finished
        case killed
        /// It complained, or ended by a signal nobody sent.
        case failed
    }

    /// Waits until it has ended.
    func end() -> End {
        collector.waitForEnd()
        process.waitUntilExit()
        let status = process.terminationStatus
        switch process.terminationReason {
        case .exit: return status == 0 ? .finished : .failed
        default: return status == SIGKILL ? .killed : .failed
        }
    }

    /// Kills it at once, unless it has ended.
    func kill() -> End {
        Foundation.kill(process.processIdentifier, SIGKILL)
        return end()
    }
}
