import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Sign the log's head, and print the checkpoint.",
        discussion: """
            A checkpoint states how many events the log has and what they are, in three lines and \
            a signature (C2SP tlog-checkpoint). The store keeps the latest one in \
            checkpoints/latest and renews it as events are appended. This verb signs one now. A \
            checkpoint that does not continue the previous one is never signed.

            Keep copies where nobody who can change the store can change them. Only these copies \
            reveal that the whole directory was rolled back. Every verb that appends takes \
            --checkpoint-dir and --checkpoint-command, which copy each new checkpoint. The \
            environment can set both (see 'hansard --help').

            EXAMPLES
              hansard checkpoint
              hansard checkpoint --checkpoint-dir /mnt/witness
              hansard checkpoint --checkpoint-command 'scp "$1" auditor@witness:record'
              hansard checkpoint > kept.checkpoint    # and later:
              hansard verify --checkpoint kept.checkpoint
              hansard checkpoint --lost    # if checkpoints/latest is lost for good
            """)

    @OptionGroup var store: AppendingStoreOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Sign the log as it is if the latest checkpoint is lost; this is recorded.")
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
