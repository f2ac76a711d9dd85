import HansardBindings
public import HansardEngine

/// A log's keys and its latest checkpoint, in files beside the database. docs/PROOFS.md.
struct CheckpointFiles {
    private let directory: String
    let origin: String

    init(directory: String, logID: String) {
        self.directory = directory
        origin = Checkpoint.origin(logID: logID)
    }

    /// Readable by the store's owner alone.
    private var keys: String { "\(directory)/\(Layout.keysDirectory)" }
    var signingKey: String { "\(keys)/signing.key" }
    /// A new key that is about to take over.
    var nextKey: String { "\(keys)/signing.key.next" }

    /// For everyone who may read the store.
    private var published: String { "\(directory)/\(Layout.checkpointsDirectory)" }
    var latest: String { "\(published)/latest" }
    /// The public keys, one a line, the oldest first.
    var publicKeys: String { "\(published)/keys" }
    private var lock: String { "\(published)/lock" }
    /// The file with the last arrival in an external directory.
    var elsewhere: String { "\(published)/elsewhere" }
    /// The file with the checkpoint a command took last.
    var taken: String { "\(published)/taken" }
    func rotation(_ number: Int) -> String { "\(published)/rotation-\(number)" }

    /// The checkpoint's file in a directory that may hold those of many logs.
    func copy(in directory: String) -> String {
        "\(directory)/\(origin.split(separator: "/").last ?? "log").checkpoint"
    }

    /// Makes a key, unless one is given, and the checkpoint of the empty log.
    func create(signing given: NoteSigner? = nil) throws {
        try FileSystem.ensureDirectory(keys, mode: 0o700)
        try FileSystem.ensureDirectory(published, mode: 0o750)
        let signer = try given ?? NoteSigner(newFor: origin)
        try writePublicKeys([signer.key])
        try writeLatest(
            SignedCheckpoint(
                signing: Checkpoint(origin: origin, size: 0, root: .emptyRoot), with: [signer]))
        try FileSystem.writeNewFile(signingKey, Array("\(signer.secretText)\n".utf8).span)
        try FileSystem.synchroniseDirectory(directory)
    }

    /// The same for a store from before there were keys. One whose key alone is missing keeps
    /// asking for it.
    func createIfNeverMade() throws {
        if wasMade {
            if FileSystem.exists(published) { return }
            throw missing()
        }
        try FileSystem.ensureDirectory(published, mode: 0o750)
        try locked { if !wasMade { try create() } }
    }

    /// True if there is anything of keys or checkpoints.
    private var wasMade: Bool {
        hasKeys || FileSystem.exists(publicKeys) || FileSystem.exists(latest)
    }

