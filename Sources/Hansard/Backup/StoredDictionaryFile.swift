import Bindings

/// A compression dictionary of the log, kept beside the segments so that a restored log is as small
/// as the one it came from: `dictionary-2-<checksum>`. Segments don't need it.
struct StoredDictionaryFile {
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

    private static func name(_ id: UInt64, _ sum: UInt64) -> String {
        "\(prefix)\(id)-\(String(sum, radix: 16))"
    }

    /// Copies what the backup lacks, but for the dictionary every log begins with.
    static func copy(from log: Log, to directory: BackupDirectory) throws {
        let known = try FileSystem.names(in: directory.path).compactMap { Self($0)?.id }
        let newest = UInt64(log.dictionaries.newest)
        guard newest > (known.max() ?? 0) else { return }
        for id in (known.max() ?? 0) + 1...newest {
            let bytes = try log.environment.read { try $0.get(id, from: log.dictionaries.table) }
            guard let bytes, bytes != InitialDictionary.bytes else { continue }
            let name = name(id, XXH64.hash(bytes.span))
            try FileSystem.replaceFile("\(directory.path)/\(name)", with: bytes.span, mode: 0o640)
        }
    }

    /// The newest that is sound; nil when there is none.
    static func newest(in directory: BackupDirectory) throws -> [UInt8]? {
        let files = try FileSystem.names(in: directory.path).compactMap { Self($0) }
        for file in files.sorted(by: { $0.id > $1.id }) {
            let stored = try StoredFile(
                reading: "\(directory.path)/\(name(file.id, file.sum))")
            let bytes = try stored.read(try stored.size(), at: 0)
            if XXH64.hash(bytes.span) == file.sum { return bytes }
        }
        return nil
    }
}
