import HansardBindings
import HansardEngine

/// Runs the checkpoint command, on a thread of its own: however long it
/// takes, up to a limit, nobody waits for it but `finish`.
final class CheckpointCommand: Sendable {
    private struct State {
        /// The number of events the checkpoint covers that is to be taken; nil when none is due.
        var due: UInt64?
        /// The same of the last one that was.
        var last: UInt64?
        var isRunning = false
        var failure: HansardError?
    }

    private let state = ConditionLock(State())
    private let command: String
    private let files: CheckpointFiles
    private let settings: Store.Settings

    init(_ command: String, _ files: CheckpointFiles, settings: Store.Settings) {
        self.command = command
        self.files = files
        self.settings = settings
    }

    /// Runs the command for the latest checkpoint, of `size` events, if it is new, if the last run
    /// failed, or if a caller asks for it that this process has not served yet.
    func take(_ size: UInt64, isNew: Bool, isRequested: Bool) {
        let taken = files.taken(by: command)?.size ?? 0
        let wasDone = state.withLock { $0.last == size }
        if isNew || taken < size || (isRequested && !wasDone) { run(size) }
    }

    var failure: HansardError? { state.withLock { $0.failure } }

    /// Runs it once more, as soon as it is not running any more.
    private func run(_ size: UInt64) {
        let isStarting = state.withLock { state in
            state.due = size
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
        while let size = takeTurn() {
            let failure = attempt(size)
            state.withLock { state in
                state.failure = failure
                if failure == nil { state.last = size }
            }
        }
        state.broadcast()
    }

    private func attempt(_ size: UInt64) -> HansardError? {
        do {
            // What it prints is not the output of the program that has the store open.
            let ending = try ChildProcess.run(
                "/bin/sh", ["-c", "exec >&2\n\(command)", "hansard", files.latest],
                forAtMost: settings.checkpointCommandLimit)
            switch ending {
            case nil:
                return failed("killed after \(settings.checkpointCommandLimit)")
            case .exited(0)?: break
            case .exited(let status)?: return failed("status \(status)")
            case .killed(let signal)?: return failed("signal \(signal)")
            }
            try files.note(taken: size, by: command, at: settings.clock())
            return nil
        } catch {
            return failed("\(error)")
        }
    }

    /// Nil, and not running any more, when nothing is due.
    private func takeTurn() -> UInt64? {
        state.withLock { state in
            defer { state.due = nil }
            if state.due == nil { state.isRunning = false }
            return state.due
        }
    }

    private func finished(_ failure: HansardError) {
        state.withLock { state in
            state.failure = failure
            (state.due, state.isRunning) = (nil, false)
        }
        state.broadcast()
    }

    private func failed(_ how: String) -> HansardError {
        HansardError(
            .checkpointNotKept,
            "the checkpoint command '\(command)' failed (\(how)), so the checkpoint was not "
                + "copied; the command runs again with the next checkpoint",
            advice: .runCommandByHand(path: files.latest))
    }
}
