import Hansard
import HansardBindings

/// The versions of the program and of what it stands on.
enum ProgramVersion {
    static let number = "0.1.0"

    static var text: String {
        "hansard \(number), log format \(StoreStatistics.formatVersionWritten), "
            + "LMDB \(Environment.libraryVersion), zstd \(ZstdLibrary.version), "
            + "MessagePack \(MessagePackLibrary.version)"
    }
}