    /// Runs `body` as the only one that signs or rotates.
    ///
    /// - Throws: `HansardError` (`system`) when another has been at it for seconds.
    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        for _ in 0..<Self.attemptsMax {
            if let lock = try FileLock.tryLock(lock) {
                let result = try body()
                _ = consume lock
                return result
            }
            Pause.milliseconds(Self.pauseMilliseconds)
        }
        throw HansardError(
            .busy,
            "another process is signing a checkpoint of \(directory)",
            advice: .retry, path: directory)
    }

    private static let attemptsMax = 500
    private static let pauseMilliseconds = 10

    /// The key that signs.
    ///
    /// - Throws: `HansardError` (`keyUnusable`) saying what is wrong with it and how to repair it.
    func signer() throws(HansardError) -> NoteSigner {
        do { return try signer(signingKey) } catch {
            guard let error = error as? SystemError else {
                throw HansardError.wrapping(error, doing: "reading the signing key")
            }
            if error.isPermissionDenied {
                throw unusable("may not be read by this user", .signCheckpoint)
            }
            guard error.isNotFound else {
                throw HansardError.wrapping(error, doing: "reading the signing key")
            }
            throw unusable("is missing", .putKeyBack)
        }
    }

    /// The key that signs, if no rotation has put another in its place.
    ///
    /// - Throws: `HansardError` (`keyUnusable`), also for a key that was retired and put back, as
    ///   from an old copy of the directory: what it signs now would prove nothing.
    func currentSigner() throws -> NoteSigner {
        let signer = try signer()
        let known = try trusted()
        guard let last = known.last, last != signer.key else { return signer }
        // An interrupted rotation has published the key that follows, and goes on with it.
        if known.dropLast().last == signer.key, (try? self.signer(nextKey))?.key == last {
            return signer
        }
        let what = known.contains(signer.key) ? "was replaced by a rotation" : "is not this store's"
        throw unusable("\(what), so it signs nothing: \(last) signs", .putKeyBack)
    }

    /// Checks that no key is left that could vouch for its successor.
    ///
    /// - Throws: `HansardError`: `invalidArgument` when there is one, `keyUnusable` when there is
    ///   one that could be used again.
    func checkKeyIsLost() throws {
        do { _ = try Self.secretKey(in: signingKey, checksMode: false) } catch {
            guard (error as? SystemError)?.isPermissionDenied == true else { return }
        }
        let key = try signer().key
        // One that was retired vouches for nothing.
        do { _ = try currentSigner() } catch let error as HansardError
            where error.code == .keyUnusable
        { return }
        throw HansardError(
            .invalidArgument,
            "the old key exists (\(signingKey) holds \(key)) and can vouch for the new one",
            advice: .rotateKey(isLost: false), path: signingKey)
    }

    private func signer(_ path: String) throws -> NoteSigner {
        let signer = try Self.secretKey(in: path)
        guard signer.key.name == origin else {
            throw unusable("belongs to \(signer.key.name), not to \(origin)", .putKeyBack)
        }
        return signer
    }

    /// The secret key in a file that its owner alone may read.
    ///
    /// - Parameter checksMode: false to look whether there is one at all.
    /// - Throws: `HansardError` (`keyUnusable`) for one that others may read, or that is damaged;
    ///   what the system refuses.
    static func secretKey(in path: String, checksMode: Bool = true) throws -> NoteSigner {
        func unusable(_ what: String, _ advice: Advice) -> HansardError {
            HansardError(.keyUnusable, "the key \(path) \(what)", advice: advice, path: path)
        }
        let found = try FileSystem.information(of: path)
        guard !checksMode || found.mode & 0o077 == 0 else {
            throw unusable(
                "can be read or changed by others (mode \(String(found.mode, radix: 8))), so it signs "
                    + "nothing",
                .protectKey(path: path))
        }
        let text = String(
            decoding: try FileSystem.contents(of: path, max: 4_096), as: UTF8.self)
        guard text.hasSuffix("\n"), let signer = NoteSigner(secretText: text.dropLast()) else {
            throw unusable("is damaged, or not a secret key of Hansard", .putKeyBack)
        }
        return signer
    }

    private func unusable(_ what: String, _ advice: Advice) -> HansardError {
        HansardError(
            .keyUnusable, "the key \(signingKey) \(what)", advice: advice, path: signingKey)
    }

    /// The key that is to take over: one an interrupted rotation left, or a new one.
    func makeNextSigner() throws -> NoteSigner {
        if FileSystem.exists(nextKey), let left = try? signer(nextKey) { return left }
        try FileSystem.ensureDirectory(keys, mode: 0o700)
        if FileSystem.exists(nextKey) { try FileSystem.removeFile(nextKey) }
        let signer = try NoteSigner(newFor: origin)
        try FileSystem.writeNewFile(nextKey, Array("\(signer.secretText)\n".utf8).span)
        return signer
    }

    /// Lets the next key take over for good.
    func promoteNextKey() throws {
        try FileSystem.rename(nextKey, to: signingKey)
        try FileSystem.synchroniseDirectory(keys)
    }

    /// The public keys this store says are its own, the oldest first.
    ///
    /// - Throws: `HansardError` (`keyUnusable`) when they are missing or malformed.
    func trusted() throws -> [NoteKey] {
        guard FileSystem.exists(publicKeys) else {
            throw HansardError(
                .keyUnusable,
                "the public keys \(publicKeys) are missing",
                advice: .putKeysBack, path: publicKeys)
        }
        return try NoteKey.list(try text(of: publicKeys), from: publicKeys)
    }

    func writePublicKeys(_ keys: [NoteKey]) throws {
        let text = keys.map { "\($0)\n" }.joined()
        try FileSystem.replaceFile(publicKeys, with: Array(text.utf8).span, mode: 0o644)
    }

    /// A checkpoint file; nil when it is not there.
    func read(_ path: String) throws -> SignedCheckpoint? {
        guard FileSystem.exists(path) else { return nil }
        do { return try SignedCheckpoint(try text(of: path)) } catch let error as HansardError {
            throw error.with(what: "the checkpoint \(path): \(error.what)", path: path)
        }
    }

    /// The latest checkpoint; nil in a store from before there were keys.
    ///
    /// - Throws: `HansardError` (`checkpointMissing`) when there was one: keys are made together
    ///   with the first.
    func readLatest() throws -> SignedCheckpoint? {
        if let signed = try read(latest) { return signed }
        let hasNone = FileSystem.exists(published) ? !FileSystem.exists(publicKeys) : !hasKeys
        if hasNone { return nil }
        throw missing()
    }

    /// Checks that one of the store's own checkpoints is of the log that is there, and signed.
    ///
    /// - Throws: `HansardError`: `otherLog`, `keyUnusable`, `untrustedKey`, `invalidProof`.
    func check(own signed: SignedCheckpoint) throws {
        let found = signed.checkpoint.origin
        guard found == origin else {
            throw HansardError(
                .otherLog,
                "this checkpoint is of the log \(found), but the log in the store is \(origin): "
                    + "another log was put in its place",
                advice: .putMatchingFilesBack)
        }
        try signed.check(keys: try trusted(), origin: origin)
    }

    /// The last event that was signed; nil when nothing was, or that can't be found out.
    var signedThrough: Position? {
        guard let found = try? read(latest), (try? check(own: found)) != nil else { return nil }
        return Position(found.checkpoint.size)
    }

    /// An empty directory is what a process leaves that ended just before it made the key. One that
    /// can't be looked into has some.
    private var hasKeys: Bool {
        FileSystem.exists(keys) && (try? FileSystem.names(in: keys).isEmpty) != true
    }

    private func missing() -> HansardError {
        HansardError(
            .checkpointMissing,
            "the latest checkpoint \(latest) is missing, though this log was signed before: "
                + "nothing is signed, because an older log in its place could not be detected",
            advice: .putCheckpointBack, path: latest)
    }

    /// Makes ready for signing without a latest checkpoint.
    ///
    /// - Throws: `HansardError`: `invalidArgument` when it is there, `keyUnusable` without a key.
    func prepareForLostLatest() throws {
        let signer = try signer()
        if FileSystem.exists(latest) {
            throw HansardError(
                .invalidArgument,
                "the latest checkpoint \(latest) exists, and signing continues from it",
                advice: .signCheckpoint, path: latest)
        }
        try FileSystem.ensureDirectory(published, mode: 0o750)
        if !FileSystem.exists(publicKeys) { try writePublicKeys([signer.key]) }
    }

    func writeLatest(_ signed: SignedCheckpoint) throws { try write(signed, to: latest) }

    func write(_ signed: SignedCheckpoint, to path: String) throws {
        try FileSystem.replaceFile(path, with: Array(signed.note.note.utf8).span, mode: 0o644)
    }

    private func text(of path: String) throws -> String {
        String(
            decoding: try FileSystem.contents(of: path, max: SignedNote.bytesMax), as: UTF8.self)
    }
}

extension NoteKey {
    /// Keys one a line.
    ///
    /// - Throws: `HansardError` (`keyUnusable`) when a line is no public key.
    public static func list(_ text: String, from place: String) throws(HansardError) -> [NoteKey] {
        var keys: [NoteKey] = []
        for line in text.split(separator: "\n") {
            guard let key = NoteKey(line) else {
                throw HansardError(
                    .keyUnusable,
                    "a line of \(place) is not a public key",
                    advice: .compareKeys, path: place)
            }
            keys.append(key)
        }
        return keys
    }
}
