import Foundation

/// The memory of this process that is its own: without the pages of mapped files.
enum ProcessMemory {
    /// Linux's RssAnon in bytes; nil elsewhere.
    static var anonymousBytes: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kilobytes << 10
    }
}
