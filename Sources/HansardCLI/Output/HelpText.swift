/// Help, wrapped to the terminal, but for examples: those are to be copied.
enum HelpText {
    /// Wider than any line the argument parser makes, so that it wraps none.
    static let unwrapped = 10_000

    /// The place where the parser begins what it says of an option.
    private static let optionColumns = 26

    /// Wraps help the parser made with `unwrapped` columns. What is no help, such as a script for
    /// completions, stays as it is.
    static func wrapped(_ help: String, to columns: Int) -> String {
        guard help.hasPrefix("OVERVIEW: ") else { return help }
        let columns = max(60, columns)
        var isOfOptions = false
        return help.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if headings.contains(String(line)) { isOfOptions = true }
            if isOfOptions { return wrapped(line, to: columns, indent: optionColumns) }
            // Indented lines are examples and tables, the usage is read as one line.
            if line.hasPrefix(" ") || line.hasPrefix("USAGE:") { return String(line) }
            return wrapped(line, to: columns, indent: 0)
        }.joined(separator: "\n")
    }

    private static let headings = ["ARGUMENTS:", "OPTIONS:", "SUBCOMMANDS:"]

    /// Breaks a line at spaces; the lines after the first are indented.
    private static func wrapped(_ line: Substring, to columns: Int, indent: Int) -> String {
        var lines: [String] = []
        var rest = line
        var room = columns
        while rest.count > room {
            let head = rest.prefix(room + 1)
            // Not within the option's name, nor in the space before what is said of it.
            let first = lines.isEmpty ? indent : 0
            guard let space = head.dropFirst(first).lastIndex(of: " "), space > head.startIndex
            else { break }
            lines.append(String(rest[..<space]))
            rest = rest[rest.index(after: space)...]
            room = columns - indent
        }
        lines.append(String(rest))
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }
}
