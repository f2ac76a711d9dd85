import HansardChat
import HansardRecords

/// A message for people: who and when, then its parts, indented.
struct MessageText {
    let style: Style
    /// Shows the beginning of long tool calls, tool results and reasoning only.
    let isShortened: Bool

    private static let indent = "  "
    private static let shortLinesMax = 6
    private static let shortColumns = 160

    func write(_ message: ChatRecord, to out: inout Output) throws {
        try out.line(heading(of: message.fields))
        if let redaction = Self.redaction(of: message) {
            try out.line(Self.indent + style.dim(redaction))
        }
        guard case .array(let parts)? = message.fields.field("parts") else { return }
        for part in parts {
            for line in lines(of: part) { try out.line(Self.indent + line) }
        }
    }

    /// The line that says by whom and why a message was redacted; nil for one that was not,
    /// whatever fields of its own it has.
    static func redaction(of message: ChatRecord) -> String? {
        guard let redaction = message.redaction, let redacted = message.fields.record("redacted")
        else { return nil }
        if redaction.event == nil {
            return "[redacted by event \(redaction.position), which can't be read]"
        }
        var text = "[redacted \(ShownTime.text("at", of: redacted))"
        if let actor = redacted.string("by") { text += " by \(Printable.line(actor))" }
        if let reason = redacted.string("reason") { text += ": \(Printable.line(reason))" }
        return text + "]"
    }

    private func heading(of message: Record) -> String {
        let type = Printable.line(message.string("type") ?? message.string("role") ?? "message")
        var who = style.bold(type)
        if let agent = message.string("agent_id") {
            who += " " + style.accent(Printable.line(agent))
        }
        let id = Printable.line(message.string("message_uuid") ?? "")
        return "\(style.dim(ShownTime.text("created_at", of: message)))  \(who)  \(style.dim(id))"
    }

    private func lines(of part: Value) -> [String] {
        guard case .object(let fields) = part, case .string(let type)? = fields.value("type") else {
            return block(part.description, mark: nil, isShort: isShortened)
        }
        let content = fields.value("content") ?? .null
        switch type {
        case "text": return block(content.readable, mark: nil, isShort: false)
        case "reasoning": return block(content.readable, mark: "thinks: ", isShort: isShortened)
        case "tool_call": return block(toolCall(content), mark: "calls ", isShort: isShortened)
        case "tool_result": return block(result(content), mark: "result: ", isShort: isShortened)
        default: return block(content.readable, mark: "\(type): ", isShort: isShortened)
        }
    }

    private func toolCall(_ content: Value) -> String {
        guard case .object(let fields) = content else { return content.readable }
        let tool = fields.value("tool")?.readable ?? "a tool"
        if let arguments = fields.value("arguments") { return "\(tool) \(arguments.readable)" }
        let rest = fields.filter { $0.0 != "tool" && $0.0 != "kind" }
        if isShortened, let summary = fields.value("summary") {
            return "\(tool) \(summary.readable)"
        }
        return rest.isEmpty ? tool : "\(tool) \(rest.map { $0.1.readable }.joined(separator: "\n"))"
    }

    private func result(_ content: Value) -> String {
        if case .object(let fields) = content, fields.count == 1 { return fields[0].1.readable }
        return content.readable
    }

    private func block(_ text: String, mark: String?, isShort: Bool) -> [String] {
        let safe = Printable.text((mark ?? "") + text)
        let width = style.columns.map { $0 - Self.indent.count }
        var lines = TextLayout.wrap(safe, to: width)
        while lines.count > 1 && lines.last == "" { lines.removeLast() }
        if isShort { lines = shortened(lines) }
        return mark == nil ? lines : lines.map(style.dim)
    }

    private func shortened(_ lines: [String]) -> [String] {
        let kept = lines.prefix(Self.shortLinesMax).map {
            TextLayout.cut($0, to: Self.shortColumns)
        }
        let left = lines.count - kept.count
        return left > 0 ? kept + ["… \(Figures.counted(left, "more line"))"] : Array(kept)
    }
}

extension [(String, Value)] {
    fileprivate func value(_ name: String) -> Value? { first { $0.0 == name }?.1 }
}

extension Value {
    /// Text as it is, everything else as JSON.
    fileprivate var readable: String {
        if case .string(let text) = self { return text }
        return description
    }
}
