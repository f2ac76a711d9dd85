import HansardBindings
import Synchronization

/// One line on standard error that is written over and over, at most ten times a second, and only
/// on a terminal.
final class StatusLine: Sendable {
    private struct State {
        var shownAt: UInt64?
        var isShown = false
    }

    private let state = Mutex(State())
    private let isEnabled: Bool
    private static let microsecondsMin: UInt64 = 100_000

    init(isQuiet: Bool = false) {
        isEnabled =
            !isQuiet && StandardStream.error.isTerminal && ProcessEnvironment["TERM"] != "dumb"
    }

    /// Shows the text unless the last one is too fresh. It is made only when it is shown.
    func show(_ text: () -> String) {
        guard isEnabled else { return }
        state.withLock { state in
            let now = SystemClock.monotonicMicroseconds
            if let shownAt = state.shownAt, now - shownAt < Self.microsecondsMin { return }
            state.shownAt = now
            state.isShown = true
            let columns = StandardStream.error.terminalColumns ?? 80
            let line = TextLayout.cut(Printable.line(text()), to: columns - 1)
            Diagnostics.write("\r\u{1B}[K\(line)")
        }
    }

    /// Takes the line away.
    func clear() {
        state.withLock { state in
            if state.isShown { Diagnostics.write("\r\u{1B}[K") }
            state.isShown = false
        }
    }

    /// Says something that stays, above the line.
    func say(_ message: String) {
        clear()
        Diagnostics.say(message)
    }
}
