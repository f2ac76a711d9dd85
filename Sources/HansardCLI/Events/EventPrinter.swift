import Hansard

/// Prints events one after the other, as JSON Lines or as a table.
struct EventPrinter {
    private var json: EventJSON?
    private let table: EventTable
    private var hasHeader = false
    private var line: [UInt8] = []

    init(json: Bool, style: Style) {
        self.json = json ? EventJSON() : nil
        table = EventTable(style: style)
    }

    mutating func print(_ event: ShownEvent, to out: inout Output) throws {
        if json == nil {
            try printHeader(to: &out)
            return try out.line(table.row(event.recorded, isHidden: event.isHidden))
        }
        line.removeAll(keepingCapacity: true)
        try json?.append(event.recorded, isHidden: event.isHidden, to: &line)
        try out.write(line)
    }

    /// Prints the headings of the table, once.
    mutating func printHeader(to out: inout Output) throws {
        if json != nil || hasHeader { return }
        hasHeader = true
        try out.line(table.header())
    }
}
