#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Running a program as a child, for work that may end in a crash.
public enum ChildProcess {
    /// How a child ended.
    public enum Ending: Sendable, Equatable {
        case exited(Int32)
        /// By a signal: a crash, or someone's `kill`.
        case killed(Int32)
    }

    /// The path of the program that is running; nil where the system does not tell.
    public static var executablePath: String? {
        #if os(Linux)
            return FileSystem.exists("/proc/self/exe") ? "/proc/self/exe" : nil
        #else
            return nil
        #endif
    }

    /// Runs a program with this process's streams and environment, and waits for its end.
    ///
    /// - Parameter passesOnInterruption: whether what `Interruption` watches for is passed on to
    ///   the child, as `SIGTERM`. For one child at a time.
    ///
    /// Wraps `posix_spawn`, `waitid` and `waitpid`.
    public static func run(
        _ path: String, _ arguments: [String], passesOnInterruption: Bool = false
    ) throws(SystemError) -> Ending {
        // Copies that live until the call has returned; the child has its own.
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map {
            unsafe strdup($0)
        }
        defer { for unsafe word in unsafe words { unsafe free(word) } }
        unsafe words.append(nil)
        var child: pid_t = 0
        let code = unsafe posix_spawn(&child, path, nil, nil, words, environ)
        if code != 0 { throw SystemError(code: code, call: "posix_spawn", path: path) }
        if passesOnInterruption { Interruption.passOn(to: child) }
        // Its number is its own until it was waited for, so nobody else gets what is passed on.
        // `information` is a local the call fills in.
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) == -1 {
            if errno != EINTR { throw SystemError(code: errno, call: "waitid", path: path) }
        }
        if passesOnInterruption { Interruption.passOn(to: nil) }
        var status: Int32 = 0
        // `status` is a local the call fills in.
        while unsafe waitpid(child, &status, 0) == -1 {
            if errno != EINTR { throw SystemError(code: errno, call: "waitpid", path: path) }
        }
        // The layout of a wait status: the signal in the low seven bits, else the exit code above.
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal)
    }
}
