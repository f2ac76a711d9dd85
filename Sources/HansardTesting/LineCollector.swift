public import Foundation
import HansardBindings

/// Gathers what a process writes to a pipe, line by line, on a thread of its own.
public final class LineCollector: Sendable {
    private struct Output {
        var lines: [String] = []
        var isCutOff = false
        var isEnded = false
    }

    private let output = ConditionLock(Output())
    private let pipe = Pipe()

    public init() {}

    /// Makes a process write to it, and starts it.
    public func start(_ process: Process) throws {
        process.standardOutput = pipe
        try process.run()
        _ = try DedicatedThread(name: "lines") { [self] in collect() }
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
            }
            output.broadcast()
        }
        let isCutOff = !rest.isEmpty
        output.withLock { output in
            output.isCutOff = isCutOff
            output.isEnded = true
        }
        output.broadcast()
    }

    /// The whole lines so far.
    public var lines: [String] { output.withLock { $0.lines } }

    /// Waits until there are so many lines, or the process has closed its end: the lines then.
    @discardableResult
    public func wait(forLines count: Int) -> [String] {
        output.wait(until: { $0.lines.count >= count || $0.isEnded }, then: { $0.lines })
    }

    /// Waits until the process has closed its end.
    ///
    /// - Returns: whether it ended with a whole line, or without any.
    @discardableResult
    public func waitForEnd() -> Bool {
        output.wait(until: { $0.isEnded }, then: { !$0.isCutOff })
    }
}
