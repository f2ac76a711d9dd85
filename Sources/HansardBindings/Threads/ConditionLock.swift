#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A value behind a mutex, with a condition variable to wait for it to change.
///
/// For threads that block on purpose, such as the writer's: never wait in a task. Not recursive:
/// locking it again on the same thread waits for ever. Wraps `pthread_mutex_t` and
/// `pthread_cond_t`.
@safe public final class ConditionLock<Value> {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    /// A lock around `value`; allocates twice.
    public init(_ value: sending Value) {
        self.value = value
        // Both have fixed addresses from here to `deinit`, as pthreads demand.
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition = .allocate(capacity: 1)
        unsafe condition.initialize(to: pthread_cond_t())
        let mutexCode = unsafe pthread_mutex_init(mutex, nil)
        precondition(mutexCode == 0, "pthread_mutex_init failed")
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        #if !canImport(Darwin)
            // Timed waits must not depend on someone setting the clock.
            unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        #endif
        let conditionCode = unsafe pthread_cond_init(condition, &attributes)
        precondition(conditionCode == 0, "pthread_cond_init failed")
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        // Nobody has a reference any more, so that nobody waits.
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` with the value to itself. Uncontended: some 20 ns.
    public func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
        lock()
        defer { unlock() }
        return try body(&value)
    }

    /// Waits until `condition` holds, then runs `body` under the same lock.
    ///
    /// `condition` is asked at once and after each `signal` or `broadcast`.
    public func wait<R, E: Error>(
        until condition: (inout Value) -> Bool, then body: (inout Value) throws(E) -> R
    ) throws(E) -> R {
        lock()
        defer { unlock() }
        while !condition(&value) {
            // The mutex is held, and both live as long as this object.
            unsafe pthread_cond_wait(self.condition, mutex)
        }
        return try body(&value)
    }

    /// Waits until `condition` holds or the time is up, then runs `body` with whether it holds.
    ///
    /// The time is measured on the monotonic clock.
    public func wait<R, E: Error>(
        microseconds: UInt64, until condition: (inout Value) -> Bool,
        then body: (inout Value, Bool) throws(E) -> R
    ) throws(E) -> R {
        let (sum, overflow) = SystemClock.monotonicMicroseconds
            .addingReportingOverflow(microseconds)
        let deadline = overflow ? UInt64.max / 2 : sum
        lock()
        defer { unlock() }
        var holds = condition(&value)
        while !holds, SystemClock.monotonicMicroseconds < deadline {
            waitOnce(until: deadline)
            holds = condition(&value)
        }
        return try body(&value, holds)
    }

    /// Wakes one waiting thread, if any waits. May be called with or without the lock.
    public func signal() {
        // It lives as long as this object.
        unsafe _ = pthread_cond_signal(condition)
    }

    /// Wakes every waiting thread. May be called with or without the lock.
    public func broadcast() {
        // It lives as long as this object.
        unsafe _ = pthread_cond_broadcast(condition)
    }

    private func waitOnce(until deadline: UInt64) {
        var time = timespec()
        // The mutex is held, and both live as long as this object.
        #if canImport(Darwin)
            let now = SystemClock.monotonicMicroseconds
            let left = deadline > now ? deadline - now : 0
            time.tv_sec = Int(left / 1_000_000)
            time.tv_nsec = Int(left % 1_000_000) * 1_000
            unsafe pthread_cond_timedwait_relative_np(condition, mutex, &time)
        #else
            time.tv_sec = Int(clamping: deadline / 1_000_000)
            time.tv_nsec = Int(deadline % 1_000_000) * 1_000
            unsafe pthread_cond_timedwait(condition, mutex, &time)
        #endif
    }

    private func lock() {
        // It lives as long as this object.
        let code = unsafe pthread_mutex_lock(mutex)
        precondition(code == 0, "pthread_mutex_lock failed")
    }

    private func unlock() {
        // It lives as long as this object, and this thread holds it.
        let code = unsafe pthread_mutex_unlock(mutex)
        precondition(code == 0, "pthread_mutex_unlock failed")
    }
}

// Sendable: the value is reached under the mutex alone, and was sent in. As with any lock, `body`
// must not hand out references to what the value guards.
extension ConditionLock: @unchecked Sendable {}
