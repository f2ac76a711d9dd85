#if canImport(Glibc)
    internal import CLinux
    internal import Glibc
#else
    internal import Darwin
#endif

/// One operating system thread that runs one closure from beginning to end.
///
/// Unlike a task or a serial queue it never changes threads underneath, which LMDB's writer needs.
@safe public final class DedicatedThread {
    private let thread: pthread_t
    private let joined = ConditionLock(false)

    /// Starts a thread of 8 MiB of stack. Wraps `pthread_create`.
    ///
    /// - Parameter name: shown by debuggers, cut to 15 bytes on Linux.
    /// - Throws: `SystemError` when the system has no thread to give.
    public init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var attributes = pthread_attr_t()
        // The attributes are a local, initialised, used and destroyed here.
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
        // The box is passed retained; the thread, which runs at once or never, takes it over.
        let job = unsafe Unmanaged.passRetained(Job(name: name, body: body))
        #if canImport(Glibc)
            var made = pthread_t()
            let code = unsafe pthread_create(
                &made, &attributes,
                {
                    unsafe Job.run($0!)
                    return nil
                }, job.toOpaque())
            let started: pthread_t? = made
        #else
            var started: pthread_t?
            let code = unsafe pthread_create(
                &started, &attributes,
                {
                    unsafe Job.run($0)
                    return nil
                }, job.toOpaque())
        #endif
        guard code == 0, let started else {
            unsafe job.release()
            throw SystemError(code: code, call: "pthread_create")
        }
        thread = started
    }

    /// Waits for the closure to end; again is harmless. Joining itself is a precondition failure.
    public func join() {
        joined.withLock { isJoined in
            if isJoined { return }
            // The thread is neither joined nor detached yet, as `isJoined` tells.
            let code = pthread_join(thread, nil)
            precondition(code == 0, "a thread cannot join itself")
            isJoined = true
        }
    }

    deinit {
        // Never joined: let the system clean up when the thread ends.
        if !joined.withLock({ $0 }) { _ = pthread_detach(thread) }
    }
}

// Sendable: the thread's handle never changes, and the rest is behind a lock.
extension DedicatedThread: @unchecked Sendable {}

/// The work of a new thread, handed over through a C pointer.
private final class Job {
    private let name: String
    private let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    static func run(_ pointer: UnsafeMutableRawPointer) {
        // The pointer is the box `DedicatedThread.init` retained, given to this thread alone.
        let job = unsafe Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue()
        #if canImport(Glibc)
            unsafe linux_set_thread_name(job.name)
        #else
            unsafe _ = pthread_setname_np(job.name)
        #endif
        job.body()
    }
}
