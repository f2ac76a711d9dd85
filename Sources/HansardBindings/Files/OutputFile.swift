internal import SystemPackage

/// A new file being written from its beginning to its end. One thread at a time.
public struct OutputFile: ~Copyable {
    private let file: PlainFile

    /// Creates the file; it is an error when it exists. Wraps `open` with `O_EXCL`.
    public init(creating path: String) throws(SystemError) {
        file = try PlainFile(
            path, .writeOnly, [.create, .exclusiveCreate],
            permissions: FilePermissions(rawValue: 0o644))
    }

    /// Writes all bytes after those written before.
    public func write(_ bytes: Span<UInt8>) throws(SystemError) { try file.write(bytes) }

    /// Flushes what was written to the disk. Wraps `fsync`.
    public func synchronise() throws(SystemError) { try file.synchronise() }
}
