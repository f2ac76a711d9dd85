import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare a session at two moments.",
        discussion: """
            Moments are positions, or times of the log's clock. With --json, each line is one \
            change of the session or of a message (added, removed or changed). It has the fields \
            before and after.

            EXAMPLES
              hansard diff session 31e98348-3540-5675-9335-82f20c802054 --from 500 --to 600
              hansard diff session 31e98348-3540-5675-9335-82f20c802054 --from 500 --json \\
                  | jq .message
            """, subcommands: [Session.self])

    struct Session: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "session", abstract: "Compare a session and its messages at two moments.",
            discussion: """
                EXAMPLES
                  hansard diff session 31e98348-3540-5675-9335-82f20c802054 --from 500 --to 600
                  hansard diff session 31e98348-3540-5675-9335-82f20c802054 --from 500 --json
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: ArgumentHelp("The session's id.", valueName: "id"))
        var id: String
        @Option(help: ArgumentHelp("The first moment.", valueName: "position|time"))
        var from: String
        @Option(help: ArgumentHelp("The second moment. (default: now)", valueName: "position|time"))
        var to: String?
        @OptionGroup var output: OutputOptions

        func validate() throws {
            _ = try Moment(from, option: "--from")
            _ = try to.map { try Moment($0, option: "--to") }
        }

        func run() throws {
            let session = try GivenID.identifier(id)
            let first = try Moment(from, option: "--from")
            let second = try to.map { try Moment($0, option: "--to") }
            let found = try store.openForReading().read { view in
                let from = try first.past(in: view).position
                let to = try second?.past(in: view).position ?? view.position
                return try view.difference(ofSession: session, from: from, to: to)
            }
            guard let difference = found else {
                throw CommandFailure.notFound(
                    "there was no session '\(id)' at either moment")
            }
            try Output.with { try write(difference, to: &$0) }
        }

        private func write(_ difference: SessionDifference, to out: inout Output) throws {
            if output.json { return try writeJSON(difference, to: &out) }
            if difference.isEmpty { return try out.line("no difference") }
            let text = MessageText(style: .output, isShortened: true)
            switch difference.fate {
            case .added: try out.line("+ session \(Printable.line(id))")
            case .removed: try out.line("- session \(Printable.line(id))")
            case .changed: break
            }
            for change in difference.fields { try out.line(change.text(.output)) }
            for (mark, messages) in [("+", difference.added), ("-", difference.removed)] {
                for message in messages {
                    try out.line("\(mark) message at position \(message.position)")
                    try text.write(message, to: &out)
                }
            }
            for (message, fields) in difference.changed {
                let id = Printable.line(message.fields.string("message_uuid") ?? "")
                try out.line("~ message \(id)" + Self.redaction(of: message, fields))
                for change in fields where !change.isRedaction {
                    try out.line("  " + change.text(.output))
                }
            }
        }

        /// Returns the words for a redacted message, and whether the redaction is part of the
        /// difference. They are beside its id, where no field of its own can be.
        private static func redaction(of message: ChatRecord, _ changes: [FieldChange]) -> String {
            guard let text = MessageText.redaction(of: message) else { return "" }
            guard let change = changes.first(where: { $0.isRedaction }) else { return " " + text }
            return (change.after == nil ? " not yet " : " became ") + text
        }

        private func writeJSON(_ difference: SessionDifference, to out: inout Output) throws {
            if !difference.fields.isEmpty {
                var line = JSONLine()
                line.add("session", .string(difference.fate.rawValue))
                line.add("fields", difference.fields)
                try out.line(line.text)
            }
            for (word, messages) in [("added", difference.added), ("removed", difference.removed)] {
                for message in messages {
                    var line = JSONLine()
                    line.add("message", .string(word))
                    try line.add("record", message.fields)
                    try out.line(line.text)
                }
            }
            for (message, fields) in difference.changed {
                var line = JSONLine()
                line.add("message", "changed")
                line.add("message_uuid", message.fields.field("message_uuid") ?? .null)
                line.add("fields", fields)
                if message.redaction != nil, let mark = message.fields.field("redacted") {
                    line.add("redacted", mark)
                }
                try out.line(line.text)
            }
        }
    }
}

extension FieldChange {
    /// `title: "a" → "b"`
    func text(_ style: Style) -> String {
        let words =
            switch (before, after) {
            case (nil, nil) where isTakenOut && name == "*":
                "other fields: removed by the redaction"
            case (nil, nil) where isTakenOut: "\(name): removed by the redaction"
            case (nil, let after?): "\(name): \(Self.short(after))"
            case (let before?, nil): "\(name): \(Self.short(before)) → (none)"
            case (let before?, let after?): "\(name): \(Self.short(before)) → \(Self.short(after))"
            case (nil, nil): name
            }
        let line = Printable.line(words)
        return style.columns.map { TextLayout.cut(line, to: $0 - 2) } ?? line
    }

    private static func short(_ value: Value) -> String { value.description }
}
