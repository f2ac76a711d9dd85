import HansardBindings
import HansardEngine

/// A compression dictionary of the log, kept beside the segments so that a restored log is as small
/// as the one it came from: `dictionary-2-<checksum>`. Segments don't need it.
struct StoredDictionaryFile: Equatable {
    static let prefix = "dictionary-"

    let id: UInt64
    let sum: UInt64

    init?(_ name: String) {
        guard name.hasPrefix(Self.prefix) else { return nil }
        let parts = name.dropFirst(Self.prefix.utf8.count).split(separator: "-")
        guard parts.count == 2, let id = UInt64(parts[0]),
            let sum = UInt64(parts[1], radix: 16)
        else { return nil }
        (self.id, self.sum) = (id, sum)
    }

    var name: String { "\(Self.prefix)\(id)-\(String(sum, radix: 16))" }

    private init(_ id: UInt64, _ sum: UInt64) { (self.id, self.sum) = (id, sum) }

    /// The dictionaries in the directory.
    static func list(in directory: BackupDirectory) throws -> [StoredDictionaryFile] {
        try FileSystem.names(in: directory.path).compactMap { Self($0) }
    }

    /// Copies what the backup lacks, but for the dictionary every log begins with.
    ///
    /// - Parameter known: those the backup had; one that went missing is written again.
    /// - Returns: all that are there now, the oldest first.
    static func copy(
        from log: Log, to directory: BackupDirectory, known: [StoredDictionaryFile]
    ) throws -> [StoredDictionaryFile] {
        var there = try list(in: directory)
        let newest = UInt64(log.dictionaries.newest)
        let last = (there + known).map(\.id).max() ?? 0
        let missing = known.filter { !there.contains($0) }.map(\.id).filter { $0 <= newest }
        for id in Set(missing).sorted() + Array(min(last, newest)..<newest).map({ $0 + 1 }) {
            let bytes = try log.environment.read { try $0.get(id, from: log.dictionaries.table) }
            guard let bytes, bytes != InitialDictionary.bytes else { continue }
            let file = Self(id, XXH64.hash(bytes.span))
            try FileSystem.replaceFile(
                "\(directory.path)/\(file.name)", with: bytes.span, mode: 0o640)
            there.append(file)
        }
        return there.sorted { $0.id < $1.id }
    }

    /// The newest that is sound; nil when there is none.
    static func newest(in directory: BackupDirectory) throws -> [UInt8]? {
        for file in try list(in: directory).sorted(by: { $0.id > $1.id }) {
            if let bytes = try file.read(in: directory) { return bytes }
        }
        return nil
    }

    /// The dictionaries the backup had that are missing or damaged.
    static func faults(
        in directory: BackupDirectory, known: [StoredDictionaryFile]
    ) throws -> [HansardError] {
        let there = try list(in: directory)
        return try (there + known.filter { !there.contains($0) }).compactMap { file in
            if try file.read(in: directory) != nil { return nil }
            let path = "\(directory.path)/\(file.name)"
            let isThere = FileSystem.exists(path)
            return HansardError(
                .damagedBackup,
                "\(path) is \(isThere ? "damaged" : "missing"); no event depends on it, but without it "
                    + "a restored log takes more room",
                advice: .putBackOrBackUpAgain(path: path, isMissing: !isThere), path: path)
        }
    }

    /// Nil when it is missing or damaged.
    private func read(in directory: BackupDirectory) throws -> [UInt8]? {
        let path = "\(directory.path)/\(name)"
        guard FileSystem.exists(path) else { return nil }
        let stored = try StoredFile(reading: path)
        let bytes = try stored.read(try stored.size(), at: 0)
        return XXH64.hash(bytes.span) == sum ? bytes : nil
    }
}
