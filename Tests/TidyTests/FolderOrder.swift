import Foundation

/// The folders of a module from bottom to top: a file refers to types of its own folder and of those
/// below it.
struct FolderOrder: Sendable {
    let module: String
    let folders: [String]

    static let all = [
        FolderOrder(
            module: "HansardEngine",
            folders: ["Event", "Log", "Index", "Fold", "Generations", "Write", "Store", "Read"]),
        FolderOrder(
            module: "HansardOperations",
            folders: ["Proofs", "Dictionaries", "Inspect", "Backup", "Transfer"]),
        FolderOrder(
            module: "HansardChat", folders: ["Domain", "Queries", "Past", "Commands", "Exchange"]),
    ]

    /// References upwards, and folders without a place in the order.
    func findings(in files: [SourceFile]) -> [Finding] {
        let mine = files.filter { $0.path.hasPrefix("Sources/\(module)/") && $0.isSwift }
        var homes: [String: Int] = [:]
        var findings: [Finding] = []
        for file in mine {
            guard let folder = folder(of: file) else { continue }
            guard let place = folders.firstIndex(of: folder) else {
                findings.append(
                    Finding(
                        path: file.path, line: 1, message: "\(folder) has no place in the order"))
                continue
            }
            for name in declaredTypes(in: file.text) { homes[name] = place }
        }
        for file in mine {
            guard let place = folder(of: file).flatMap(folders.firstIndex) else { continue }
            for (line, text) in codeLines(of: file.text) {
                for name in identifiers(in: text) {
                    guard let home = homes[name], home > place else { continue }
                    findings.append(
                        Finding(
                            path: file.path, line: line,
                            message: "\(name) is in \(folders[home]), above \(folders[place])"))
                }
            }
        }
        return findings
    }

    /// The folder in the module; nil for a file at its top.
    private func folder(of file: SourceFile) -> String? {
        let parts = file.path.split(separator: "/")
        return parts.count > 3 ? String(parts[2]) : nil
    }
}

/// Names of the types a file declares at its top level.
func declaredTypes(in text: String) -> [String] {
    matches(
        of: #"(?m)^(?:(?:public|package|final|indirect) |@\w+ )*"#
            + #"(?:struct|class|enum|actor|protocol|typealias) (\w+)"#, in: text)
}

/// Names of the types a file declares for users of its module.
func publicTypes(in text: String) -> [String] {
    matches(
        of: #"(?m)^(?:@\w+ )*public (?:final |indirect )*"#
            + #"(?:struct|class|enum|actor|protocol|typealias) (\w+)"#, in: text)
}

/// Capitalised identifiers that follow no dot.
func identifiers(in code: String) -> [String] {
    matches(of: #"(?<![\w.])([A-Z]\w*)"#, in: code)
}

/// Capitalised identifiers, members of other types too.
func identifiersAndMembers(in code: String) -> [String] {
    matches(of: #"(?<!\w)([A-Z]\w*)"#, in: code)
}

/// The lines without comments and the contents of one-line string literals.
func codeLines(of text: String) -> [(line: Int, text: String)] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
        let bare =
            line
            .replacingOccurrences(
                of: #""(?:[^"\\]|\\.)*""#, with: "\"\"", options: .regularExpression
            )
            .replacingOccurrences(of: #"//.*$"#, with: "", options: .regularExpression)
        return (index + 1, bare)
    }
}

private func matches(of pattern: String, in text: String) -> [String] {
    guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
    let whole = NSRange(text.startIndex..., in: text)
    return expression.matches(in: text, range: whole).compactMap { match in
        Range(match.range(at: 1), in: text).map { String(text[$0]) }
    }
}
