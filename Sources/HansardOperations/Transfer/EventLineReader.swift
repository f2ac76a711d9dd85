package import HansardEngine

/// Reads events from lines as `log export` and `events --json` write them, for a program that
/// appends them to another log. Not for two threads at once.
package final class EventLineReader {
    package enum Line {
        /// An export begins.
        case begin
        case event(Event)
        /// It is whole.
        case end
    }

    private let reader = LogLineReader()

    package init() {}

    /// - Throws: `HansardError` naming the fault of the line, as `LogLineReader.line`.
    package func line(_ bytes: Span<UInt8>) throws(HansardError) -> Line {
        switch try reader.line(bytes) {
        case .begin: .begin
        case .event(let line): .event(line.event)
        case .end: .end
        }
    }
}
