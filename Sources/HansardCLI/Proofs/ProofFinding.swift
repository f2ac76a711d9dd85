import Bindings
import Hansard
import Records

/// What a file that was checked proves.
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
                "--old is compared with a proof of growth alone ('hansard prove --between'), which "
                    + "this file is not: nothing was checked")
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
                "nothing was checked: \(path) is no proof and no checkpoint: take what 'hansard prove' or "
                    + "'hansard checkpoint' printed")
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
                "it is of the log \(origin), and the keys given are of \(others): take that log's keys, "
                    + "which 'hansard key show' prints where it is, or the proof of the other log")
        }
    }

    var lines: [String] {
        var lines: [String]
        switch proven {
        case .event(let proof, let event):
            let leaf = proof.leaf
            lines = [
                "holds: event \(leaf.position), revision \(leaf.revision) of its stream, recorded at "
                    + RecordedTime.text(leaf.recordedAt),
                "payload SHA-256 \(leaf.payload)",
            ]
            if let event {
                lines.append("\(event.type) in \(event.stream), id \(event.id.text)")
            }
        case .growth(let proof):
            lines = [
                "holds: the first \(proof.oldSize) events, root \(proof.oldRoot), are unchanged"
            ]
        case .head: lines = ["holds: signed by a key to trust"]
        }
        lines.append("log \(checkpoint.origin), \(checkpoint.size) events, root \(checkpoint.root)")
        return lines.map { Printable.line($0) }
    }

    func record() throws -> Record {
        var fields: [(String, Value)] = [
            ("holds", .bool(true)), ("origin", .string(checkpoint.origin)),
            ("size", .integer(Int64(checkpoint.size))),
            ("root", .string("\(checkpoint.root)")),
        ]
        switch proven {
        case .event(let proof, let event):
            fields += [
                ("position", .integer(Int64(proof.leaf.position.rawValue))),
                ("revision", .integer(Int64(proof.leaf.revision.rawValue))),
                ("recorded_at", .string(RecordedTime.text(proof.leaf.recordedAt))),
                ("payload_sha256", .string("\(proof.leaf.payload)")),
            ]
            if let event {
                fields += [
                    ("id", .string(event.id.text)), ("type", .string(event.type.rawValue)),
                    ("stream", .string("\(event.stream)")), ("data", try event.data.value()),
                ]
            }
        case .growth(let proof):
            fields += [
                ("old_size", .integer(Int64(proof.oldSize))),
                ("old_root", .string("\(proof.oldRoot)")),
            ]
        case .head: break
        }
        return try Record(fields)
    }
}

/// Small files named on the command line.
enum SmallFile {
    private static let bytesMax = 64 << 20

    /// The text of a file, or of standard input for `-`.
    static func text(_ path: String) throws -> String {
        do {
            if path == "-" {
                let input = ByteSource.standardInput()
                var bytes: [UInt8] = []
                while case let more = try input.read(1 << 16), !more.isEmpty { bytes += more }
                return String(decoding: bytes, as: UTF8.self)
            }
            let bytes = try FileSystem.contents(of: path, max: bytesMax)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw CommandFailure("can't read \(path) (\(error)): check its name and permissions")
        }
    }
}
