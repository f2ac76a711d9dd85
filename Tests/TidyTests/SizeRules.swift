import Foundation

let fileLinesMax = 400
let functionLinesMax = 70
let scriptLinesMax = 80

let sizeRules = [
    Rule(
        name: "source files stop at 400 lines",
        covers: { $0.isProduct },
        bad: [sample("Sources/A/B.swift", String(repeating: "//\n", count: fileLinesMax + 1))],
        good: [sample("Sources/A/B.swift", String(repeating: "//\n", count: fileLinesMax))],
        offences: { linesBeyond(fileLinesMax, in: $0) }),
    Rule(
        name: "scripts stop at 80 lines",
        covers: { $0.isScript },
        bad: [sample("scripts/a", String(repeating: "#\n", count: scriptLinesMax + 1))],
        good: [sample("scripts/a", String(repeating: "#\n", count: scriptLinesMax))],
        offences: { linesBeyond(scriptLinesMax, in: $0) }),
    Rule(
        name: "functions stop at 70 lines",
        covers: { $0.isSwift },
        bad: [
            sample("Sources/A/B.swift", function("func f() {", lines: functionLinesMax + 1)),
            sample("Tests/A/B.swift", function("func f(\n    a: Int\n) {", lines: 69)),
            sample("Sources/A/B.swift", function("var v: Int {", lines: functionLinesMax + 1)),
        ],
        good: [
            sample("Sources/A/B.swift", function("func f() {", lines: functionLinesMax)),
            sample("Sources/A/B.swift", function("struct S {", lines: functionLinesMax + 1)),
            sample("Sources/A/B.swift", "  func f()\n" + function("  struct S {", lines: 90)),
        ],
        offences: { overlongFunctions(in: $0) }),
    Rule(
        name: "lines stop at 100 columns, in tests at 120",
        covers: { $0.isSwift },
        bad: [
            sample("Sources/A/B.swift", String(repeating: "x", count: 101)),
            sample("Tests/A/B.swift", String(repeating: "x", count: 121)),
        ],
        good: [
            sample("Sources/A/B.swift", String(repeating: "x", count: 100)),
            sample("Tests/A/B.swift", String(repeating: "x", count: 120)),
            sample("Sources/A/B.swift", "f(\"" + String(repeating: "x", count: 120) + "\")"),
            sample("Sources/A/B.swift", "// https://" + String(repeating: "x", count: 120)),
            sample(
                "Sources/A/B.swift",
                #"""""# + "\n" + String(repeating: "x", count: 120) + "\n" + #"""""#),
        ],
        offences: { overlongLines(in: $0) }),
]

func sample(_ path: String, _ text: String) -> SourceFile { SourceFile(path: path, text: text) }

/// A declaration that spans `lines` lines counting from the one that opens its body.
private func function(_ opening: String, lines: Int) -> String {
    let indent = opening.prefix { $0 == " " }
    return opening + "\n" + String(repeating: indent + "    x\n", count: lines - 2) + indent + "}\n"
}

private func linesBeyond(_ max: Int, in file: SourceFile) -> [Offence] {
    let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
    return count > max ? [(max + 1, "\(count) lines, at most \(max) are allowed")] : []
}

/// Functions and accessors measured from their first line to the brace that closes them, which in
/// formatted code stands at the indentation of the first line.
private func overlongFunctions(in file: SourceFile) -> [Offence] {
    let lines = file.lines
    return lines.indices.compactMap { start in
        let opening = lines[start]
        guard isMatch(opening, #"^\s*(?:[\w@():,.]+ )*(?:func|init|deinit|subscript|var)\b"#),
            let end = closingLine(of: start, in: lines)
        else { return nil }
        let count = end - start + 1
        guard count > functionLinesMax else { return nil }
        return (start + 1, "a function of \(count) lines, at most \(functionLinesMax) are allowed")
    }
}

/// The line that closes the body begun at `start`; `nil` when the declaration has none or ends
/// there.
private func closingLine(of start: Int, in lines: [Substring]) -> Int? {
    let indent = lines[start].prefix { $0 == " " }
    var hasBody = lines[start].hasSuffix("{")
    if !hasBody, isMatch(lines[start], #"\{.*\}$"#) { return nil }
    for index in lines.indices.dropFirst(start + 1) {
        let line = lines[index]
        let content = line.drop { $0 == " " }
        if content.isEmpty || line.count - content.count > indent.count { continue }
        if hasBody { return content.hasPrefix("}") ? index : nil }
        guard isMatch(content, #"^(?:\)|\{|->|where\b)"#) else { return nil }
        hasBody = content.hasSuffix("{")
    }
    return nil
}

private func overlongLines(in file: SourceFile) -> [Offence] {
    let max = file.isTest ? 120 : 100
    var inLiteral = false
    return file.lines.enumerated().compactMap { index, line in
        let wasInLiteral = inLiteral
        if line.components(separatedBy: #"""""#).count.isMultiple(of: 2) { inLiteral.toggle() }
        guard line.count > max, !wasInLiteral else { return nil }
        let bare = String(line)
            .replacingOccurrences(of: #"https?://\S+"#, with: "", options: .regularExpression)
            .replacingOccurrences(of: #""(?:[^"\\]|\\.)*""#, with: "", options: .regularExpression)
        return bare.count > max ? (index + 1, "\(line.count) columns, at most \(max)") : nil
    }
}
