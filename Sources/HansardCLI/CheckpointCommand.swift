import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Sign the log's head, and print it.",
        discussion: """
            A checkpoint says how many events there are and what they are, in three lines and a signature \
            (C2SP tlog-checkpoint). One is kept in the store's checkpoints/latest and renewed as events are \
            appended; this verb signs one now. None is signed that does not continue the one before.

            Keep copies where whoever can change the store can't change them: only they show that the whole \
            directory was put back to an older state. --checkpoint-dir and --checkpoint-command, which every \
            verb takes that appends, or the environment (see 'hansard --help') do that with each new one.

            EXAMPLES
              hansard checkpoint
              hansard checkpoint --checkpoint-dir /mnt/elsewhere
              hansard checkpoint --checkpoint-command 'scp "$1" auditor@elsewhere:record.checkpoint'
              hansard checkpoint > kept.checkpoint    # and later:
              hansard verify --checkpoint kept.checkpoint
              hansard checkpoint --lost    # checkpoints/latest is gone for good: sign the log as it is
            """)

    @OptionGroup var store: AppendingStoreOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "The latest checkpoint is gone: sign the log as it is, and record that.")
    var lost = false

    func run() throws {
        let store = try store.openForWriting(tellsSigning: false).store
        let signed =
            lost
            ? try store.checkpointAnew(actor: ActingOptions.operatorName) : try store.checkpoint()
        try store.close()
        try Output.with { out in
            if output.json {
                try out.line(try signed.record())
            } else {
                try out.write(Array(signed.note.note.utf8))
            }
        }
        // What was signed stays signed, even if its copy failed.
        if let failure = store.checkpointFailure { throw failure }
    }
}

extension SignedCheckpoint {
    /// The checkpoint for programs.
    func record() throws -> Record {
        try Record([
            ("origin", .string(checkpoint.origin)), ("size", .integer(Int64(checkpoint.size))),
            ("root", .string("\(checkpoint.root)")), ("note", .string(note.note)),
        ])
    }
}
