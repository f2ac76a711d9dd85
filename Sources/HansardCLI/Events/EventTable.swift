import Hansard
import HansardRecords

/// Events in columns: recorded, position, type, stream, actor, and what the data say.
struct EventTable {
    private let style: Style
    private var rowsCount = 0

    /// On narrower terminals times lose their year, ids their end, and the actor its column.
    private static let wideColumns = 140
    private static let positionColumns = 8
    private static let actorColumns = 14
    private static let summaryColumns = 160

    init(style: Style) { self.style = style }

    private var isNarrow: Bool { style.columns.map { $0 < Self.wideColumns } ?? false }
    private var typeColumns: Int { isNarrow ? 16 : 18 }
    private var streamColumns: Int { isNarrow ? 16 : 44 }
    private var timeColumns: Int { isNarrow ? 14 : 19 }

    /// The line of headings.
    func header() -> String {
        var header = TextLayout.padded(isNarrow ? "TIME (UTC)" : "RECORDED (UTC)", to: timeColumns)
        header += "  POSITION  " + TextLayout.padded("TYPE", to: typeColumns)
        header += "  " + TextLayout.padded("STREAM", to: streamColumns)
        if !isNarrow { header += "  " + TextLayout.padded("ACTOR", to: Self.actorColumns) }
        return style.dim(header + "  DATA")
    }

    /// - Parameter isHidden: whether redacted text was taken out of it.
    func row(_ recorded: RecordedEvent, isHidden: Bool = false) -> String {
        let event = recorded.event
        let position = "\(recorded.position)"
        let padding = String(
            repeating: " ", count: max(0, Self.positionColumns - position.count))
        var before = time(recorded.recordedAt) + "  " + padding + position + "  "
        before += column(event.type.rawValue, typeColumns) + "  "
        before += column(isNarrow ? shortened(event.stream) : event.stream.text, streamColumns)
        before += "  "
        let actor = event.actor.map(Printable.line)
        if !isNarrow { before += TextLayout.padded(actor ?? "-", to: Self.actorColumns) + "  " }
        var summary = isHidden ? "[redacted]" : EventSummary.text(event)
        if isNarrow, let actor { summary = "\(actor): \(summary)" }
        let room = style.columns.map { max(8, $0 - TextLayout.columns(of: before)) }
        return before + TextLayout.cut(summary, to: room ?? Self.summaryColumns)
    }

    private func column(_ text: String, _ width: Int) -> String {
        let line = Printable.line(text)
        return TextLayout.padded(isNarrow ? TextLayout.cut(line, to: width) : line, to: width)
    }

    private func time(_ instant: Instant) -> String {
        let text = instant.text(.zulu)
        let (date, time) = (text.prefix(10), text.dropFirst(11).prefix(8))
        return isNarrow ? "\(date.dropFirst(5)) \(time)" : "\(date) \(time)"
    }

    /// With the beginning of a UUID only.
    private func shortened(_ stream: StreamName) -> String {
        stream.id.uuid == nil ? stream.text : "\(stream.category)/\(stream.id.text.prefix(8))"
    }
}

/// An event's data on one line.
enum EventSummary {
    /// Longer texts are cut before they are looked at: more than fits into any terminal.
    private static let scalarsMax = 400

    static func text(_ event: Event) -> String {
        Printable.line(String(words(of: event.data).unicodeScalars.prefix(scalarsMax)))
    }

    private static func words(of data: Record) -> String {
        if let text = textOfParts(data) { return text }
        for field in ["title", "name", "text"] {
            if let text = data.string(field), !text.isEmpty { return text }
        }
        if data.isEmpty { return "-" }
        // A record from the log is sound: its checksum was checked.
        return (try? data.json()) ?? "-"
    }

    /// The first text among a message's parts; without one, what the first part holds.
    private static func textOfParts(_ data: Record) -> String? {
        guard case .array(let parts)? = data.field("parts") else { return nil }
        var first: String?
        for case .object(let part) in parts {
            for (name, value) in part where name == "content" {
                if case .string(let text) = value, !text.isEmpty { return text }
                first = first ?? value.description
            }
        }
        return first
    }
}
