internal import SystemPackage

/// A file that is read at any place and written at its end alone. One thread at a time.
public struct StoredFile: ~Copyable {
    private let file: PlainFile

    /// Opens a file for reading. Wraps `open`.
    public init(reading path: String) throws(SystemError) { file = try PlainFile(reading: path) }

    /// Opens a file for reading and appending. Wraps `open` with `O_APPEND`.
    public init(appendingTo path: String) throws(SystemError) {
        file = try PlainFile(path, .readWrite, .append)
    }

    public func size() throws(SystemError) -> Int { try file.size() }

    /// Up to `count` bytes at `offset`; fewer only at the end of the file. Wraps `pread`.
    public func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        try file.read(count, at: offset)
    }

    /// Writes all bytes at the end. Wraps `write`. Of a failed write a part may be there.
    public func append(_ bytes: Span<UInt8>) throws(SystemError) { try file.write(bytes) }

    /// Cuts the file off. Wraps `ftruncate`.
    public func truncate(to size: Int) throws(SystemError) {
        try SystemError.rethrown("ftruncate", file.path) {
            try file.descriptor.resize(to: Int64(size))
        }
    }

    /// Flushes what was written to the disk. Wraps `fsync`.
    public func synchronise() throws(SystemError) { try file.synchronise() }
}
