/// Fits text into columns of a terminal. East Asian characters and emoji take two, marks none.
enum TextLayout {
    static func columns(of text: some StringProtocol) -> Int {
        isPlain(text) ? text.utf8.count : text.reduce(0) { $0 + columns(of: $1) }
    }

    /// True if it is of ASCII without control characters: each byte then is a column.
    private static func isPlain(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    private static func columns(of character: Character) -> Int {
        character.unicodeScalars.map(columns(of:)).max() ?? 0
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }

    /// Cuts text to a width, with `…` at the end when something is missing.
    static func cut(_ text: String, to width: Int) -> String {
        if isPlain(text) {
            return text.utf8.count <= width ? text : "\(text.prefix(max(0, width - 1)))…"
        }
        var used = 0
        var kept = text.startIndex
        for index in text.indices {
            used += columns(of: text[index])
            if used > width { return text[..<kept] + "…" }
            if used < width { kept = text.index(after: index) }
        }
        return text
    }

    /// Pads text on the right.
    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - columns(of: text)))
    }

    /// Breaks text into lines at spaces, or within words that are too long. Nil leaves lines whole.
    static func wrap(_ text: String, to width: Int?) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            guard let width, columns(of: line) > width else { return [String(line)] }
            return wrap(line: line, to: max(width, 2))
        }
    }

    private static func wrap(line: Substring, to width: Int) -> [String] {
        var lines: [String] = []
        var start = line.startIndex
        var used = 0
        // The last space since `start`, and the columns up to and with it.
        var space: (index: Substring.Index, used: Int)?
        for index in line.indices {
            used += columns(of: line[index])
            if used > width && index > start {
                if line[index] == " " {
                    lines.append(String(line[start..<index]))
                    start = line.index(after: index)
                    used = 0
                    space = nil
                } else if let found = space {
                    lines.append(String(line[start..<found.index]))
                    start = line.index(after: found.index)
                    used -= found.used
                    space = nil
                } else {
                    lines.append(String(line[start..<index]))
                    start = index
                    used = columns(of: line[index])
                }
            }
            if line[index] == " " && index > start { space = (index, used) }
        }
        if start < line.endIndex { lines.append(String(line[start...])) }
        return lines
    }
}
