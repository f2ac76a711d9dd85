import ArgumentParser
import Hansard
import HansardBindings
import HansardRecords

struct CheckProofCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-proof", abstract: "Check a proof or a checkpoint, without the store.",
        discussion: """
            Takes the output of 'hansard prove' or 'hansard checkpoint'. The trusted keys come \
            from you, not from the file. Give each key as 'hansard key show' prints it at the log, \
            or name a file with these lines.

            If the key was rotated after you noted it, add --rotation. The notes \
            checkpoints/rotation-N of the store lead from the old key to the new one.

            With --json, a proof that does not hold is {"holds":false}, with the reason and its \
            code.

            EXIT STATUS
              0  the proof holds
              1  it could not be checked: a file is missing, or is no proof at all
              2  it does not hold, is of another log, or is signed by another key

            EXAMPLES
              hansard check-proof event.tlog-proof --key "$KEY"
              hansard check-proof growth.proof --key keys.txt --old kept.checkpoint
              hansard check-proof event.tlog-proof --key old.txt --rotation rotation-1
            """)

    @OptionGroup var output: OutputOptions
    @Argument(help: "The file with the proof, or - for standard input.")
    var file: String
    @Option(help: "A trusted public key, or a file of them; may be repeated.")
    var key: [String] = []
    @Option(
        help: ArgumentHelp("A note in which a trusted key signed a new one.", valueName: "file"),
        completion: .file())
    var rotation: [String] = []
    @Option(
        help: ArgumentHelp(
            "A checkpoint that you kept; the proof must begin with it.", valueName: "file"),
        completion: .file())
    var old: String?

    func run() throws {
        do { try check() } catch let failure as CommandFailure where failure.status == .damage {
            if output.json {
                try Output.with { out in
                    try out.line(
                        Record([
                            ("holds", .bool(false)), ("reason", .string(failure.message)),
                            ("code", failure.cause.map { .string($0.code.rawValue) } ?? .null),
                        ]))
                }
            }
            throw failure
        }
    }

    private func check() throws {
        let keys = try trusted()
        do {
            let finding = try ProofFinding(
                SmallFile.text(file), in: file, keys: keys,
                old: try old.map { try kept($0, by: keys) })
            try Output.with { out in
                if output.json { return try out.line(try finding.json()) }
                for line in finding.lines { try out.line(line) }
            }
        } catch let error as HansardError
            where [.invalidProof, .untrustedKey, .otherLog, .logForked].contains(error.code)
        {
            throw CommandFailure(
                "the proof does not hold: \(ErrorText.of(error))", status: .damage, cause: error)
        }
    }

    /// The checkpoint that was kept, which is believed no more than the proof.
    private func kept(_ path: String, by keys: [NoteKey]) throws -> SignedCheckpoint {
        do {
            let signed = try ProofFinding.checkpoint(SmallFile.text(path), in: path)
            try ProofFinding.naming(signed, keys) { try signed.note.verified(by: keys) }
            return signed
        } catch let error as HansardError {
            throw CommandFailure(
                "the kept checkpoint \(path): \(ErrorText.of(error))", status: .damage, cause: error
            )
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
                        "--key: '\(given)' is neither a public key nor a file of keys: 'hansard key show' "
                            + "prints the keys at the log")
                }
                keys += try NoteKey.list(SmallFile.text(given), from: given)
            }
        }
        guard !keys.isEmpty else {
            throw ValidationError(
                "Name a trusted key with --key: 'hansard key show' prints it at the log.")
        }
        try follow(rotation, &keys)
        return keys
    }

    /// Adds the keys that rotations lead to, in whatever order they were named.
    private func follow(_ rotations: [String], _ keys: inout [NoteKey]) throws {
        var left = rotations
        while !left.isEmpty {
            var waiting: [(path: String, error: HansardError)] = []
            for path in left {
                let text = try SmallFile.text(path)
                guard KeyRotation.isBegun(in: text) else {
                    throw CommandFailure(
                        "nothing was checked: \(path) is not a key rotation: take checkpoints/rotation-N of "
                            + "the store")
                }
                do {
                    keys.append(try KeyRotation(text, trusted: keys).key)
                } catch {
                    // Another of them may lead to the key that signed it.
                    guard error.code == .untrustedKey else { throw Self.failed(path, error) }
                    waiting.append((path, error))
                }
            }
            if let first = waiting.first, waiting.count == left.count {
                throw Self.failed(first.path, first.error)
            }
            left = waiting.map(\.path)
        }
    }

    private static func failed(_ path: String, _ error: HansardError) -> CommandFailure {
        CommandFailure("\(path): \(ErrorText.of(error))", status: .damage, cause: error)
    }
}
