import ArgumentParser
import Hansard
import HansardRecords

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a new, empty store.",
        discussion: """
            The directory must be empty or must not exist, and its parent must exist. A crash \
            leaves a complete store or none.

            EXAMPLES
              hansard init --store ~/record
              hansard init --store ~/record --if-missing   # for scripts
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Succeed without a change if there is a store already.")
    var ifMissing = false

    func run() throws {
        let path = try store.path()
        let isNew = try make(path)
        try Output.with { out in
            if output.json {
                try out.line(Record([("path", .string(path)), ("created", .bool(isNew))]))
            } else {
                let path = Printable.line(path)
                try out.line(
                    isNew ? "made an empty store in \(path)" : "\(path) is a store already")
            }
        }
    }

    private func make(_ path: String) throws -> Bool {
        do {
            try Store.create(at: path)
            return true
        } catch {
            guard ifMissing && error.code == .alreadyExists else { throw error }
            // Opening tells a store from a directory that merely has something in it.
            _ = try store.openForReading()
            return false
        }
    }
}
