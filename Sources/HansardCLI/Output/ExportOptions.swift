import ArgumentParser
import Bindings
import Hansard

/// What an export takes of a log, and where it goes.
struct ExportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("First event to write.", valueName: "position"))
    var from: UInt64 = 1
    @Option(
        help: ArgumentHelp("Last event to write. (default: the log's head)", valueName: "position"))
    var to: UInt64?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write to a new file; .zst is compressed.", valueName: "file"),
        completion: .file())
    var output: String?
    @Flag(help: "Replace the file that --output names.")
    var force = false
    @Flag(help: "With --output, print a summary as JSON. The lines are JSON anyway.")
    var json = false
    @Flag(name: .shortAndLong, help: "No progress, and no summary.")
    var quiet = false

    var first: Position { Position(from) }
    var last: Position? { to.map { Position($0) } }

    func validate() throws {
        if from == 0 { throw ValidationError("--from must be 1 or more: positions begin at 1.") }
        if let to, to < from { throw ValidationError("--to \(to) is before --from \(from).") }
        if force && output == nil { throw ValidationError("--force is for --output FILE.") }
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
        do {
            try body { lines, through in
                if let ending = ExitStatus.interruption {
                    let isThere = FileSystem.exists(path)
                    throw CommandFailure(
                        "interrupted: \(path) \(isThere ? "is as it was" : "was not written"), and nothing "
                            + "is left beside it: run it again",
                        status: ending)
                }
                try file.write(lines)
                status.show { "\(path): up to event \(Figures.grouped(Int(through.rawValue)))" }
            }
            try file.finish()
        } catch {
            guard let left = file.discard() else { throw error }
            Diagnostics.say("\(left) is left of the unfinished export: remove it")
            throw error
        }
    }

    /// What can be written of a log with a damaged event.
    func advice(at damaged: Position) -> String {
        let behind = "--from \(damaged.next)"
        guard output != nil else {
            return "What lies before it was written; \(behind) writes what lies behind"
        }
        let before =
            damaged > first ? "--to \(damaged.rawValue - 1) writes what lies before it, " : ""
        return "The file was not written: \(before)\(behind)"
            + (before.isEmpty ? " writes what lies behind it" : " what lies behind")
    }

    /// Refuses to begin or end beyond the head. To begin, the position after it is one that will
    /// come.
    func checkRange(head: Position) throws {
        if let last, last > head {
            throw CommandFailure(
                "there is no event \(last): the log ends at event \(head). Leave --to out to write up "
                    + "to there")
        }
        if first > head.next {
            throw CommandFailure(
                "there is no event \(from): the log ends at \(head). Give --from a position of this log, "
                    + "or \(head.next) for what will come")
        }
    }
}
