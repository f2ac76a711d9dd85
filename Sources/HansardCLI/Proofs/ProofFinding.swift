import Hansard
import HansardBindings
import HansardRecords

/// The statement that a checked file proves.
struct ProofFinding {
    private enum Proven {
        case event(InclusionProof, Event?)
        case growth(ConsistencyProof)
        case head
    }

    private let proven: Proven
    private let checkpoint: Checkpoint

    /// Checks the file, whatever kind it is.
    ///
    /// - Throws: `HansardError`: `invalidProof`, `untrustedKey`, `otherLog`, `logForked` when it
    ///   does not hold. `CommandFailure` when it is no proof at all.
    init(_ text: String, in path: String, keys: [NoteKey], old: SignedCheckpoint?) throws {
        if old != nil && !text.hasPrefix("hansard/consistency-proof@") {
            throw HansardError(
                .invalidArgument,
                "nothing was checked, because --old needs a proof of growth ('hansard prove "
                    + "--between'), and this file is none")
        }
        if text.hasPrefix("c2sp.org/tlog-proof@") {
            let proof = try InclusionProof(text)
            try Self.naming(proof.checkpoint, keys) { try proof.check(keys: keys) }
            proven = .event(proof, try proof.event())
            checkpoint = proof.checkpoint.checkpoint
        } else if text.hasPrefix("hansard/consistency-proof@") {
            let proof = try ConsistencyProof(text)
            try Self.naming(proof.checkpoint, keys) { try proof.check(keys: keys, old: old) }
            proven = .growth(proof)
            checkpoint = proof.checkpoint.checkpoint
        } else {
            let signed = try Self.checkpoint(text, in: path)
            try Self.naming(signed, keys) { try signed.note.verified(by: keys) }
            proven = .head
            checkpoint = signed.checkpoint
        }
    }

    /// The checkpoint in a file.
    ///
    /// - Throws: `HansardError` (`invalidProof`) for one that is damaged; `CommandFailure` for what
    ///   does not even begin as one.
    static func checkpoint(_ text: String, in path: String) throws -> SignedCheckpoint {
        guard text.hasPrefix("hansard/") else {
            throw CommandFailure(
                "nothing was checked: \(path) is not a proof or a checkpoint: take the output of 'hansard "
                    + "prove' or 'hansard checkpoint'")
        }
        return try SignedCheckpoint(text)
    }

    /// Says of which logs they are where no key given is of the log that was signed.
    static func naming(
        _ signed: SignedCheckpoint, _ keys: [NoteKey], _ check: () throws -> Void
    ) throws {
        let origin = signed.checkpoint.origin
        do { try check() } catch let error as HansardError
            where error.code == .untrustedKey && !keys.contains(where: { $0.name == origin })
        {
            let others = Set(keys.map(\.name)).sorted().joined(separator: ", ")
            throw HansardError(
                .otherLog,
                "it is of the log \(origin), and the given keys are of \(others)",
                advice: .compareKeys)
        }
    }

    var lines: [String] {
        var lines: [String]
        switch proven {
        case .event(let proof, let event):
            let leaf = proof.leaf
            lines = [
                "holds: event \(leaf.position), revision \(leaf.revision) of its stream, recorded at "
                    + "\(leaf.recordedAt)",
                "payload SHA-256 \(leaf.payload)",
            ]
            if let event {
                lines.append("\(event.type) in \(event.stream), id \(event.id.text)")
            }
        case .growth(let proof):
            lines = [
                "holds: the first \(proof.oldSize) events, root \(proof.oldRoot), are unchanged"
            ]
        case .head: lines = ["holds: a trusted key signed it"]
        }
        lines.append("log \(checkpoint.origin), \(checkpoint.size) events, root \(checkpoint.root)")
        return lines.map { Printable.line($0) }
    }

    /// As an object of JSON.
    func json() throws -> String {
        var line = JSONLine()
        line.add("holds", true)
        line.add("origin", .string(checkpoint.origin))
        line.add("size", .integer(Int64(checkpoint.size)))
        line.add("root", .string("\(checkpoint.root)"))
        switch proven {
        case .event(let proof, let event):
            line.add("position", .integer(Int64(proof.leaf.position.rawValue)))
            line.add("revision", .integer(Int64(proof.leaf.revision.rawValue)))
            line.add("recorded_at", .string("\(proof.leaf.recordedAt)"))
            line.add("payload_sha256", .string("\(proof.leaf.payload)"))
            if let event {
                line.add("id", .string(event.id.text))
                line.add("type", .string(event.type.rawValue))
                line.add("stream", .string("\(event.stream)"))
                try line.add("data", event.data)
            }
        case .growth(let proof):
            line.add("old_size", .integer(Int64(proof.oldSize)))
            line.add("old_root", .string("\(proof.oldRoot)"))
        case .head: break
        }
        return line.text
    }
}

/// Small files named on the command line.
enum SmallFile {
    private static let bytesMax = 64 << 20

    /// The text of a file, which may be a pipe, or of standard input for `-`.
    static func text(_ path: String) throws -> String {
        var bytes: [UInt8] = []
        do {
            let input = path == "-" ? ByteSource.standardInput() : try ByteSource(path: path)
            while bytes.count <= bytesMax, case let more = try input.read(1 << 16), !more.isEmpty {
                bytes += more
            }
        } catch {
            throw CommandFailure(
                "can't read \(path) (\(ErrorText.of(error))): check its name and permissions")
        }
        guard bytes.count <= bytesMax else {
            throw CommandFailure(
                "\(path) has more than \(bytesMax) bytes: name a file with a proof, a checkpoint or keys"
            )
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
