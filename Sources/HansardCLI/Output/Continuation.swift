/// Says how to go on after a page: with the output for people, beside it for programs.
enum Continuation {
    static func say(
        _ command: String, store: StoreOptions, isJSON: Bool, _ out: inout Output
    ) throws {
        var command = command
        if let path = store.store { command += " --store \(ShellWord.quoted(path))" }
        if isJSON {
            Diagnostics.say("there is more: \(command) --json")
        } else {
            try out.line("\nThere is more: \(Printable.line(command))")
        }
    }
}

/// Words as a shell takes them.
enum ShellWord {
    static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || "-_./:@%+,=".utf8.contains(byte)
        }
        if plain && !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: #"'\''"#) + "'"
    }
}
