import HansardBindings
import HansardEngine

/// Reads the checkpoints in a backup of a log, and says of each that proves nothing why.
struct BackupCheckpointReader {
    private let checkpoints: BackupCheckpoints
    private let files: CheckpointFiles
    private let trusted: [NoteKey]
    /// The reason none of them can be checked; nil when they can.
    let keysFault: HansardError?

    private enum Reading {
        case sound(Checkpoint)
        case faulty(HansardError)
        /// Removed meanwhile, by a backup that thins them out.
        case gone
    }

    /// Reads the keys, if there is any checkpoint.
    init(_ checkpoints: BackupCheckpoints, of logID: String) throws {
        self.checkpoints = checkpoints
        files = checkpoints.files(of: logID)
        if try checkpoints.sizes().isEmpty {
            (trusted, keysFault) = ([], nil)
            return
        }
        let path = checkpoints.keys
        func unusable(_ what: String, isThere: Bool = true) -> HansardError {
            HansardError(
                .keyUnusable,
                "\(path) \(what), so no checkpoint in \(checkpoints.path) proves anything",
                advice: .putBackOrBackUpAgain(path: path, isMissing: !isThere), path: path)
        }
        do {
            let bytes = try FileSystem.contents(of: path, max: SignedNote.bytesMax)
            trusted = try NoteKey.list(String(decoding: bytes, as: UTF8.self), from: path)
            keysFault = trusted.isEmpty ? unusable("is empty") : nil
        } catch let error as SystemError {
            trusted = []
            keysFault =
                error.isNotFound
                ? unusable("is missing", isThere: false) : unusable("can't be read (\(error))")
        } catch {
            trusted = []
            keysFault = unusable("is damaged (a line of it is no public key)")
        }
    }

    /// The first that is sound of those that cover so many events.
    func first(of sizes: [Position], noting faults: inout [HansardError]) throws -> Checkpoint? {
        guard keysFault == nil else { return nil }
        for size in sizes {
            switch read(size) {
            case .sound(let checkpoint): return checkpoint
            case .faulty(let why): faults.append(why)
            case .gone: continue
            }
        }
        return nil
    }

    /// All that are sound, in the order given.
    func all(of sizes: [Position], noting faults: inout [HansardError]) throws -> [Checkpoint] {
        if let keysFault { faults.append(keysFault) }
        return try sizes.compactMap { try first(of: [$0], noting: &faults) }
    }

    private func read(_ size: Position) -> Reading {
        let path = checkpoints.file(size)
        func faulty(_ what: String) -> Reading {
            .faulty(
                HansardError(
                    .invalidProof, "\(path) \(what), so it proves nothing",
                    advice: .putBackOrBackUpAgain(path: path, isMissing: false), path: path))
        }
        do {
            guard let signed = try files.read(path) else { return .gone }
            let checkpoint = signed.checkpoint
            guard checkpoint.origin == files.origin else {
                return faulty("is of another log (\(checkpoint.origin), not \(files.origin))")
            }
            try signed.note.verified(by: trusted)
            guard checkpoint.size == size.rawValue else {
                return faulty("covers \(checkpoint.size) events, other than its name says")
            }
            return .sound(checkpoint)
        } catch let error as SystemError {
            return error.isNotFound ? .gone : faulty("can't be read (\(error))")
        } catch let error as HansardError where error.code == .untrustedKey {
            return faulty("is signed by none of the keys in \(checkpoints.keys)")
        } catch {
            return faulty("is damaged, or was changed after it was signed")
        }
    }
}
