import ArgumentParser
import Hansard
import HansardChat
import HansardRecords

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Show or replace the key that signs checkpoints.",
        discussion: """
            EXAMPLES
              hansard key show > keys.txt
              hansard key rotate
            """,
        subcommands: [KeyShowCommand.self, KeyRotateCommand.self],
        defaultSubcommand: KeyShowCommand.self)
}

struct KeyShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the public keys, the one that signs last.",
        discussion: """
            Give them to whoever shall check proofs, by a way that does not lead through the store's \
            directory. The secret key is in keys/signing.key, for the store's owner alone.

            EXAMPLES
              hansard key show > keys.txt
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let keys = try store.openForReading().store.signingKeys()
        try Output.with { out in
            for key in keys {
                if output.json {
                    try out.line(
                        Record([
                            ("key", .string("\(key)")), ("signs", .bool(key == keys.last)),
                        ]))
                } else {
                    try out.line("\(key)")
                }
            }
        }
    }
}

struct KeyRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Sign with a new key from now on.",
        discussion: """
            The new key is signed by the old one (checkpoints/rotation-N), a checkpoint gets both \
            signatures, and the old secret key is removed. Whoever has the old public key can follow the \
            rotation; give them the new one all the same. After a theft that is not enough: the thief can \
            sign another rotation. Tell people the new key, and that what was signed after the theft proves \
            nothing.

            EXAMPLES
              hansard key rotate
              hansard key rotate --lost    # the old secret key is gone: nothing vouches for the new one; \
            refused while it is there
            """)

    @OptionGroup var store: AppendingStoreOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "The old secret key is gone.") var lost = false

    func run() throws {
        let store = try store.openForWriting().store
        let (old, new) = try store.rotateKey(isLost: lost, actor: ActingOptions.operatorName)
        try store.close()
        try Output.with { out in
            if output.json {
                try out.line(
                    Record([
                        ("key", .string("\(new)")),
                        ("previous", old.map { .string("\($0)") } ?? .null),
                    ]))
            } else {
                try out.line("signs from now on: \(new)")
            }
        }
    }
}
