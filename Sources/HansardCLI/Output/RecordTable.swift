import HansardRecords

/// Records in columns, cut to the terminal's width.
struct RecordTable {
    struct Column {
        let title: String
        let width: Int
        let text: (Record) -> String

        init(_ title: String, width: Int, _ text: @escaping (Record) -> String) {
            self.title = title
            self.width = width
            self.text = text
        }

        /// A field's text; `-` when it is null or missing.
        static func field(_ name: String, _ title: String, width: Int) -> Column {
            Column(title, width: width) { $0.string(name).map(Printable.line) ?? "-" }
        }

        /// A time, to the minute.
        static func time(_ name: String, _ title: String) -> Column {
            Column(title, width: 16) { ShownTime.minutes(name, of: $0) }
        }
    }

    let columns: [Column]
    let style: Style
    /// Said when there is no row.
    let nothing: String

    func write(_ records: [Record], to out: inout Output) throws {
        if records.isEmpty { return try out.line(nothing) }
        try out.line(style.dim(line { $0.title }))
        for record in records { try out.line(line { $0.text(record) }) }
    }

    private func line(_ text: (Column) -> String) -> String {
        var line = ""
        for (number, column) in columns.enumerated() {
            let isLast = number == columns.count - 1
            line += isLast ? text(column) : TextLayout.padded(text(column), to: column.width) + "  "
        }
        return style.columns.map { TextLayout.cut(line, to: $0) } ?? line
    }
}

/// One record in full for people: a field a line.
enum RecordText {
    static func write(_ record: Record, style: Style, to out: inout Output) throws {
        let width = min(24, record.fieldNames.map { TextLayout.columns(of: $0) }.max() ?? 0)
        for (name, value) in record {
            let shown = if case .string(let text) = value { text } else { value.description }
            let label = TextLayout.padded(Printable.line(name), to: width)
            try out.line(style.dim(label) + "  " + Printable.line(shown))
        }
    }
}

extension Output {
    /// A list of records: JSON Lines, or a table.
    mutating func list(_ records: [Record], json: Bool, _ table: RecordTable) throws {
        if json {
            for record in records { try line(record) }
        } else {
            try table.write(records, to: &self)
        }
    }

    /// One record: JSON, or a field a line.
    mutating func show(_ record: Record, json: Bool) throws {
        if json { return try line(record) }
        try RecordText.write(record, style: .output, to: &self)
    }
}
