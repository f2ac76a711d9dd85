internal import CLMDB

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A slot of the lock table: a reader, or one that ended its transaction and keeps the slot.
public struct EnvironmentReader: Sendable, Equatable {
    /// The process it belongs to.
    public let processID: Int32
    /// The transaction its snapshot is of; nil while it has none.
    public let transaction: UInt64?

    public init(processID: Int32, transaction: UInt64?) {
        self.processID = processID
        self.transaction = transaction
    }

    /// True if the process is there, as far as this one may know. Wraps `kill` with no signal.
    public var isProcessAlive: Bool { kill(processID, 0) == 0 || errno != ESRCH }
}

extension Environment {
    /// The readers of all processes. Wraps `mdb_reader_list`; takes no lock.
    public func readers() throws(LMDBError) -> [EnvironmentReader] {
        gate.enter()
        defer { gate.leave() }
        let lines = Lines()
        // The object outlives the call, which hands it to the function as its second argument.
        let context = unsafe Unmanaged.passUnretained(lines).toOpaque()
        let code = unsafe mdb_reader_list(
            pointer,
            { text, context in
                guard let text = unsafe text, let context = unsafe context else { return 0 }
                // A C string for the length of the call, and the object from below.
                let lines = unsafe Unmanaged<Lines>.fromOpaque(context).takeUnretainedValue()
                unsafe lines.text += String(cString: text)
                return 0
            }, context)
        // The count of lines is not negative.
        if code < 0 { try check(code, "mdb_reader_list", path: directory) }
        return withExtendedLifetime(lines) { lines.readers }
    }
}

/// The output of `mdb_reader_list`: a line of headings, then process, thread and transaction each.
private final class Lines {
    var text = ""

    var readers: [EnvironmentReader] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let process = Int32(words[0]) else { return nil }
            return EnvironmentReader(processID: process, transaction: UInt64(words[2]))
        }
    }
}
