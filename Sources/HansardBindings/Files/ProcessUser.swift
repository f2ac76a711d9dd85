#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The user this process runs as.
public enum ProcessUser {
    /// The user's name, or its number where it has none. Wraps `getpwuid_r`.
    public static var name: String {
        let user = geteuid()
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>? = nil
        var buffer = [CChar](repeating: 0, count: 4_096)
        // The entry's text is in the buffer, which outlives the closure's use of it.
        return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            let code = unsafe getpwuid_r(user, &entry, buffer.baseAddress!, buffer.count, &found)
            guard code == 0, unsafe found != nil, let name = unsafe entry.pw_name else {
                return "\(user)"
            }
            return unsafe String(cString: name)
        }
    }
}
