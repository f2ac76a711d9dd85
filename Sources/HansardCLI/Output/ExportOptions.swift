import ArgumentParser
import Hansard
import HansardBindings

/// The range of an export and its destination.
struct ExportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Position of the first event to write.", valueName: "position"))
    var from: UInt64 = 1
    @Option(
        help: ArgumentHelp(
            "Position of the last event to write. (default: the log's head)",
            valueName: "position"))
    var to: UInt64?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write to a new file, compressed if its name ends in .zst.", valueName: "file"),
        completion: .file())
    var output: String?
    @Flag(help: "Replace the file that --output names.")
    var force = false
    @Flag(help: "With --output, print the summary as JSON. The lines are always JSON.")
    var json = false
    @Flag(name: .shortAndLong, help: "Print no progress and no summary.")
    var quiet = false

    var first: Position { Position(from) }
    var last: Position? { to.map { Position($0) } }

    func validate() throws {
        if from == 0 { throw ValidationError("--from must be 1 or more: positions begin at 1.") }
        if let to, to < from { throw ValidationError("--to \(to) is before --from \(from).") }
        if force && output == nil { throw ValidationError("--force needs --output FILE.") }
    }

    /// Refuses to replace a file unasked.
    func checkOutput() throws {
        if let output, !force, FileSystem.exists(output) {
            throw CommandFailure("\(output) exists: name another file, or replace it with --force")
        }
    }

    /// Writes a whole file or none: `body` hands over lines, and the last event they hold.
    func write(
        to path: String, _ body: (_ take: ([UInt8], Position) throws -> Void) throws -> Void
    ) throws {
        Interruption.watch()
        let status = StatusLine(isQuiet: quiet || json)
        defer { status.clear() }
        var file = try ExportFile.create(path: path)
        var last = Position(from - 1)
        do {
            try body { lines, through in
                if let ending = ExitStatus.interruption {
                    let isThere = FileSystem.exists(path)
                    throw CommandFailure(
                        "interrupted after \(Self.event(last)): \(path) "
                            + "\(isThere ? "is unchanged" : "was not written"), and no unfinished file "
                            + "is left; run it again",
                        status: ending)
                }
                try file.write(lines)
                last = through
                status.show { "\(path): up to event \(Figures.grouped(Int(through.rawValue)))" }
            }
            try file.finish()
        } catch {
            guard let left = file.discard() else { throw error }
            Diagnostics.say("the unfinished export left \(left): remove it")
            throw error
        }
    }

    /// Writes lines to standard output, and tells where it was interrupted.
    ///
    /// - Parameter advice: how to go on from the event after the last one written.
    func print(
        advice: (_ next: Position) -> String,
        _ body: (_ take: ([UInt8], Position) throws -> Void) throws -> Void
    ) throws {
        Interruption.watch()
        var last = Position(from - 1)
        do {
            try Output.with { out in
                try body { lines, through in
                    // What ends the program has written all lines.
                    last = through
                    try out.write(lines)
                    guard let ending = ExitStatus.interruption else { return }
                    try out.flush()
                    throw CommandFailure("interrupted", status: ending)
                }
            }
        } catch let failure as CommandFailure where failure.status == ExitStatus.interruption {
            throw CommandFailure(
                "interrupted after \(Self.event(last)): \(advice(last.next))",
                status: failure.status)
        }
    }

    /// Tells of an interruption that came before anything was written.
    func beforeWriting<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as HansardError where error.code == .cancelled {
            guard let ending = ExitStatus.interruption else { throw error }
            throw CommandFailure(
                "interrupted before anything was written: \(error.what); run it again",
                status: ending, cause: error)
        }
    }

    private static func event(_ position: Position) -> String {
        "event \(Figures.grouped(Int(position.rawValue)))"
    }

    /// The part of a log with a damaged event that can be written.
    func advice(at damaged: Position) -> String {
        let after = "--from \(damaged.next) writes the events after it"
        guard output != nil else { return "The events before it were written; \(after)" }
        let before =
            damaged > first ? "--to \(damaged.rawValue - 1) writes the events before it, and " : ""
        return "The file was not written; \(before)\(after)"
    }

    /// Refuses to begin or end beyond the head. To begin, the position after it is one that will
    /// come.
    func checkRange(head: Position) throws {
        if let last, last > head {
            throw CommandFailure.notFound(
                "there is no event \(last): the log ends at event \(head). Leave --to out to write up "
                    + "to there", at: head)
        }
        if first > head.next {
            throw CommandFailure.notFound(
                "there is no event \(from): the log ends at \(head). Give --from a position of this log, "
                    + "or \(head.next) for what will come", at: head)
        }
    }
}
