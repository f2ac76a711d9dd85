import ArgumentParser

/// A word that stands where a verb must, and is none. The parser of arguments calls it unexpected,
/// or names an option after it.
struct UnknownVerb {
    private let word: String
    /// The words before it, from the program's name on.
    private let path: [String]
    private let verbs: [String]

    /// Options that may stand before a verb, with a value after them.
    private static let optionsWithValue: Set<String> = [
        "--store", "--checkpoint-dir", "--checkpoint-command", "--generate-completion-script",
    ]
    /// The number of letters may be other ones in what is suggested.
    private static let distanceMax = 2

    /// Nil when every verb of the command line is one.
    static func first(
        in arguments: [String], of root: any ParsableCommand.Type
    ) -> UnknownVerb? {
        var command = root
        var path = [root.configuration.commandName ?? ""]
        var isValue = false
        for word in arguments {
            if isValue || word.hasPrefix("-") {
                if word == "--" { return nil }
                isValue = !isValue && optionsWithValue.contains(word)
                continue
            }
            let below = command.configuration.subcommands
            if let next = below.first(where: { $0.configuration.commandName == word }) {
                command = next
                path.append(word)
                continue
            }
            // The word may be the parser's own, or an argument of the verb itself.
            if path.count == 1 && word == "help" { return nil }
            if below.isEmpty || command.configuration.defaultSubcommand != nil { return nil }
            return UnknownVerb(
                word: word, path: path, verbs: below.compactMap { $0.configuration.commandName })
        }
        return nil
    }

    var message: String {
        let verb = (path.dropFirst() + [word]).joined(separator: " ")
        let nearest = verbs.map { (name: $0, distance: Self.distance(word, $0)) }
            .min { $0.distance < $1.distance }
        let isNear = nearest.map { $0.distance <= min(Self.distanceMax, word.count - 1) } ?? false
        let suggestion = isNear ? nearest.map { " Did you mean '\($0.name)'?" } ?? "" : ""
        return "there is no verb '\(verb)'.\(suggestion) '\(path.joined(separator: " ")) --help' "
            + "lists the verbs"
    }

    /// Letters to add, leave out or change to make one word of the other (Levenshtein).
    private static func distance(_ one: String, _ other: String) -> Int {
        let (a, b) = (Array(one.lowercased()), Array(other.lowercased()))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let changed = diagonal + (letter == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, min(diagonal, row[j]) + 1)
            }
        }
        return row[b.count]
    }
}
