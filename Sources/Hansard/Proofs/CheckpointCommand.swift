import Bindings

/// Runs the command that takes checkpoints elsewhere, on a thread of its own: however long it
/// takes, nobody waits for it but `finish`.
final class CheckpointCommand: Sendable {
    private struct State {
        var isDue = false
        var isRunning = false
        var failure: HansardError?
    }

    private let state = ConditionLock(State())
    private let command: String
    private let file: String

    init(_ command: String, file: String) {
        self.command = command
        self.file = file
    }

    var failure: HansardError? { state.withLock { $0.failure } }

    /// Runs it once more, as soon as it is not running any more.
    func run() {
        let isStarting = state.withLock { state in
            state.isDue = true
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if !isStarting { return }
        do {
            _ = try DedicatedThread(name: "hansard-witness") { self.work() }
        } catch {
            finished(HansardError.wrapping(error, doing: "starting the checkpoint command"))
        }
    }

    /// Waits until it is not running any more.
    func finish() { state.wait(until: { !$0.isRunning }, then: { _ in }) }

    private func work() {
        while takeTurn() {
            do {
                // What it prints is not the output of whoever has the store open.
                let ending = try ChildProcess.run(
                    "/bin/sh", ["-c", "exec >&2\n\(command)", "hansard", file])
                state.withLock { $0.failure = ending == .exited(0) ? nil : failed("\(ending)") }
            } catch {
                state.withLock { $0.failure = failed("\(error)") }
            }
        }
        state.broadcast()
    }

    /// False, and not running any more, when nothing is due.
    private func takeTurn() -> Bool {
        state.withLock { state in
            defer { state.isDue = false }
            if !state.isDue { state.isRunning = false }
            return state.isDue
        }
    }

    private func finished(_ failure: HansardError) {
        state.withLock { state in
            state.failure = failure
            (state.isDue, state.isRunning) = (false, false)
        }
        state.broadcast()
    }

    private func failed(_ how: String) -> HansardError {
        HansardError(
            .system,
            "the checkpoint command '\(command)' failed (\(how)): checkpoints are not taken elsewhere; "
                + "run it by hand with \(file) to see why")
    }
}
