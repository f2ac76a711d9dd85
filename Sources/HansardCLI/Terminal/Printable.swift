/// Text from data made safe to show: no character of it steers the terminal or turns the writing
/// around.
enum Printable {
    /// Keeps newlines and tabs; other control characters become visible ones.
    static func text(_ text: String) -> String {
        if !text.unicodeScalars.contains(where: isUnsafe) { return text }
        var safe = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            defer { previous = scalar }
            // A line that ends in both keeps the newline alone.
            if scalar == "\n" && previous == "\r" { safe.removeLast() }
            safe.append(isUnsafe(scalar) ? picture(of: scalar) : scalar)
        }
        return String(safe)
    }

    /// On one line: newlines and tabs become spaces.
    static func line(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        let flat = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0 == "\n" || $0 == "\t" || $0 == "\r" ? " " : $0 }))
        return self.text(flat)
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00..<0x20, 0x7F..<0xA0: true
        // Line and paragraph separators; marks that turn the direction of writing.
        case 0x2028, 0x2029, 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// `␛` for the escape character and so on; what has no picture becomes `�`.
    private static func picture(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x00..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        default: "\u{FFFD}"
        }
    }
}
