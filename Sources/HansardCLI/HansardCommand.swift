import ArgumentParser

@main
struct HansardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hansard",
        abstract: "The official record of a multi-agent chat system.",
        subcommands: [InitCommand.self, ImportCommand.self, DictionaryCommand.self])
}
