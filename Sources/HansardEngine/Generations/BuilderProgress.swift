import HansardBindings

/// The progress of the process that builds a generation of the index, for those that wait for it.
///
/// It is in the file that is locked meanwhile, and counts only while somebody holds the lock:
/// who takes it first writes that nothing is known, so what a killed builder left is never shown.
/// It is not flushed, and what can't be read whole counts as nothing.
struct BuilderProgress: Equatable {
    let done: Int
    let total: Int

    static let unknown = BuilderProgress(done: 0, total: 0)

    private static let bytes = 24

    /// Only for the holder of the lock. Nothing depends on it: a full disk or a file that belongs
    /// to someone else keeps nobody from building or making room.
    func write(to path: String) {
        var record: [UInt8] = []
        Bytes.appendLittleEndian(UInt64(clamping: done), to: &record)
        Bytes.appendLittleEndian(UInt64(clamping: total), to: &record)
        Bytes.appendLittleEndian(XXH64.hash(record.span), to: &record)
        try? FileSystem.overwrite(path, with: record.span)
    }

    /// For a caller that was refused the lock. `unknown` when the file says nothing.
    init(readingFrom path: String) {
        self = .unknown
        guard let record = try? FileSystem.contents(of: path, max: Self.bytes),
            record.count == Self.bytes,
            Bytes.loadLittleEndian(record.span, at: 16, as: UInt64.self)
                == XXH64.hash(record.span.extracting(0..<16))
        else { return }
        self.init(
            done: Int(clamping: Bytes.loadLittleEndian(record.span, at: 0, as: UInt64.self)),
            total: Int(clamping: Bytes.loadLittleEndian(record.span, at: 8, as: UInt64.self)))
    }

    init(done: Int, total: Int) {
        self.done = done
        self.total = total
    }
}
