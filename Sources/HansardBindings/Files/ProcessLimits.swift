#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The limits of this process.
public enum ProcessLimits {
    /// Files that may be open at once; nil when there is no limit. Wraps `getrlimit`.
    public static var openFiles: Int? { limit(RLIMIT_NOFILE) }

    /// Size of a file in bytes; nil when there is no limit. Wraps `getrlimit`.
    public static var fileBytes: Int? { limit(RLIMIT_FSIZE) }

    /// Address space in bytes; nil when there is no limit. Wraps `getrlimit`.
    public static var addressSpaceBytes: Int? { limit(RLIMIT_AS) }

    /// Memory the container (control group, version 2) may take, in bytes; nil where there is no
    /// limit or no such group. Reads `/proc/self/cgroup` and `memory.max`.
    public static var containerMemoryBytes: Int? {
        guard let groups = text(of: "/proc/self/cgroup"),
            let own = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::/") })
        else { return nil }
        let group = own.dropFirst(4)
        let directory = group.isEmpty ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(group)"
        return text(of: "\(directory)/memory.max")
            .flatMap { Int($0.prefix { $0.isNumber }) }
    }

    #if canImport(Glibc)
        private typealias Resource = __rlimit_resource
    #else
        private typealias Resource = Int32
    #endif

    private static func limit(_ resource: Resource) -> Int? {
        var limits = rlimit()
        // `limits` is a local the call fills in.
        #if canImport(Glibc)
            let code = unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &limits)
        #else
            let code = unsafe getrlimit(resource, &limits)
        #endif
        guard code == 0, limits.rlim_cur != rlim_t.max, limits.rlim_cur <= Int.max else {
            return nil
        }
        return Int(limits.rlim_cur)
    }

    private static func text(of path: String) -> String? {
        guard let file = try? PlainFile(reading: path), let bytes = try? file.read(4_096, at: 0)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
