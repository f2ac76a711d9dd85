#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The memory this process takes.
public enum ProcessMemory {
    /// Most memory held at any time, mapped files included, in bytes. Wraps `getrusage`.
    public static var residentPeakBytes: Int {
        var usage = rusage()
        // `usage` is a local the call fills in.
        #if canImport(Glibc)
            let code = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return code == 0 ? usage.ru_maxrss * 1_024 : 0
        #else
            let code = unsafe getrusage(RUSAGE_SELF, &usage)
            return code == 0 ? usage.ru_maxrss : 0
        #endif
    }

    /// Memory held now that no file backs, in bytes; nil where the system does not say.
    /// Reads `RssAnon` in `/proc/self/status`.
    public static var anonymousBytes: Int? {
        guard let file = try? PlainFile(reading: "/proc/self/status"),
            let bytes = try? file.read(8_192, at: 0)
        else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("RssAnon:") {
            return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
                .map { $0 * 1_024 }
        }
        return nil
    }
}
