import ArgumentParser
import Bindings
import Hansard
import Records

struct CheckProofCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-proof", abstract: "Check a proof or a checkpoint, without the store.",
        discussion: """
            Takes what 'hansard prove' and 'hansard checkpoint' print. The keys to trust come from you, not \
            from the file: as 'hansard key show' printed them where the log is, or in a file of such lines. \
            Where the key was rotated since you noted it, the notes checkpoints/rotation-N of the store lead \
            from it to the new one.

            Exit status: 0 when the proof holds, 2 when it does not, 1 when it could not be checked.

            EXAMPLES
              hansard check-proof event.tlog-proof --key "$KEY"
              hansard check-proof growth.proof --key keys.txt --old kept.checkpoint
              hansard check-proof event.tlog-proof --key old.txt --rotation rotation-1
            """)

    @OptionGroup var output: OutputOptions
    @Argument(help: "The file with the proof, or - for standard input.")
    var file: String
    @Option(help: "A public key to trust, or a file of them; may be repeated.")
    var key: [String] = []
    @Option(
        help: ArgumentHelp("A note that a trusted key signed a new one.", valueName: "file"),
        completion: .file())
    var rotation: [String] = []
    @Option(
        help: ArgumentHelp(
            "A checkpoint that was kept: the proof must begin with it.", valueName: "file"),
        completion: .file())
    var old: String?

    func run() throws {
        let keys = try trusted()
        do {
            let finding = try ProofFinding(
                SmallFile.text(file), keys: keys,
                old: try old.map { try SignedCheckpoint(SmallFile.text($0)) })
            try Output.with { out in
                if output.json { return try out.line(try finding.record()) }
                for line in finding.lines { try out.line(line) }
            }
        } catch let error as HansardError
            where [.invalidProof, .untrustedKey, .otherLog, .logForked].contains(error.code)
        {
            throw CommandFailure("the proof does not hold: \(error)", status: .damage)
        }
    }

    private func trusted() throws -> [NoteKey] {
        var keys: [NoteKey] = []
        for given in key {
            if let key = NoteKey(given) {
                keys.append(key)
            } else {
                guard FileSystem.exists(given) else {
                    throw CommandFailure(
                        "--key: '\(given)' is neither a public key nor a file of them: 'hansard key show' "
                            + "prints the keys where the log is")
                }
                keys += try NoteKey.list(SmallFile.text(given), from: given)
            }
        }
        guard !keys.isEmpty else {
            throw ValidationError(
                "Name a key to trust with --key: 'hansard key show' prints it where the log is.")
        }
        for path in rotation {
            do { keys.append(try KeyRotation(SmallFile.text(path), trusted: keys).key) } catch {
                throw CommandFailure("\(path): \(error)", status: .damage)
            }
        }
        return keys
    }
}
