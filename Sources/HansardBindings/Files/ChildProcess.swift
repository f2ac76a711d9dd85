#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Running a program as a child, for work that may end in a crash.
public enum ChildProcess {
    /// The way a child ended.
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

    /// Runs a program with this process's streams and environment, and waits for its end. A crash
    /// is for the caller to tell: Swift's account of it is turned off.
    ///
    /// - Parameter passesOnInterruption: whether what `Interruption` watches for is passed on to
    ///   the child, as `SIGTERM`. For one child at a time.
    ///
    /// Wraps `posix_spawn`, `waitid` and `waitpid`.
    public static func run(
        _ path: String, _ arguments: [String], passesOnInterruption: Bool = false
    ) throws(SystemError) -> Ending {
        let child = try spawn(
            path, arguments, inOwnGroup: false, isQuietInCrash: true)
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
        return ending(status)
    }

    /// Runs a program, and kills it and what it started when it takes longer than `limit`.
    ///
    /// - Returns: nil when it was killed for that.
    ///
    /// It is in a process group of its own, so a terminal's Ctrl-C does not reach it.
    public static func run(
        _ path: String, _ arguments: [String], forAtMost limit: Duration
    ) throws(SystemError) -> Ending? {
        let child = try spawn(path, arguments, inOwnGroup: true)
        let end = ContinuousClock.now + limit
        var status: Int32 = 0
        while true {
            // `status` is a local the call fills in.
            let found = unsafe waitpid(child, &status, WNOHANG)
            if found == child { return ending(status) }
            if found == -1 && errno != EINTR {
                throw SystemError(code: errno, call: "waitpid", path: path)
            }
            if ContinuousClock.now >= end { break }
            Pause.milliseconds(pollMilliseconds)
        }
        // It was not waited for yet, so its number, and its group's, are still its own.
        kill(-child, SIGKILL)
        while unsafe waitpid(child, &status, 0) == -1 {
            if errno != EINTR { throw SystemError(code: errno, call: "waitpid", path: path) }
        }
        return nil
    }

    private static let pollMilliseconds = 10

    private static func spawn(
        _ path: String, _ arguments: [String], inOwnGroup: Bool, isQuietInCrash: Bool = false
    ) throws(SystemError) -> pid_t {
        // Copies that live until the call has returned; the child has its own.
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map {
            unsafe strdup($0)
        }
        var variables = unsafe environment(isQuietInCrash: isQuietInCrash)
        defer { for unsafe word in unsafe words + variables { unsafe free(word) } }
        unsafe words.append(nil)
        unsafe variables.append(nil)
        // A local that the calls fill in and that is let go of here.
        var attributes = posix_spawnattr_t()
        var code = unsafe posix_spawnattr_init(&attributes)
        if code != 0 { throw SystemError(code: code, call: "posix_spawnattr_init", path: path) }
        defer { unsafe _ = posix_spawnattr_destroy(&attributes) }
        if inOwnGroup {
            // Group 0 is one with the child's own number.
            unsafe _ = posix_spawnattr_setpgroup(&attributes, 0)
            unsafe _ = posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        }
        var child: pid_t = 0
        code = unsafe posix_spawn(&child, path, nil, &attributes, words, variables)
        if code != 0 { throw SystemError(code: code, call: "posix_spawn", path: path) }
        return child
    }

    /// Copies of this process's variables, for the caller to free.
    private static func environment(
        isQuietInCrash: Bool
    ) -> [UnsafeMutablePointer<CChar>?] {
        let name = "SWIFT_BACKTRACE="
        var variables: [UnsafeMutablePointer<CChar>?] = unsafe []
        var next = unsafe environ
        // The list ends with nil, and nothing in this program changes it.
        while let variable = unsafe next.pointee {
            let isReplaced = unsafe isQuietInCrash && strncmp(variable, name, name.utf8.count) == 0
            if !isReplaced { unsafe variables.append(strdup(variable)) }
            unsafe next += 1
        }
        if isQuietInCrash { unsafe variables.append(strdup(name + "enable=no")) }
        return unsafe variables
    }

    /// Reads a wait status: the signal in the low seven bits, else the exit code above.
    private static func ending(_ status: Int32) -> Ending {
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal)
    }
}
