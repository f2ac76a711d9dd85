internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Asked to end, by Ctrl-C or a polite `kill`.
///
/// A program that is in the middle of nothing ends at once (`endAtOnce`); one that has steps
/// looks at a flag between them (`watch`).
public enum Interruption {
    /// From now on `SIGINT` and `SIGTERM` end the process with a word on standard error and the
    /// status a shell gives them, 130 or 143. Wraps `signal`.
    public static func endAtOnce() {
        for number in [SIGINT, SIGTERM] { handle(number) { end(by: $0) } }
    }

    /// From now on the first `SIGINT` or `SIGTERM` only sets the flag, and asks a child that
    /// `ChildProcess` runs to end; a second one ends the process at once. Watching already, it
    /// changes nothing. Wraps `signal`.
    public static func watch() {
        if isWatching.exchange(true, ordering: .relaxed) { return }
        for number in [SIGINT, SIGTERM] {
            // The handler does what a signal handler may: it stores a number and calls `kill` and
            // `signal`.
            handle(number) { number in
                received.store(number, ordering: .sequentiallyConsistent)
                tellChild()
                handle(number) { end(by: $0) }
            }
        }
    }

    /// For a child of a process that passes on what it is sent: a terminal sends `SIGINT` to both,
    /// so that one means nothing here.
    public static func leaveInterruptsToParent() { handle(SIGINT, SIG_IGN) }

    /// `watch` for such a child: any number of `SIGTERM` only sets the flag.
    public static func watchAsChild() {
        if isWatching.exchange(true, ordering: .relaxed) { return }
        leaveInterruptsToParent()
        handle(SIGTERM) { received.store($0, ordering: .relaxed) }
    }

    /// Number of the signal that came; nil while none did.
    public static var signal: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Writing to a pipe nobody reads becomes an error (`isBrokenPipe`) and ends no process.
    public static func ignoreBrokenPipes() { handle(SIGPIPE, SIG_IGN) }

    /// Passes signals on to a child as `SIGTERM`: those that came already and those to come. Nil
    /// when the child has ended.
    static func passOn(to processID: pid_t?) {
        child.store(processID ?? 0, ordering: .sequentiallyConsistent)
        if received.load(ordering: .sequentiallyConsistent) != 0 { tellChild() }
    }
}

private let received = Atomic<Int32>(0)
private let isWatching = Atomic<Bool>(false)
/// The child to pass signals on to; 0 for none.
private let child = Atomic<pid_t>(0)

/// Does what a signal handler may: calls `write` and `_exit`.
private func end(by number: Int32) {
    let text: StaticString = "hansard: interrupted\n"
    unsafe _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    _exit(128 + number)
}

private func tellChild() {
    let processID = child.load(ordering: .sequentiallyConsistent)
    if processID != 0 { _ = kill(processID, SIGTERM) }
}

/// Wraps `signal`, which fails only for numbers that are none.
private func handle(_ number: Int32, _ handler: (@convention(c) (Int32) -> Void)?) {
    #if canImport(Glibc)
        _ = Glibc.signal(number, handler)
    #else
        _ = Darwin.signal(number, handler)
    #endif
}
