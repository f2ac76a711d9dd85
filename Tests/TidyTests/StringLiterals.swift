/// A string literal of Swift code, with literals that are added to it, and without interpolated code.
struct StringLiteral: Equatable {
    /// The line it begins on, counted from 1.
    let line: Int
    var text: String
}

/// The string literals of a file, in their order. Those in an interpolation come before the literal
/// around it.
func stringLiterals(in text: String) -> [StringLiteral] {
    var scanner = LiteralScanner(scalars: Array(text.unicodeScalars))
    scanner.scanCode()
    return scanner.found
}

private struct LiteralScanner {
    let scalars: [Unicode.Scalar]
    var index = 0
    var line = 1
    var found: [StringLiteral] = []
    /// The code since the last literal, without spaces; a lone plus sign joins two literals.
    var between = ""

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var isAtEnd: Bool { index >= scalars.count }

    private func isNext(_ text: String) -> Bool {
        let end = index + text.unicodeScalars.count
        return end <= scalars.count && scalars[index..<end].elementsEqual(text.unicodeScalars)
    }

    private mutating func step(_ count: Int = 1) {
        for _ in 0..<count where !isAtEnd {
            if scalars[index] == "\n" { line += 1 }
            index += 1
        }
    }

    /// Scans code up to the end, or to the parenthesis that closes an interpolation.
    mutating func scanCode() {
        var depth = 0
        while !isAtEnd {
            if isNext("//") {
                while !isAtEnd && scalars[index] != "\n" { step() }
            } else if let hashes = openingHashes() {
                scanLiteral(hashes: hashes)
            } else {
                let scalar = scalars[index]
                if scalar == ")" && depth == 0 && isInterpolated { return }
                if scalar == "(" { depth += 1 }
                if scalar == ")" { depth -= 1 }
                if !scalar.properties.isWhitespace { between.unicodeScalars.append(scalar) }
                step()
            }
        }
    }

    private var isInterpolated = false

    /// The number of hashes before a quotation mark here; nil if no literal begins here.
    private func openingHashes() -> Int? {
        var end = index
        while end < scalars.count && scalars[end] == "#" { end += 1 }
        return end < scalars.count && scalars[end] == "\"" ? end - index : nil
    }

    private mutating func scanLiteral(hashes: Int) {
        let isAdded = between == "+" && !found.isEmpty
        let start = line
        step(hashes)
        let quote = isNext("\"\"\"") ? "\"\"\"" : "\""
        step(quote.count)
        let mark = String(repeating: "#", count: hashes)
        var text = ""
        while !isAtEnd && !isNext(quote + mark) {
            if isNext("\\" + mark + "(") {
                step(2 + hashes)
                scanInterpolation()
                text += "…"
            } else {
                if isNext("\\") && hashes == 0 {
                    text.unicodeScalars.append("\\")
                    step()
                }
                if isAtEnd { break }
                text.unicodeScalars.append(scalars[index])
                step()
            }
        }
        step(quote.count + hashes)
        between = ""
        if isAdded, let last = found.indices.last {
            found[last].text += text
        } else {
            found.append(StringLiteral(line: start, text: text))
        }
    }

    private mutating func scanInterpolation() {
        let outer = (isInterpolated, between)
        isInterpolated = true
        between = "("
        scanCode()
        (isInterpolated, between) = outer
        step()
    }
}
