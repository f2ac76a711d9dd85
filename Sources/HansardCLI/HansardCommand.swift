import ArgumentParser
import Hansard
import HansardBindings

@main
struct HansardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hansard",
        abstract: "The official record of a multi-agent chat system.",
        discussion: """
            Every verb takes --store DIR, or uses the directory in HANSARD_STORE. With --json, a \
            verb prints JSON: one object, or one object a line for lists. Messages go to standard \
            error. With --json, the last message of a failed run is an object with error, code, \
            position and status.

            EXAMPLES
              export HANSARD_STORE=~/record
              hansard init
              hansard import conversations.jsonl.zst
              hansard sessions
              hansard help session

            Completions for bash, zsh or fish:
              hansard --generate-completion-script bash \\
                  > ~/.local/share/bash-completion/completions/hansard
              hansard --generate-completion-script zsh > ~/.zsh/completions/_hansard
              hansard --generate-completion-script fish \\
                  > ~/.config/fish/completions/hansard.fish

            EXIT STATUS
              0    the operation is done
              1    the operation failed; the message gives the reason and the advice
              2    verify or backup verify found damage, a check of doctor failed, or
                   the input of check-proof does not hold
              3    append: the stream is not as expected, or the id has other content
              64   the command line is wrong
              65   input could not be imported or appended; imported lines stay, and
                   append adds nothing (append --recorded keeps earlier events)
              130  Ctrl-C ended the run (143: kill); reported work is done

            ENVIRONMENT
              HANSARD_STORE               the store's directory, if --store is not given
              HANSARD_CHECKPOINT_DIR      an external directory for the latest checkpoint
              HANSARD_CHECKPOINT_COMMAND  a command that copies each checkpoint, file $1
              NO_COLOR                    no colours, even on a terminal (as TERM=dumb)
            """,
        version: ProgramVersion.text,
        subcommands: [
            InitCommand.self, ImportCommand.self, ExportCommand.self, AppendCommand.self,
            SessionsCommand.self, SessionCommand.self, MessageCommand.self, AgentsCommand.self,
            ContextsCommand.self, TasksCommand.self, EventsCommand.self, FollowCommand.self,
            HistoryCommand.self, DiffCommand.self, TrimCommand.self, RedactCommand.self,
            DeleteCommand.self,
            ProjectionsCommand.self, StatsCommand.self, VerifyCommand.self, DoctorCommand.self,
            CheckpointCommand.self, ProveCommand.self, CheckProofCommand.self, KeyCommand.self,
            RebuildCommand.self, IndexCommand.self, DictionaryCommand.self, BackupCommand.self,
            RestoreCommand.self, LogCommand.self,
        ])

    /// Here too, so that it may stand before the verb.
    @OptionGroup var store: StoreOptions

    static func main() async {
        StandardDescriptors.fill()
        Interruption.ignoreBrokenPipes()
        Interruption.endAtOnce()
        do {
            try await run(asyncParseAsRoot())
        } catch {
            exit(withError: report(error).code)
        }
    }

    private static func run(_ parsed: any ParsableCommand) async throws {
        var parsed = parsed
        do {
            if var command = parsed as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try parsed.run()
            }
        } catch let error as ValidationError {
            // Found after parsing, so that the parser does not know of which verb.
            let words = path(to: type(of: parsed)) ?? []
            let help = (["hansard", "help"] + words).joined(separator: " ")
            let more = Diagnostics.isJSON ? "" : "\n  See '\(help)' for more information."
            let code = exitCode(for: error)
            Diagnostics.end(error.message + more, cause: nil, status: code.rawValue)
            throw code
        }
    }

    /// The words of a verb, as `index list`.
    private static func path(
        to verb: any ParsableCommand.Type, from command: any ParsableCommand.Type = Self.self
    ) -> [String]? {
        if verb == command { return [] }
        for below in command.configuration.subcommands {
            if let rest = path(to: verb, from: below) {
                return [below.configuration.commandName ?? ""] + rest
            }
        }
        return nil
    }

    /// Says what went wrong, in one form for all errors.
    private static func report(_ error: any Error) -> ExitStatusOrCode {
        switch error {
        case is BrokenPipe: return .status(.success)
        case let failure as CommandFailure:
            Diagnostics.end(
                failure.message, cause: failure.cause, place: failure.place,
                status: failure.status.rawValue)
            return .status(failure.status)
        case let error as HansardError:
            Diagnostics.end(ErrorText.of(error), cause: error, status: ExitStatus.failure.rawValue)
            return .status(.failure)
        case let error as ExitCode: return .code(error)
        default: return reportUsage(error)
        }
    }

    /// The errors of the argument parser: requests for help as well as mistakes.
    private static func reportUsage(_ error: any Error) -> ExitStatusOrCode {
        let code = exitCode(for: error)
        if code.isSuccess {
            do { try Output.with { try $0.line(fullMessage(for: error)) } } catch {
                return report(error)
            }
            return .code(code)
        }
        let words = Array(CommandLine.arguments.dropFirst())
        if let unknown = UnknownVerb.first(in: words, of: Self.self) {
            Diagnostics.end(unknown.message, cause: nil, status: code.rawValue)
            return .code(code)
        }
        var text = Diagnostics.isJSON ? message(for: error) : fullMessage(for: error)
        if text.hasPrefix("Error: ") { text.removeFirst("Error: ".count) }
        Diagnostics.end(text, cause: nil, status: code.rawValue)
        return .code(code)
    }
}

/// The status a run ends with: one of ours, or the argument parser's.
private enum ExitStatusOrCode {
    case status(ExitStatus)
    case code(ExitCode)

    var code: ExitCode {
        switch self {
        case .status(let status): status.code
        case .code(let code): code
        }
    }
}
