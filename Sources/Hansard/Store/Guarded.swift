import Bindings

/// A value behind a lock that threads can wait on: `Mutex` with a condition variable.
final class Guarded<Value>: @unchecked Sendable {
    // Sendable because `value` is touched only between `lock` and `unlock`.
    private var value: Value
    private let condition = ConditionLock()

    init(_ value: sending Value) { self.value = value }

    /// Runs `body` alone. Waiting on the condition lets others in meanwhile.
    func withLock<Result>(
        _ body: (inout Value, ConditionLock) throws -> Result
    ) rethrows -> Result {
        condition.lock()
        defer { condition.unlock() }
        return try body(&value, condition)
    }
}
