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
        commandName: "show", abstract: "Print the public keys; the last one signs.",
        discussion: """
            Give the keys to everybody who checks proofs, by a way that does not use the store's \
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
            The old key signs the new one (checkpoints/rotation-N), and a checkpoint gets both \
            signatures. Then the old secret key is removed. Everybody with the old public key can \
            follow the rotation, but give them the new one too.

            After a theft a rotation is not enough, because the thief can sign another rotation. \
            Publish the new key, and announce that signatures made after the theft prove nothing.

            --lost makes a key that the old one does not sign. It is refused while the old secret \
            key exists.

            EXAMPLES
              hansard key rotate
              hansard key rotate --lost    # if the old secret key is lost
            """)

    @OptionGroup var store: AppendingStoreOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Make a key that nothing vouches for, because the old one is lost.") var lost =
        false

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
                try out.line("the new key that signs from now on: \(new)")
            }
        }
    }
}
