import HansardBindings
import HansardEngine
import HansardRecords

/// `backup.json`: which log a backup belongs to, and how far what was flushed reaches.
///
/// Segments say the former as well; without the latter nobody would notice when the last of them
/// are missing.
struct BackupManifest: Equatable {
    static let name = "backup.json"
    static let format: Int64 = 1

    let logID: String
    let ancestry: [LogAncestor]
    var through: Position
    /// Digest of all events up to there, and when the last was recorded.
    var digest: UInt64
    var recordedAt: Int64
    var updatedAt: Int64
    /// When the last event was recorded; nil when there is none.
    var lastRecordedAt: Instant? {
        through == .zero ? nil : Instant(microsecondsSinceUnixEpoch: recordedAt)
    }
    /// The tree of events up to there that were compared with a signed checkpoint last; of none in
    /// what older versions wrote.
    var tree = CompactRange()
    /// Dictionaries that lie beside the segments; none in what older versions wrote.
    var dictionaries: [StoredDictionaryFile] = []

    /// Nil when there is none in the directory.
    static func read(in directory: String) throws -> BackupManifest? {
        let path = "\(directory)/\(name)"
        guard FileSystem.exists(path) else { return nil }
        let file = try StoredFile(reading: path)
        let size = try file.size()
        let bytes = try file.read(min(size, 1 << 20), at: 0)
        guard let record = try? Record(json: bytes.span), let manifest = BackupManifest(record)
        else {
            if let record = try? Record(json: bytes.span), let other = record.integer("format"),
                other > format
            {
                throw HansardError(
                    .newerFormat,
                    "the backup \(directory) has format \(other), this program reads up to "
                        + "\(format)",
                    advice: .useNewerProgram, path: directory)
            }
            throw HansardError(
                .damagedBackup,
                "\(path) is damaged; the segments hold all it says but how far they should "
                    + "reach",
                advice: .moveAway(path: path), path: path)
        }
        return manifest
    }

    func write(in directory: String) throws {
        var bytes: [UInt8] = []
        try record().appendJSON(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        try FileSystem.replaceFile("\(directory)/\(Self.name)", with: bytes.span, mode: 0o640)
    }
}

extension BackupManifest {
    fileprivate init?(_ record: Record) {
        guard record.integer("format") == Self.format, let logID = record.string("log_id"),
            logID.utf8.count == LogAncestor.logIDBytes,
            let through = record.integer("through"), through >= 0,
            let digest = record.string("digest").flatMap({ UInt64($0, radix: 16) }),
            let recordedAt = record.integer("recorded_us"),
            let updatedAt = record.integer("updated_us"),
            case .array(let ancestors)? = record.field("ancestry")
        else { return nil }
        self.logID = logID
        self.through = Position(UInt64(through))
        self.digest = digest
        self.recordedAt = recordedAt
        self.updatedAt = updatedAt
        var ancestry: [LogAncestor] = []
        for case .object(let fields) in ancestors {
            guard let ancestor = LogAncestor(fields: fields) else { return nil }
            ancestry.append(ancestor)
        }
        self.ancestry = ancestry
        if case .object(let fields)? = record.field("tree"),
            let tree = CompactRange(fields: fields), tree.size <= self.through.rawValue
        {
            self.tree = tree
        }
        if case .array(let names)? = record.field("dictionaries") {
            for case .string(let name) in names {
                guard let file = StoredDictionaryFile(name) else { return nil }
                dictionaries.append(file)
            }
        }
    }

    fileprivate func record() throws -> Record {
        try Record([
            ("format", .integer(Self.format)),
            ("log_id", .string(logID)),
            ("ancestry", .array(ancestry.map(\.value))),
            ("through", .integer(Int64(through.rawValue))),
            ("digest", .string(String(digest, radix: 16))),
            ("recorded_us", .integer(recordedAt)),
            ("updated_us", .integer(updatedAt)),
            ("dictionaries", .array(dictionaries.map { .string($0.name) })),
            ("tree", tree.value),
        ])
    }
}

extension CompactRange {
    fileprivate var value: Value {
        .object([
            ("size", .integer(Int64(size))),
            ("subtrees", .array(subtrees.map { .string($0.description) })),
        ])
    }

    fileprivate init?(fields: [(String, Value)]) {
        guard fields.count == 2, case ("size", .integer(let size)) = fields[0], size >= 0,
            case ("subtrees", .array(let values)) = fields[1]
        else { return nil }
        var subtrees: [MerkleHash] = []
        for case .string(let text) in values {
            guard let hash = MerkleHash(base64: text) else { return nil }
            subtrees.append(hash)
        }
        guard subtrees.count == size.nonzeroBitCount else { return nil }
        self.init(size: UInt64(size), subtrees: subtrees)
    }
}

extension LogAncestor {
    fileprivate var value: Value {
        .object([
            ("log_id", .string(logID)), ("position", .integer(Int64(position.rawValue))),
            ("recorded_us", .integer(recordedAt.microsecondsSinceUnixEpoch)),
            ("restored_us", .integer(restoredAt.microsecondsSinceUnixEpoch)),
        ])
    }

    fileprivate init?(fields: [(String, Value)]) {
        func integer(_ name: String) -> Int64? {
            guard case .integer(let number)? = fields.first(where: { $0.0 == name })?.1 else {
                return nil
            }
            return number
        }
        guard case .string(let id)? = fields.first(where: { $0.0 == "log_id" })?.1,
            id.utf8.count == Self.logIDBytes, let position = integer("position"), position >= 0,
            let recordedAt = integer("recorded_us"), let restoredAt = integer("restored_us")
        else { return nil }
        self.init(
            logID: id, position: Position(UInt64(position)),
            recordedAt: Instant(microsecondsSinceUnixEpoch: recordedAt),
            restoredAt: Instant(microsecondsSinceUnixEpoch: restoredAt))
    }
}
