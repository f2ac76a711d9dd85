import ArgumentParser
import Hansard
import HansardBindings
import HansardRecords

struct BackupListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the parts of a backup, with positions, times and sizes.",
        discussion: """
            Segments come first, in the order of their events, then full copies and checkpoints. \
            The times are the recorded times of the first and the last event of each part.

            Times are cut to whole seconds. To include the last event, give 'hansard restore \
            --to-time' the next second. With --json, each line is one object, with times to the \
            microsecond. The first line describes the backup itself.

            EXAMPLES
              hansard backup list /backup/record
            """)

    @Argument(
        help: ArgumentHelp("The backup's directory.", valueName: "dir"), completion: .directory)
    var directory: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        let contents = try BackupList(directory).list()
        try Output.with { out in
            if output.json {
                try out.line(try contents.record())
                for part in contents.parts { try out.line(try part.record()) }
            } else {
                for line in contents.lines { try out.line(Printable.line(line)) }
            }
        }
    }
}

extension BackupContents {
    fileprivate var lines: [String] {
        var lines = ["log \(logID), backed up to event \(Figures.grouped(Int(through.rawValue)))"]
        if let recordedAt { lines[0] += ", recorded \(recordedAt)" }
        for ancestor in ancestry {
            lines.append("restored from log \(ancestor.logID) as of event \(ancestor.position)")
        }
        if parts.isEmpty { return lines }
        lines.append(
            "EVENTS                    RECORDED (UTC)                                   SIZE  NAME")
        return lines + parts.map(\.line)
    }

    fileprivate func record() throws -> Record {
        try Record([
            ("log_id", .string(logID)),
            ("through", .integer(Int64(through.rawValue))),
            ("recorded_at", recordedAt.map { .string("\($0)") } ?? .null),
            ("updated_at", updatedAt.map { .string("\($0)") } ?? .null),
            ("bytes", .integer(Int64(parts.reduce(0) { $0 + $1.bytesCount }))),
            (
                "ancestry",
                .array(
                    ancestry.map {
                        .object([
                            ("log_id", .string($0.logID)),
                            ("position", .integer(Int64($0.position.rawValue))),
                            ("restored_at", .string("\($0.restoredAt)")),
                        ])
                    })
            ),
        ])
    }
}

extension BackupPart {
    /// `1-81234  2025-03-03T07:00:20 to 2025-03-04T09:39:17  12.1 MB  000000000001-….segment`
    fileprivate var line: String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        func time(_ instant: Instant?) -> String { instant.map { String("\($0)".prefix(19)) } ?? "" }
        let events =
            first.flatMap { first in last.map { "\(first)-\($0)" } } ?? "none"
        let times = firstAt == nil ? "" : "\(time(firstAt)) to \(time(lastAt))"
        let size = Figures.bytes(bytesCount)
        return padded(events, 24) + "  " + padded(times, 44)
            + String(repeating: " ", count: max(0, 9 - size.count)) + "\(size)  \(name)"
            + (fault == nil
                ? "" : "  \(kind == .missing ? "MISSING" : "DAMAGED"), see 'hansard backup verify'")
    }

    fileprivate func record() throws -> Record {
        func number(_ position: Position?) -> Value {
            position.map { .integer(Int64($0.rawValue)) } ?? .null
        }
        func time(_ instant: Instant?) -> Value { instant.map { .string("\($0)") } ?? .null }
        return try Record([
            ("kind", .string(kind.rawValue)), ("name", .string(name)),
            ("first", number(first)), ("last", number(last)),
            ("first_recorded_at", time(firstAt)), ("last_recorded_at", time(lastAt)),
            ("bytes", .integer(Int64(bytesCount))),
            ("contents_bytes", contentsBytes.map { .integer(Int64($0)) } ?? .null),
            ("fault", fault.map { .string(ErrorText.of($0)) } ?? .null),
        ])
    }
}
