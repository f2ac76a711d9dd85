import Bindings
import Foundation
import HansardTesting

/// A running `HansardCrashWorker` and what it has answered so far.
final class WorkerProcess: Sendable {
    private struct Output {
        var lines: [String] = []
        var isEnded = false
    }

    private let process: Process
    private let output = ConditionLock(Output())
    private let pipe = Pipe()

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
        process.standardOutput = pipe
        try process.run()
        _ = try DedicatedThread(name: "worker-output") { [self] in collect() }
    }

    private func collect() {
        var rest: [UInt8] = []
        while true {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { break }
            rest += data
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeSubrange(...end)
                output.withLock { $0.lines.append(line) }
                output.broadcast()
            }
        }
        output.withLock { $0.isEnded = true }
        output.broadcast()
    }

    /// What it has written. Whole lines only: a line goes into the pipe whole or not at all.
    var lines: [String] { output.withLock { $0.lines } }

    /// Waits until it has written so many lines, or has ended.
    func wait(forLines count: Int) {
        output.wait(until: { $0.lines.count >= count || $0.isEnded }, then: { _ in })
    }

    enum End {
        case finished
        case killed
        /// It complained, or ended by a signal nobody sent.
        case failed
    }

    /// Waits until it has ended.
    func end() -> End {
        output.wait(until: { $0.isEnded }, then: { _ in })
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
