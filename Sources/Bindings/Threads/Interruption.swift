internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Asked to end, by Ctrl-C or a polite `kill`: a flag to look at between steps.
public enum Interruption {
    /// From now on the first `SIGINT` or `SIGTERM` only sets the flag; a second one ends the
    /// process. Wraps `signal`.
    public static func watch() {
        received.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            // The handler does what a signal handler may: it stores a number and calls `signal`.
            handle(number) { number in
                received.store(number, ordering: .relaxed)
                handle(number, SIG_DFL)
            }
        }
    }

    /// Number of the signal that came; nil while none did.
    public static var signal: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Writing to a pipe nobody reads becomes an error (`isBrokenPipe`) and ends no process.
    public static func ignoreBrokenPipes() { handle(SIGPIPE, SIG_IGN) }
}

private let received = Atomic<Int32>(0)

/// Wraps `signal`, which fails only for numbers that are none.
private func handle(_ number: Int32, _ handler: (@convention(c) (Int32) -> Void)?) {
    #if canImport(Glibc)
        _ = Glibc.signal(number, handler)
    #else
        _ = Darwin.signal(number, handler)
    #endif
}
