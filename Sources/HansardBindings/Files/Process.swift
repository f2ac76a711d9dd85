#if canImport(Glibc)
    internal import CLinux
    internal import Glibc
#else
    internal import Darwin
#endif

/// Clocks of the operating system, in microseconds. Each read costs some 20 ns and cannot fail.
public enum SystemClock {
    /// Microseconds since an unspecified moment, never running backwards. Wraps `clock_gettime`.
    public static var monotonicMicroseconds: UInt64 { microseconds(CLOCK_MONOTONIC) }

    /// Microseconds since 1970 in UTC; may be set back and forth. Wraps `clock_gettime`.
    public static var wallMicroseconds: UInt64 { microseconds(CLOCK_REALTIME) }

    private static func microseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // `time` is a local the call fills in.
        let code = unsafe clock_gettime(clock, &time)
        precondition(code == 0, "clock_gettime failed")
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000
    }
}

/// Randomness from the operating system, good enough for keys.
public enum SystemRandom {
    /// `count` unpredictable bytes. Wraps `getrandom`, or `arc4random_buf` on macOS; cannot fail.
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // The buffer has `count` bytes and is filled within the closure that lends it.
        unsafe bytes.withUnsafeMutableBytes { buffer in
            #if canImport(Glibc)
                var done = 0
                while done < count {
                    let got = unsafe getrandom(buffer.baseAddress! + done, count - done, 0)
                    precondition(got > 0 || errno == EINTR, "getrandom failed")
                    done += max(got, 0)
                }
            #else
                if let address = buffer.baseAddress { unsafe arc4random_buf(address, count) }
            #endif
        }
        return bytes
    }
}

/// The running process: numbers of the process and of the operating system's thread.
public enum ProcessIdentity {
    /// Wraps `getpid`.
    public static var processID: Int32 { getpid() }

    /// The kernel's number for this thread; never cached, unlike `pthread_self`. Wraps `gettid`.
    public static var threadID: UInt64 {
        #if canImport(Glibc)
            UInt64(linux_gettid())
        #else
            var number: UInt64 = 0
            // `number` is a local the call fills in.
            unsafe pthread_threadid_np(nil, &number)
            return number
        #endif
    }
}

/// The three descriptors every program is started with.
public enum StandardDescriptors {
    /// Opens `/dev/null` for those that were closed, so that no file gets their numbers.
    public static func fill() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is given, which is this one; without it there is nothing to
            // do.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }
}
