import HansardChat
import HansardRecords

/// Sessions in columns: created, id, number of messages, title.
struct SessionTable {
    private let style: Style
    private var rowsCount = 0

    private static let timeColumns = 16
    private static let idColumns = 36
    private static let countColumns = 4

    init(style: Style) { self.style = style }

    mutating func write(_ sessions: [SessionSummary], to out: inout Output) throws {
        for session in sessions {
            if rowsCount == 0 { try writeHeader(to: &out) }
            rowsCount += 1
            try out.line(row(session))
        }
    }

    mutating func end(_ out: inout Output) throws {
        if rowsCount == 0 { try out.line("no sessions") }
    }

    private func writeHeader(to out: inout Output) throws {
        let header =
            TextLayout.padded("CREATED (UTC)", to: Self.timeColumns) + "  "
            + TextLayout.padded("ID", to: Self.idColumns) + "  MSGS  TITLE"
        try out.line(style.dim(header))
    }

    private func row(_ summary: SessionSummary) -> String {
        let fields = summary.session.fields
        let count = summary.messagesCount.map { Figures.grouped($0) } ?? "?"
        let padding = String(repeating: " ", count: max(0, Self.countColumns - count.count))
        let before =
            TextLayout.padded(ShownTime.minutes("created_at", of: fields), to: Self.timeColumns)
            + "  "
            + TextLayout.padded(Printable.line(summary.id.text), to: Self.idColumns) + "  "
            + padding + count + "  "
        var title = Printable.line(fields.string("title") ?? "")
        if let columns = style.columns {
            title = TextLayout.cut(title, to: max(8, columns - TextLayout.columns(of: before)))
        }
        return before + title
    }
}

/// Times for people: to the second, in UTC.
enum ShownTime {
    /// The time in a field; as it stands when it is none.
    static func text(_ field: String, of fields: Record) -> String {
        if let instant = try? fields.instant(field) { return text(instant) }
        return fields.string(field).map(Printable.line) ?? "-"
    }

    static func text(_ instant: Instant) -> String { instant.text(.zulu).prefix(19) + "Z" }

    /// `2025-03-03 07:00`, for tables.
    static func minutes(_ field: String, of fields: Record) -> String {
        let text = text(field, of: fields)
        return text.count == 20 ? "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))" : text
    }
}
